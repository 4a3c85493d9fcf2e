import { type ImageProblem, imageProblem } from '../../../kube/image.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const imageReferenceInvalid = objectRule()({
  id: 'image-reference-invalid',
  group: 'images',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'image-reference-invalid',
  messages: {
    blank: 'Image "{image}" has a blank in it and cannot be pulled.',
    scheme: 'Image {image} starts with a scheme and cannot be pulled: references have none.',
    upperCase: 'Image {image} has upper-case letters in its repository and cannot be pulled.',
    registry: 'The registry of image {image} is no host name and port; it cannot be pulled.',
    repository: 'The repository of image {image} is not well formed; it cannot be pulled.',
    tag: 'The tag of image {image} is not well formed; it cannot be pulled.',
    digest: 'The digest of image {image} is not well formed; it cannot be pulled.',
    tooLong: 'Image {image} is longer than 255 characters and cannot be pulled.',
    write: 'Write {mended}',
  },

  check({ object }, { report }) {
    for (const { container, path } of containersOf(object)) {
      const { image } = container;
      // An empty image is one that is missing; placeholders are filled in by a tool.
      if (typeof image !== 'string' || image === '' || /[$<>{}]/.test(image)) continue;
      const problem = imageProblem(image);
      if (!problem || problem === 'empty') continue;
      const mended = MENDS[problem]?.(image);
      const place = [...path, 'image'];
      report(problem, place, {
        data: { image },
        fixes:
          mended === undefined || imageProblem(mended)
            ? []
            : [
                {
                  title: 'write',
                  safe: true,
                  data: { mended },
                  edits: [{ op: 'set', path: place, value: mended }],
                },
              ],
      });
    }
  },
});

/** What was meant, where it is plain. */
const MENDS: Partial<Record<ImageProblem, (image: string) => string>> = {
  blank: (image) => image.replace(/\s+/g, ''),
  scheme: (image) => image.replace(/^[\w+.-]*:\/\//, ''),
  upperCase: (image) => {
    const tail = /(?::[^/@:]*)?(?:@.*)?$/.exec(image)?.[0] ?? '';
    return image.slice(0, image.length - tail.length).toLowerCase() + tail;
  },
  tag: (image) => image.replace(/:$/, ''),
  digest: (image) => image.replace(/@$/, ''),
};
