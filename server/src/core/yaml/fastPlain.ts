/** Plain scalars in blocks for the fast reader. */
import { COLON, CR, giveUp, HASH, isEnd, isEndOrSpace, LF, SPACE, skipSpaces, TAB } from './fastChars.ts';
import { unfold } from './fastScalar.ts';
import type { ScalarNode } from './node.ts';
import { resolvePlain } from './plain.ts';

/** The plain scalar that begins at `start`; it goes on in lines deeper than `parent`. */
export function plainScalar(text: string, start: number, parent: number): ScalarNode {
  let end = lineOf(text, start);
  let isFolded = false;
  for (let next = continuation(text, end, parent); next >= 0; next = continuation(text, end, parent)) {
    isFolded = true;
    end = lineOf(text, next);
  }
  const source = text.slice(start, end);
  const read = isFolded ? unfold(source) : source;
  return { kind: 'scalar', style: 'plain', text: read, value: resolvePlain(read), start, end };
}

/** End of the part of a plain scalar that stands on one line. */
function lineOf(text: string, from: number): number {
  let last = from;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE) continue;
    if (isEnd(code)) return last + 1;
    if (code === TAB) giveUp();
    if (code === COLON) {
      const next = text.charCodeAt(at + 1);
      if (isEndOrSpace(next) || next === TAB) giveUp();
    }
    if (code === HASH && text.charCodeAt(at - 1) === SPACE) return last + 1;
    last = at;
  }
}

/** Where a plain scalar that paused at `end` goes on, in a line deeper than its parent; -1 when it does not. */
function continuation(text: string, end: number, parent: number): number {
  const at = skipSpaces(text, end);
  if (text.charCodeAt(at) === HASH || at >= text.length) return -1;
  let start = at;
  for (;;) {
    const pos = skipSpaces(text, start);
    const code = text.charCodeAt(pos);
    if (code === LF) start = pos + 1;
    else if (code === CR) start = pos + 2;
    else if (code === TAB) giveUp();
    else return pos < text.length && code !== HASH && pos - start > parent ? pos : -1;
  }
}
