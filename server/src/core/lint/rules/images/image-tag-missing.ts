import { tagRule } from '../../images.ts';

export const imageTagMissing = tagRule({
  id: 'image-tag-missing',
  popeye: 100,
  params: {},
  messages: {
    moves: 'Image {image} has no tag, which means latest: what runs changes with the next pull.',
  },
  isTold: (tag) => tag === undefined,
});
