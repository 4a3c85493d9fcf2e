/** Quoted and block scalars for the fast reader. */
import { CR, DOUBLE, giveUp, isEnd, LF, SINGLE, SPACE, skipSpaces, TAB } from './fastChars.ts';
import type { ScalarNode } from './node.ts';

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

function trimmed(text: string, start: number, end: number, both: boolean): string {
  let from = start;
  let to = end;
  if (both) while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Lines of a plain or quoted scalar as one: a line break is a space, each empty line a line break. */
export function unfold(source: string): string {
  let feed = source.indexOf('\n');
  if (feed < 0) return source;
  let result = trimmed(source, 0, endBefore(source, feed), false);
  let separator = ' ';
  let start = feed + 1;
  for (feed = source.indexOf('\n', start); feed >= 0; feed = source.indexOf('\n', start)) {
    const line = trimmed(source, start, endBefore(source, feed), true);
    if (line !== '') {
      result += separator + line;
      separator = ' ';
    } else if (separator === '\n') result += '\n';
    else separator = '\n';
    start = feed + 1;
  }
  while (isBlank(source.charCodeAt(start))) start++;
  return result + separator + source.slice(start);
}

const endBefore = (text: string, feed: number): number =>
  text.charCodeAt(feed - 1) === CR ? feed - 1 : feed;

/** Offset after the closing quote of a scalar that begins at `start`. */
export function quoteEnd(text: string, start: number, quote: number): number {
  const mark = quote === DOUBLE ? '"' : "'";
  let end = text.indexOf(mark, start + 1);
  if (quote === SINGLE)
    while (end >= 0 && text.charCodeAt(end + 1) === SINGLE) end = text.indexOf(mark, end + 2);
  else while (end >= 0 && isEscaped(text, end)) end = text.indexOf(mark, end + 1);
  return end < 0 ? giveUp() : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}

/** A quoted scalar; its further lines are deeper than `parent`. */
export function quoted(text: string, start: number, quote: number, parent: number): ScalarNode {
  const end = quoteEnd(text, start, quote);
  const source = text.slice(start, end);
  for (let feed = source.indexOf('\n'); feed >= 0; feed = source.indexOf('\n', feed + 1)) {
    const at = skipSpaces(source, feed + 1);
    // At the root no indentation tells a document marker from text.
    if (parent === -1 || (at - feed - 1 <= parent && !isEnd(source.charCodeAt(at)))) giveUp();
  }
  const value = unquoted(source, quote);
  return { kind: 'scalar', style: quote === DOUBLE ? 'double' : 'single', text: value, value, start, end };
}

export const unquoted = (source: string, quote: number): string =>
  quote === DOUBLE ? doubleQuoted(source) : singleQuoted(source);

export const emptyScalar = (at: number): ScalarNode => ({
  kind: 'scalar',
  style: 'plain',
  text: '',
  value: null,
  start: at,
  end: at,
});

/** The text of a single-quoted scalar, given with its quotes. */
function singleQuoted(source: string): string {
  const text = unfold(source.slice(1, -1));
  return text.includes("'") ? text.replaceAll("''", "'") : text;
}

const ESCAPES: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
};
const HEX: Record<string, number> = { x: 2, u: 4 };

/** The text of a double-quoted scalar, given with its quotes. Gives up at escapes that are rare or wrong. */
function doubleQuoted(source: string): string {
  if (!source.includes('\\')) return unfold(source.slice(1, -1));
  // An escape beside a line break changes what is folded.
  if (source.includes('\n')) giveUp();
  let result = '';
  let from = 1;
  const last = source.length - 1;
  for (let at = source.indexOf('\\'); at >= 0 && at < last; at = source.indexOf('\\', from)) {
    result += source.slice(from, at);
    const code = source[at + 1] ?? '';
    const char = ESCAPES[code];
    if (char !== undefined) {
      result += char;
      from = at + 2;
      continue;
    }
    const length = HEX[code] ?? giveUp();
    const digits = source.slice(at + 2, at + 2 + length);
    if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) giveUp();
    result += String.fromCodePoint(Number.parseInt(digits, 16));
    from = at + 2 + length;
  }
  return result + source.slice(from, last);
}

const HEADER = /[|>]([-+]?)(?: *| +#[^\n]*?)(\r?\n|$)/y;

interface Lines {
  /** Content lines without the indentation of the block; empty lines inside it are ''. */
  lines: string[];
  /** Empty lines before the first. */
  leading: number;
  /** Line breaks behind the last. */
  breaks: number;
  /** Offset of the end of the last content line. */
  end: number;
}

/** A literal or folded scalar at `start`; `next` is the end of its last line. */
export function blockScalar(text: string, start: number, parent: number): { node: ScalarNode; next: number } {
  HEADER.lastIndex = start;
  const header = HEADER.exec(text);
  // Explicit indentation and other irregularities are the library's.
  if (!header) giveUp();
  const chomp = header[1] ?? '';
  const body = start + header[0].length;
  const content = contentLines(text, body, parent);
  const next = content ? content.end : body - (header[2] ?? '').length;
  const end = start + text.slice(start, next).trimEnd().length;
  if (!content && chomp === '+') giveUp();
  const value = content ? joined(content, text.charCodeAt(start) === 62, chomp) : '';
  return { node: { kind: 'scalar', style: 'block', text: value, value, start, end }, next };
}

function contentLines(text: string, body: number, parent: number): Lines | undefined {
  const lines: string[] = [];
  let indent = -1;
  let leading = 0;
  let end = body;
  let breaks = 0;
  /** Widths of empty lines that have not been followed by content yet. */
  let pending: number[] = [];
  for (let at = body; at < text.length; ) {
    let pos = at;
    while (text.charCodeAt(pos) === SPACE) pos++;
    const code = text.charCodeAt(pos);
    const width = pos - at;
    const feed = text.indexOf('\n', pos);
    const next = feed < 0 ? text.length : feed + 1;
    if (code === LF || code === CR || pos >= text.length) {
      pending.push(width);
      if (feed >= 0) breaks++;
      at = next;
      continue;
    }
    if (code === TAB && width < Math.max(indent, parent + 2)) giveUp();
    if (indent < 0) {
      if (width <= parent) return undefined;
      if (pending.some((other) => other > width)) giveUp();
      indent = width;
      leading = pending.length;
    } else if (width < indent) {
      if (width > parent) giveUp();
      break;
    } else for (const other of pending) lines.push(other > indent ? ' '.repeat(other - indent) : '');
    pending = [];
    end = feed < 0 ? text.length : endBefore(text, feed);
    lines.push(text.slice(at + indent, end));
    breaks = feed < 0 ? 0 : 1;
    at = next;
  }
  if (indent < 0) return undefined;
  if (pending.some((other) => other > indent)) giveUp();
  return { lines, leading, breaks, end };
}

function joined({ lines, leading, breaks }: Lines, isFolded: boolean, chomp: string): string {
  const text = '\n'.repeat(leading) + (isFolded ? folded(lines) : lines.join('\n'));
  if (chomp === '-') return text;
  return text + '\n'.repeat(chomp === '+' ? breaks : Math.min(1, breaks));
}

/** Line breaks between lines of text become spaces; empty lines and more indented lines keep theirs. */
function folded(lines: string[]): string {
  let result = '';
  let separator = '';
  let wasIndented = false;
  for (const line of lines) {
    if (isBlank(line.charCodeAt(0))) {
      if (separator === ' ') separator = '\n';
      else if (!wasIndented && separator === '\n') separator = '\n\n';
      result += separator + line;
      separator = '\n';
      wasIndented = true;
    } else if (line === '') {
      if (separator === '\n') result += '\n';
      else separator = '\n';
    } else {
      result += separator + line;
      separator = ' ';
      wasIndented = false;
    }
  }
  return result;
}
