/** Changes of an object, as minimal edits of its text: comments, order and line ends stay. */
import type { Path } from '../path.ts';
import type { Document } from './document.ts';
import type { MapNode } from './node.ts';

/**
 * set: writes a value, replacing what stands at the path or adding the missing keys.
 * text: replaces the source text of a scalar as it is, quotes included.
 * rename: another key, same value. delete: the entry or list item, with its line.
 * append: one more item at the end of a list, which is made when it is missing.
 */
export type EditOp =
  | { op: 'set'; path: Path; value: unknown }
  | { op: 'text'; path: Path; text: string }
  | { op: 'rename'; path: Path; key: string }
  | { op: 'delete'; path: Path }
  | { op: 'append'; path: Path; value: unknown };

export interface PlainEdit {
  start: number;
  end: number;
  text: string;
}

/** Edits of the document's text (offsets within the document), sorted and free of overlap. Undefined when an op does not apply. */
export function editsFor(document: Document, root: MapNode, ops: readonly EditOp[]): PlainEdit[] | undefined {
  void document;
  void root;
  void ops;
  return undefined;
}
