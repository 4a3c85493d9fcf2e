import { matchesGlob } from '../../../glob.ts';
import { splitImage } from '../../../kube/image.ts';
import { containersOf } from '../../../kube/workload.ts';
import { writtenImage } from '../../images.ts';
import { objectRule } from '../../rule.ts';

export const imageTagLatest = objectRule()({
  id: 'image-tag-latest',
  group: 'images',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'image-tag-moves',
  sources: [
    'kube-score/container-image-tag',
    'kube-linter/latest-tag',
    'polaris/tagNotSpecified',
    'popeye/101',
  ],
  params: {
    /** Globs of images that may move. */
    exempt: [] as readonly string[],
    /** Further tags that move, such as stable or main. */
    alsoTags: [] as readonly string[],
  },
  messages: {
    moves:
      'Tag {tag} of image {image} moves: pods of one workload run different versions, and going back is not possible.',
  },

  check({ object }, { params, report }) {
    for (const { container, path } of containersOf(object)) {
      const image = writtenImage(container);
      if (image === undefined || params.exempt.some((glob) => matchesGlob(glob, image))) continue;
      const { tag, digest } = splitImage(image);
      if (digest !== undefined || tag === undefined) continue;
      if (tag === 'latest' || params.alsoTags.includes(tag))
        report('moves', [...path, 'image'], { data: { tag, image } });
    }
  },
});
