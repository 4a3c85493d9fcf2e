import { matchesGlob } from '../../../glob.ts';
import { splitImage } from '../../../kube/image.ts';
import { containersOf } from '../../../kube/workload.ts';
import { writtenImage } from '../../images.ts';
import { objectRule } from '../../rule.ts';

export const imageTagMissing = objectRule()({
  id: 'image-tag-missing',
  group: 'images',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'image-tag-moves',
  sources: [
    'kube-score/container-image-tag',
    'kube-linter/latest-tag',
    'polaris/tagNotSpecified',
    'popeye/100',
  ],
  /** Globs of images that need no tag. */
  params: { exempt: [] as readonly string[] },
  messages: {
    missing: 'Image {image} has no tag, which means latest: what runs changes with the next pull.',
  },

  check({ object }, { params, report }) {
    for (const { container, path } of containersOf(object)) {
      const image = writtenImage(container);
      if (image === undefined || params.exempt.some((glob) => matchesGlob(glob, image))) continue;
      const { tag, digest } = splitImage(image);
      if (tag === undefined && digest === undefined)
        report('missing', [...path, 'image'], { data: { image } });
    }
  },
});
