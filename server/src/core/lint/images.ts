/** What rules about the tags of images share. */
import { matchesGlob } from '../glob.ts';
import { splitImage } from '../kube/image.ts';
import type { Container } from '../kube/types.ts';
import { containersOf } from '../kube/workload.ts';
import { objectRule, type Params, type Rule } from './rule.ts';

/** The image of a container; undefined when there is none yet, or a placeholder that a tool fills in later. */
export function writtenImage({ image }: Container): string | undefined {
  if (typeof image !== 'string' || image === '' || /[$<>{}]|%\w+%/.test(image)) return undefined;
  return image;
}

export interface TagSpec<P extends Params> {
  id: string;
  /** popeye's number of the check. */
  popeye: number;
  params: P;
  messages: { moves: string };
  /** Is the tag of an image without a digest one to tell? Undefined: it has none. */
  isTold(tag: string | undefined, params: P): boolean;
}

/** A rule about images whose tag says too little about what runs. A digest says all. */
export const tagRule = <P extends Params>({ popeye, params, isTold, ...meta }: TagSpec<P>): Rule =>
  objectRule()({
    ...meta,
    group: 'images',
    severity: 'warning',
    scope: 'object',
    kinds: 'pods',
    case: 'image-tag-moves',
    sources: [
      'kube-score/container-image-tag',
      'kube-linter/latest-tag',
      'polaris/tagNotSpecified',
      `popeye/${popeye}`,
    ],
    /** `exempt`: globs of images that may move. */
    params: { exempt: [] as readonly string[], ...params },

    check({ object }, { params, report }) {
      for (const { container, path } of containersOf(object)) {
        const image = writtenImage(container);
        if (image === undefined || params.exempt.some((glob) => matchesGlob(glob, image))) continue;
        const { tag, digest } = splitImage(image);
        if (digest === undefined && isTold(tag, params))
          report('moves', [...path, 'image'], { data: { tag, image } });
      }
    },
  });
