import { tagRule } from '../../images.ts';

export const imageTagLatest = tagRule({
  id: 'image-tag-latest',
  popeye: 101,
  /** Further tags that move, such as stable or main. */
  params: { alsoTags: [] as readonly string[] },
  messages: {
    moves:
      'Tag {tag} of image {image} moves: pods of one workload run different versions, and going back is not possible.',
  },
  isTold: (tag, { alsoTags }) => tag !== undefined && (tag === 'latest' || alsoTags.includes(tag)),
});
