/** The library's complaints, told as ours: by its error code and the text at its place, never by its words. */
import { type Document, type ErrorCode, isCollection, type Node, type ParsedNode, visit } from 'yaml';
import { lineEnd, lineStart, skipTrivia } from './layout.ts';
import type { SyntaxProblem } from './syntax.ts';

interface Complaint {
  code: ErrorCode;
  pos: [number, number];
}

/** What the complaints of one document are about. */
interface Scene {
  text: string;
  /** What the library made of the text all the same. */
  document: Document;
  complaints: readonly Complaint[];
}

type Told = Omit<SyntaxProblem, 'start' | 'end'> & { start: number; end?: number };
type Teller = (scene: Scene, at: number, end: number) => Told | undefined;

/** Our word for the complaint with that index. */
export function problemOf(scene: Scene, { code, pos }: Complaint): SyntaxProblem {
  const { text } = scene;
  const at = Math.min(pos[0], text.length);
  const end = Math.min(pos[1], text.length);
  for (const tell of TELLERS[code] ?? []) {
    const told = tell(scene, at, end);
    if (told) return { ...told, end: told.end ?? tokenEnd(text, told.start) };
  }
  return shown(text, { code: 'unexpected', start: at, end: Math.max(end, at) });
}

/** What is missing at the end is shown at the last character before it: behind the text nobody looks. */
function shown(text: string, problem: SyntaxProblem): SyntaxProblem {
  const last = text.trimEnd().length;
  return problem.start < last ? problem : { ...problem, start: Math.max(last - 1, 0), end: last };
}

/** End of the word at an offset, on its line. */
function tokenEnd(text: string, start: number): number {
  const length = /^[^\s,[\]{}]+/.exec(text.slice(start, lineEnd(text, start)))?.[0].length ?? 1;
  return Math.min(start + length, text.length);
}

/** End of what a line says: without comment and blanks. */
function sayingEnd(text: string, start: number): number {
  return (
    start +
    text
      .slice(start, lineEnd(text, start))
      .replace(/\s+#.*$/, '')
      .trimEnd().length
  );
}

const firstOfLine = (text: string, at: number): boolean =>
  /^\s*(?:-\s+)*$/.test(text.slice(lineStart(text, at), at));

/** The innermost flow collection whose text holds an offset: between its brackets, or behind its last item. */
function flowAt({ document, text }: Scene, at: number): { start: number; isClosed: boolean } | undefined {
  let found: { start: number; isClosed: boolean } | undefined;
  const look = (node: Node): void => {
    const { range, flow } = node as ParsedNode & { flow?: boolean };
    if (!range || !isCollection(node) || !flow) return;
    const [start, end] = range;
    const closing = text[start] === '[' ? ']' : '}';
    const isClosed = end > start + 1 && text[end - 1] === closing;
    if (start < at && (at < end || (at >= end && !isClosed)) && (!found || start > found.start))
      found = { start, isClosed };
  };
  visit(document, { Collection: (_, node) => look(node) });
  return found;
}

const CLOSED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')$/s;

function openQuote({ document, text }: Scene, at: number): Told | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (isQuoted && range?.[1] === at && !CLOSED.test(text.slice(range[0], at))) start = range[0];
    },
  });
  if (start === undefined) return undefined;
  return { code: 'openQuote', data: { quote: text[start] }, start, end: start + 1 };
}

function openBracket(scene: Scene, at: number): Told | undefined {
  const flow = flowAt(scene, at);
  if (!flow || flow.isClosed) return undefined;
  const { start } = flow;
  const bracket = scene.text[start];
  return {
    code: 'openBracket',
    data: { bracket, closing: bracket === '[' ? ']' : '}' },
    start,
    end: start + 1,
  };
}

/** The item that should stand behind a comma: in a text over two lines it is the one of the second. */
function missingComma(scene: Scene, at: number, end: number): Told | undefined {
  const said = scene.text.slice(at, end);
  if (!flowAt(scene, at) || /^[\]}]?$/.test(said)) return undefined;
  const gap = /\s+/.exec(said);
  return { code: 'missingComma', start: gap ? at + gap.index + gap[0].length : skipTrivia(scene.text, at) };
}

function directive({ text }: Scene, at: number): Told | undefined {
  const line = text.lastIndexOf('\n%', at) + 1;
  if (text[line] !== '%' || text.slice(line, at).includes('\n---')) return undefined;
  return { code: 'directive', start: line, end: sayingEnd(text, line) };
}

const comment: Teller = ({ text }, at) =>
  text[at] === '#' ? { code: 'comment', start: at, end: sayingEnd(text, at) } : undefined;

function blockIndent({ document }: Scene, at: number): Told | undefined {
  let header: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
      if (isBlock && range && range[0] < at && at < range[2]) header = range[0];
    },
  });
  return header === undefined ? undefined : { code: 'blockIndent', start: header };
}

/** A dash where a key is due. */
function item({ text }: Scene, at: number): Told | undefined {
  const start = skipTrivia(text, at);
  return /^-(?:\s|$)/.test(text.slice(start, start + 2)) && firstOfLine(text, start)
    ? { code: 'itemAmongKeys', start, end: start + 1 }
    : undefined;
}

/** The whole line is a word or sentence; in a key that runs over lines it is the first of them. */
const noColon: Teller = ({ text }, at) => {
  const start = skipTrivia(text, at);
  return firstOfLine(text, start) ? { code: 'noColon', start, end: sayingEnd(text, start) } : undefined;
};

/** A value that goes on in a key below it: the library sees one key over two lines. */
function deeper({ text, complaints }: Scene, at: number): Told | undefined {
  const long = complaints.find(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === at);
  const below = long && text.slice(0, long.pos[1]).lastIndexOf('\n') + 1;
  return below && below > at
    ? { code: 'deeper', start: skipTrivia(text, below), end: long.pos[1] }
    : undefined;
}

const secondColon: Teller = ({ text }, at) => ({ code: 'secondColon', start: at, end: sayingEnd(text, at) });

const indent: Teller = ({ text }, at) => {
  const start = skipTrivia(text, at);
  return start < text.length ? { code: 'indent', start, end: sayingEnd(text, start) } : undefined;
};

const badStart: Teller = ({ text }, at) => ({
  code: 'badStart',
  data: { char: text[at] },
  start: at,
  end: at + 1,
});

const badEscape: Teller = ({ text }, at) => ({
  code: 'badEscape',
  data: { escape: text.slice(at, at + 2) },
  start: at,
  end: Math.min(at + 2, text.length),
});

function blockHeader({ text }: Scene, at: number): Told | undefined {
  const header = /(?:^|\s)([|>][-+1-9]*)\s*$/.exec(text.slice(lineStart(text, at), at))?.[1];
  return header ? { code: 'blockHeader', data: { header }, start: at, end: sayingEnd(text, at) } : undefined;
}

const strayBracket: Teller = ({ text }, at) =>
  /[\]}]/.test(text[at] ?? '')
    ? { code: 'strayBracket', data: { bracket: text[at] }, start: at, end: at + 1 }
    : undefined;

const extraComma: Teller = ({ text }, at) =>
  text[at] === ',' ? { code: 'extraComma', start: at, end: at + 1 } : undefined;

const itemBesideKey: Teller = ({ text }, at) =>
  text[at] === '-' && /:\s+$/.test(text.slice(lineStart(text, at), at))
    ? { code: 'itemBesideKey', start: at, end: at + 1 }
    : undefined;

/** Text on the line of a value that has ended. */
const afterValue: Teller = ({ text }, at) =>
  firstOfLine(text, at) ? undefined : { code: 'afterValue', start: at, end: sayingEnd(text, at) };

const outside: Teller = ({ text }, at) => ({ code: 'outside', start: at, end: sayingEnd(text, at) });

const properties: Teller = (_, start, end) => ({ code: 'properties', start, end });

/** The slips that a code may stand for, looked for in this order. */
const TELLERS: Partial<Record<ErrorCode, readonly Teller[]>> = {
  TAB_AS_INDENT: [(_, start, end) => ({ code: 'tabIndent', start, end })],
  MISSING_CHAR: [openQuote, directive, comment, missingComma, openBracket, blockIndent, item, noColon],
  MULTILINE_IMPLICIT_KEY: [missingComma, item, noColon],
  BLOCK_AS_IMPLICIT_KEY: [item, deeper, secondColon],
  BAD_INDENT: [openBracket, indent],
  BAD_SCALAR_START: [badStart],
  BAD_ALIAS: [badStart],
  BAD_DQ_ESCAPE: [badEscape],
  UNEXPECTED_TOKEN: [blockHeader, strayBracket, extraComma, itemBesideKey, afterValue, outside],
  BLOCK_IN_FLOW: [missingComma],
  BAD_DIRECTIVE: [directive],
  ALIAS_PROPS: [properties],
  MULTIPLE_ANCHORS: [properties],
  MULTIPLE_TAGS: [properties],
  BAD_PROP_ORDER: [properties],
  KEY_OVER_1024_CHARS: [(_, start, end) => ({ code: 'longKey', start, end })],
  NON_STRING_KEY: [(_, start, end) => ({ code: 'keyKind', start, end })],
  MULTIPLE_DOCS: [outside],
  RESOURCE_EXHAUSTION: [(_, start) => ({ code: 'depthLimit', start })],
};
