/** Characters and small scans that the parts of the fast reader share. */

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const DOUBLE = 34;
export const HASH = 35;
export const SINGLE = 39;
export const COMMA = 44;
export const DASH = 45;
export const DOT = 46;
export const COLON = 58;
export const QUESTION = 63;
export const OPEN_LIST = 91;
export const CLOSE_LIST = 93;
export const OPEN_MAP = 123;
export const CLOSE_MAP = 125;

/** The column of a parent whose children may stand anywhere. */
export const ANY_COLUMN = -2;

/** Thrown when the document is not for the fast reader. One object for all: no stack is recorded. */
export class GiveUp {}
const GIVE_UP = new GiveUp();

export function giveUp(): never {
  throw GIVE_UP;
}

/** Behind the text `charCodeAt` says NaN. */
export const isEnd = (code: number): boolean => code === LF || code === CR || Number.isNaN(code);
export const isEndOrSpace = (code: number): boolean => code === SPACE || isEnd(code);
export const isFlowIndicator = (code: number): boolean =>
  code === COMMA || code === OPEN_LIST || code === CLOSE_LIST || code === OPEN_MAP || code === CLOSE_MAP;

/** Characters that no plain scalar begins with. */
const INDICATORS = new Uint8Array(128);
for (const char of ',[]{}#&*!|>\'"%@`') INDICATORS[char.charCodeAt(0)] = 1;

/** False for indicators; gives up at what might be a complex key or a stray dash. */
export function beginsPlain(text: string, at: number, inFlow: boolean): boolean {
  const code = text.charCodeAt(at);
  if (code < 128 && INDICATORS[code] === 1) return false;
  if (code === DASH || code === COLON || code === QUESTION) {
    const next = text.charCodeAt(at + 1);
    if (isEndOrSpace(next) || next === TAB || (inFlow && isFlowIndicator(next))) giveUp();
  }
  return true;
}

/** Offset of the first character from `at` on that is no blank. */
export function skipSpaces(text: string, at: number): number {
  let pos = at;
  while (text.charCodeAt(pos) === SPACE) pos++;
  return pos;
}

/** Offset after the line break that ends the line of `at`. */
export function lineAfter(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? text.length : feed + 1;
}
