/** How a document is laid out: lines, indentation, where the parts of a collection begin. */
import type { MapEntry, MapNode, Node, SeqNode } from './node.ts';

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Offset of the line break that ends the line (of `\r` in `\r\n`), or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  if (feed < 0) return text.length;
  return feed > offset && text[feed - 1] === '\r' ? feed - 1 : feed;
}

/** Offset of the first character of the next line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  return feed < 0 ? text.length : feed + 1;
}

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** The line end that the text uses. */
export const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** Offset of the first character that is no blank, line break or comment. */
export function skipTrivia(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    while (isBlank(text.charCodeAt(at))) at++;
    if (text[at] !== '#' || (at > 0 && !isBlank(text.charCodeAt(at - 1)))) return at;
    at = lineEnd(text, at);
  }
}

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** Offset after the colon of an entry; undefined for a flow key without one (`{a}`). */
export function colonEnd(text: string, entry: MapEntry): number | undefined {
  const at = skipTrivia(text, entry.keyEnd);
  return text[at] === ':' ? at + 1 : undefined;
}

/** Offset of the dash of a block sequence's item; undefined when the text is stranger than that. */
export function dashOf(text: string, seq: SeqNode, index: number): number | undefined {
  const before = seq.items[index - 1];
  const at = before ? skipTrivia(text, Math.max(before.start, before.end)) : seq.start;
  return text[at] === '-' ? at : undefined;
}

/** How nested values are written. */
export interface Indentation {
  /** Columns between a map and the map under one of its keys. */
  step: number;
  /** Columns between a key and the dashes of the list under it. */
  dash: number;
  /** Texts of several lines become literal blocks. At the end of a text without a last line break they would lose theirs. */
  literals: boolean;
}

const DEFAULT = { step: 2, dash: 0 };

/**
 * Read from the nearest sample: collections are given from the root to the place of the edit,
 * and the innermost that shows a style decides.
 */
export function indentationNear(text: string, trail: readonly Node[]): Indentation {
  const found: Partial<Indentation> = {};
  for (let i = trail.length - 1; i >= 0; i--) {
    const node = trail[i];
    if (node) sample(text, node, found);
    if (found.step !== undefined && found.dash !== undefined) break;
  }
  return {
    step: found.step ?? DEFAULT.step,
    dash: found.dash ?? DEFAULT.dash,
    literals: text.endsWith('\n'),
  };
}

function sample(text: string, node: Node, found: Partial<Indentation>): void {
  if (node.kind === 'scalar' || node.flow) return;
  if (node.kind === 'seq') {
    for (const item of node.items) if (!isComplete(found)) sample(text, item, found);
    return;
  }
  for (const { keyStart, value } of node.entries) {
    if (isComplete(found)) return;
    if (value.kind === 'scalar' || value.flow || value.start < keyStart) continue;
    const offset = columnOf(text, value.start) - columnOf(text, keyStart);
    if (value.kind === 'map' && offset > 0) found.step ??= offset;
    if (value.kind === 'seq' && offset >= 0) found.dash ??= offset;
    sample(text, value, found);
  }
}

const isComplete = ({ step, dash }: Partial<Indentation>): boolean =>
  step !== undefined && dash !== undefined;

/** Column of the keys of a block map; undefined when no key stands where keys usually do (anchors, `? key`). */
export function keyColumn(text: string, map: MapNode): number | undefined {
  for (const { keyStart } of map.entries) {
    const from = lineStart(text, keyStart);
    if (/^[ -]*$/.test(text.slice(from, keyStart))) return keyStart - from;
  }
  return undefined;
}
