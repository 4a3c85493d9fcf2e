/** The lines that an entry of a block map takes, for edits that move or delete it. */
import type { MapEntry, MapNode } from './node.ts';

export interface Span {
  start: number;
  end: number;
}

/** Offset of the first character of the line. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Offset after the line break that ends the line, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}

/** True when nothing but blanks stands before the entry in its line. */
export const startsLine = (text: string, { keyStart }: MapEntry): boolean =>
  /^[ ]*$/.test(text.slice(lineStart(text, keyStart), keyStart));

/** Offset after the last line of an entry, its trailing comment included. */
export const entryEnd = (text: string, { keyEnd, value }: MapEntry): number =>
  lineEnd(text, Math.max(keyEnd, value.end - (text[value.end - 1] === '\n' ? 1 : 0)));

/** The whole lines of an entry, when it has them for itself; undefined in flow maps and after `- `. */
export function entryLines(text: string, map: MapNode, entry: MapEntry): Span | undefined {
  if (map.flow || !startsLine(text, entry)) return undefined;
  return { start: lineStart(text, entry.keyStart), end: entryEnd(text, entry) };
}
