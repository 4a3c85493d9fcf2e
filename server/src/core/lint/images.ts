/** What rules about images share. */
import type { Container } from '../kube/types.ts';

/** The image of a container; undefined when there is none yet, or a placeholder that a tool fills in later. */
export function writtenImage({ image }: Container): string | undefined {
  if (typeof image !== 'string' || image === '' || /[$<>{}]|%\w+%/.test(image)) return undefined;
  return image;
}
