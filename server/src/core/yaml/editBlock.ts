/** Edits inside block collections. */
import type { PlainEdit } from './edit.ts';
import {
  columnOf,
  dashOf,
  eolOf,
  type Indentation,
  keyColumn,
  lineEnd,
  lineStart,
  nextLine,
  skipTrivia,
} from './layout.ts';
import type { MapNode, Node, SeqNode } from './node.ts';
import type { Slot } from './place.ts';
import { writeBlock, writeEntry, writeScalar } from './write.ts';

/** Offset after which a new line may follow the node: behind its comment, and behind the blank lines that `|+` keeps. */
function lastLineEnd(text: string, offset: number, node: Node): number {
  let end = lineEnd(text, offset);
  const tail = lastScalar(node);
  if (tail?.kind !== 'scalar' || tail.style !== 'block') return end;
  if (!/^[|>][1-9]?\+/.test(text.slice(tail.start, tail.start + 3))) return end;
  for (let next = nextLine(text, end); next < text.length; next = nextLine(text, next)) {
    if (text.slice(next, lineEnd(text, next)).trim() !== '') break;
    end = lineEnd(text, next);
  }
  return end;
}

/** End of the last comment below `end` that is indented deeper than `column`: it belongs to what stands above it. */
function deepCommentsEnd(text: string, end: number, column: number): number {
  let last = end;
  for (let at = nextLine(text, end); at < text.length; at = nextLine(text, at)) {
    const lead = /^[ \t]*/.exec(text.slice(at, lineEnd(text, at)))?.[0].length ?? 0;
    const isEmpty = at + lead === lineEnd(text, at);
    if (!isEmpty && (lead <= column || text[at + lead] !== '#')) break;
    if (!isEmpty) last = lineEnd(text, at);
  }
  return last;
}

/** The scalar that ends the text of a node, or a flow collection that does. */
export function lastScalar(node: Node): Node | undefined {
  if (node.kind === 'scalar' || node.flow) return node;
  const last = node.kind === 'map' ? node.entries.at(-1)?.value : node.items.at(-1);
  return last && lastScalar(last);
}

/** Adds whole lines after the one that `end` ends. */
function insertLines(text: string, end: number, lines: string[]): PlainEdit {
  const eol = eolOf(text);
  return { start: end, end, text: eol + lines.join(eol) };
}

/** Adds an entry at the end of a block map; undefined when its layout is none of the usual. */
export function insertEntry(
  text: string,
  map: MapNode,
  key: string,
  value: unknown,
  style: Indentation,
): PlainEdit[] | undefined {
  const column = keyColumn(text, map);
  const last = map.entries.at(-1);
  if (column === undefined || !last || last.keyStart < map.start) return undefined;
  const [first = '', ...rest] = writeEntry(key, value, column, style);
  const below = lastLineEnd(text, Math.max(last.keyEnd, last.value.end), last.value);
  const end = deepCommentsEnd(text, below, column);
  return [insertLines(text, end, [' '.repeat(column) + first, ...rest])];
}

export function appendItem(
  text: string,
  seq: SeqNode,
  value: unknown,
  style: Indentation,
): PlainEdit[] | undefined {
  const last = seq.items.at(-1);
  const dash = dashOf(text, seq, seq.items.length - 1);
  if (!last || dash === undefined) return undefined;
  const column = columnOf(text, seq.start);
  const gap = last.end > last.start && last.start < lineEnd(text, dash) ? last.start - dash : 2;
  const [first = '', ...rest] = writeBlock(value, column + gap, style);
  const lead = `${' '.repeat(column)}-${' '.repeat(gap - 1)}`;
  const below = lastLineEnd(text, Math.max(dash + 1, last.end), last);
  return [insertLines(text, deepCommentsEnd(text, below, column), [lead + first, ...rest])];
}

/** Writes a value in place of another in a block collection. Comments on the lines of key and value stay. */
export function replaceInBlock(
  text: string,
  slot: Slot,
  value: unknown,
  style: Indentation,
): PlainEdit[] | undefined {
  const { node, intro } = slot;
  const hasText = node.end > node.start;
  const isBlock = node.kind !== 'scalar' && !node.flow;
  const quotes =
    node.kind === 'scalar' && (node.style === 'single' || node.style === 'double') ? node.style : 'plain';
  const scalar = writeScalar(value, typeof value === 'string' ? quotes : 'plain');
  if (scalar !== undefined) return isBlock ? collapse(text, slot, scalar) : inline(slot, scalar);
  if (slot.kind === 'item') {
    const column =
      hasText && text.slice(intro, node.start).trim() === '' && node.start < lineEnd(text, intro)
        ? columnOf(text, node.start)
        : columnOf(text, intro) + 1;
    const lines = writeBlock(value, column, style);
    return isBlock ? collapse(text, slot, lines.join(eolOf(text))) : replaceItem(text, slot, lines);
  }
  const column = columnOf(text, slot.entry.keyStart) + (Array.isArray(value) ? style.dash : style.step);
  const [first = '', ...rest] = writeBlock(value, column, style);
  const lines = [' '.repeat(column) + first, ...rest];
  if (isBlock) {
    const from = lineStart(text, node.start);
    return [{ start: from, end: blockEnd(text, slot), text: lines.join(eolOf(text)) }];
  }
  const end = hasText ? node.end : intro;
  const rest_ = lineEnd(text, end);
  // What follows on the line is a comment; it stays behind the key.
  const tail = text.slice(end, rest_);
  const added = insertLines(text, rest_, lines);
  if (tail.trim() === '') return [{ start: intro, end: rest_, text: added.text }];
  return hasText ? [{ start: intro, end, text: '' }, added] : [added];
}

/** Block lines in place of an item. A comment behind the item stays behind its first line. */
function replaceItem(text: string, { node, intro }: Slot, lines: string[]): PlainEdit[] {
  const [first = '', ...rest] = lines;
  const hasText = node.end > node.start;
  const start = hasText ? node.start : intro;
  const end = hasText ? node.end : intro;
  const stop = lineEnd(text, end);
  const lead = hasText ? '' : ' ';
  if (text.slice(end, stop).trim() === '')
    return [{ start, end: stop, text: lead + lines.join(eolOf(text)) }];
  const head = { start, end, text: lead + first };
  return rest.length > 0 ? [head, insertLines(text, stop, rest)] : [head];
}

/** Inline text in place of inline text, or of nothing. */
function inline({ node, intro }: Slot, written: string): PlainEdit[] {
  if (node.end > node.start) return [{ start: node.start, end: node.end, text: written }];
  return [{ start: intro, end: intro, text: ` ${written}` }];
}

/** Inline text in place of a block collection: what stands below the key goes, comments too; one beside the key stays. */
function collapse(text: string, slot: Slot, written: string): PlainEdit[] {
  const { node, intro } = slot;
  const isBelow = node.start > lineEnd(text, intro);
  if (!isBelow) return [{ start: node.start, end: blockEnd(text, slot), text: written }];
  const end = lineEnd(text, intro);
  return text.slice(intro, end).trim() === ''
    ? [{ start: intro, end: blockEnd(text, slot), text: ` ${written}` }]
    : [
        { start: intro, end: intro, text: ` ${written}` },
        { start: end, end: blockEnd(text, slot), text: '' },
      ];
}

/** End of a block collection with its last comments. */
function blockEnd(text: string, slot: Slot): number {
  const start = slot.kind === 'entry' ? slot.entry.keyStart : slot.intro - 1;
  return deepCommentsEnd(text, lineEnd(text, slot.node.end), columnOf(text, start));
}

/** Removes an entry or item of a block collection that has others, with its lines. */
export function deleteInBlock(text: string, slot: Slot): PlainEdit[] | undefined {
  const { parent, index, node, intro } = slot;
  const start = slot.kind === 'entry' ? slot.entry.keyStart : intro - 1;
  const below = lineEnd(text, Math.max(intro, node.end));
  const end = below > lineEnd(text, start) ? deepCommentsEnd(text, below, columnOf(text, start)) : below;
  const lead = text.slice(lineStart(text, start), start);
  if (lead.trim() === '') return [wholeLines(text, lineStart(text, start), end)];
  // The first key of a list item shares its line with the dash.
  if (index > 0 || !/^[ -]*$/.test(lead)) return undefined;
  const next = skipTrivia(text, end);
  if (slot.kind === 'entry' && slot.parent.entries[1]?.keyStart !== next) return undefined;
  if (parent.kind === 'seq' && text[next] !== '-') return undefined;
  if (text.slice(end, next).trim() === '') return [{ start, end: next, text: '' }];
  // Comments stand between it and the next key: the dash keeps a line of its own.
  return [{ start: lineStart(text, start) + lead.trimEnd().length, end, text: '' }];
}

/** Lines from `start` to the line that ends at `end`, with the line break after them, or before when it is the last line. */
function wholeLines(text: string, start: number, end: number): PlainEdit {
  const next = nextLine(text, end);
  if (next > end) return { start, end: next, text: '' };
  const before = text[start - 2] === '\r' ? start - 2 : start - 1;
  return { start: Math.max(0, before), end, text: '' };
}
