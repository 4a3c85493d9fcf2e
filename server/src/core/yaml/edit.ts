/** Changes of an object, as minimal edits of its text: comments, order and line ends stay. */
import type { Path } from '../path.ts';
import type { Document } from './document.ts';
import { editOf } from './editOne.ts';
import { childOf, type MapNode, type Node } from './node.ts';
import { readTree } from './reader.ts';

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

/**
 * Edits of the document's text (offsets within the document), sorted and free of overlap. All paths are those of the
 * object before the edits. The last entry of a map or list that goes leaves `{}` or `[]`, so that the rest means what
 * it meant. Undefined when an op does not apply: the place is not there, belongs to an anchor, alias or tag, or
 * a new key is there already; or lines end with a carriage return alone.
 */
export function editsFor(document: Document, root: MapNode, ops: readonly EditOp[]): PlainEdit[] | undefined {
  // Lines are told by their line feeds here.
  if (LONE_CR.test(document.text)) return undefined;
  const [first, ...others] = inOrder(root, ops);
  if (!first) return [];
  let edits = editOf(document.text, document.root ?? root, root, first);
  if (!edits || others.length === 0) return edits;
  const within = pathTo(document, root);
  if (!within) return undefined;
  let text = document.text;
  const patch = new Patch(text.length);
  for (const op of others) {
    patch.apply(edits);
    text = applyEdits(text, edits);
    const tree = readTree(text).root;
    const target = within.reduce<Node | undefined>(childOf, tree);
    if (!tree || target?.kind !== 'map') return undefined;
    edits = editOf(text, tree, target, op);
    if (!edits) return undefined;
  }
  patch.apply(edits);
  return patch.edits();
}

/** A line end of its own that this code does not count. */
export const LONE_CR = /\r(?!\n)/;

/** Applies edits as `editsFor` returns them. */
export function applyEdits(text: string, edits: readonly PlainEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Keys are renamed and things deleted after all else, from the end of the text on: so the paths of all ops stay true. */
function inOrder(root: MapNode, ops: readonly EditOp[]): EditOp[] {
  const isLate = ({ op }: EditOp): boolean => op === 'delete' || op === 'rename';
  const startOf = ({ path }: EditOp): number => path.reduce<Node | undefined>(childOf, root)?.start ?? 0;
  const late = ops.filter(isLate).sort((a, b) => startOf(b) - startOf(a) || b.path.length - a.path.length);
  return [...ops.filter((op) => !isLate(op)), ...late];
}

function pathTo({ root: whole, manifests }: Document, root: MapNode): Path | undefined {
  if (whole === root) return [];
  return manifests.find(({ node }) => node === root)?.within;
}

type Piece = { kind: 'old'; start: number; end: number } | { kind: 'new'; text: string };

const lengthOf = (piece: Piece): number =>
  piece.kind === 'old' ? piece.end - piece.start : piece.text.length;

/** Edits made one after the other, told as edits of the first text. */
class Patch {
  #pieces: Piece[];
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
    this.#pieces = [{ kind: 'old', start: 0, end: length }];
  }

  apply(edits: readonly PlainEdit[]): void {
    for (const { start, end, text } of [...edits].reverse())
      this.#pieces = [
        ...this.#cut(0, start),
        { kind: 'new', text },
        ...this.#cut(end, Number.POSITIVE_INFINITY),
      ];
  }

  #cut(from: number, to: number): Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    for (const piece of this.#pieces) {
      const start = Math.max(0, from - at);
      const end = Math.min(lengthOf(piece), to - at);
      at += lengthOf(piece);
      if (start >= end) continue;
      if (piece.kind === 'new') pieces.push({ kind: 'new', text: piece.text.slice(start, end) });
      else pieces.push({ kind: 'old', start: piece.start + start, end: piece.start + end });
    }
    return pieces;
  }

  edits(): PlainEdit[] {
    const edits: PlainEdit[] = [];
    let at = 0;
    let text = '';
    for (const piece of [...this.#pieces, { kind: 'old', start: this.#length, end: this.#length } as const]) {
      if (piece.kind === 'new') {
        text += piece.text;
        continue;
      }
      if (piece.start > at || text !== '') edits.push({ start: at, end: piece.start, text });
      text = '';
      at = piece.end;
    }
    return edits;
  }
}
