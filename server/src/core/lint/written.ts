/** What the author wrote, where the object as data cannot tell: `from: []`, `from:` and no `from` are one to the API server. */
import type { Resource } from '../kube/store.ts';
import type { Path } from '../path.ts';
import { childOf, type Node } from '../yaml/node.ts';

/** The text's node at a path; undefined when nothing is written there, or the object comes from no text. */
export const writtenAt = ({ origin }: Resource, path: Path): Node | undefined =>
  path.reduce<Node | undefined>(childOf, origin?.manifest.node);
