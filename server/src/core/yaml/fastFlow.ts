/** Flow collections and JSON for the fast reader. */
import {
  ANY_COLUMN,
  beginsPlain,
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  CR,
  DASH,
  DOT,
  DOUBLE,
  giveUp,
  HASH,
  isEnd,
  isEndOrSpace,
  isFlowIndicator,
  LF,
  OPEN_LIST,
  OPEN_MAP,
  SINGLE,
  SPACE,
  skipSpaces,
  TAB,
} from './fastChars.ts';
import { emptyScalar, quoted, quoteEnd, unquoted } from './fastScalar.ts';
import type { MapEntry, MapNode, Node, SeqNode } from './node.ts';
import { plainKey, resolvePlain } from './plain.ts';

const MAX_DEPTH = 60;
/** Longer keys are refused by YAML 1.2. */
export const MAX_KEY = 1000;

/** The collection that begins at `start`; all its lines are deeper than `parent`. */
export const readFlow = (text: string, start: number, parent: number): MapNode | SeqNode =>
  new FlowReader(text, start, parent).collection();

class FlowReader {
  readonly #text: string;
  readonly #parent: number;
  #pos: number;
  #depth = 0;
  /** Offset after the colon of the last key. */
  #colon = 0;

  constructor(text: string, start: number, parent: number) {
    this.#text = text;
    this.#pos = start;
    this.#parent = parent;
  }

  /** Afterwards `#pos` is behind the closing bracket. */
  collection(): MapNode | SeqNode {
    if (++this.#depth > MAX_DEPTH) giveUp();
    const node = this.#text.charCodeAt(this.#pos) === OPEN_MAP ? this.#map() : this.#list();
    this.#depth--;
    return node;
  }

  #map(): MapNode {
    const start = this.#pos++;
    const entries: MapEntry[] = [];
    for (;;) {
      this.#space();
      if (this.#text.charCodeAt(this.#pos) === CLOSE_MAP) break;
      const keyStart = this.#pos;
      const { key, end: keyEnd } = this.#key();
      this.#space();
      const code = this.#text.charCodeAt(this.#pos);
      const value = code === COMMA || code === CLOSE_MAP ? emptyScalar(this.#colon) : this.#node();
      entries.push({ key, keyStart, keyEnd, value });
      this.#space();
      if (!this.#skipComma(CLOSE_MAP)) break;
    }
    return { kind: 'map', flow: true, entries, start, end: ++this.#pos };
  }

  #list(): SeqNode {
    const start = this.#pos++;
    const items: Node[] = [];
    for (;;) {
      this.#space();
      if (this.#text.charCodeAt(this.#pos) === CLOSE_LIST) break;
      items.push(this.#node());
      this.#space();
      if (!this.#skipComma(CLOSE_LIST)) break;
    }
    return { kind: 'seq', flow: true, items, start, end: ++this.#pos };
  }

  /** True behind a comma, false at the closing bracket. */
  #skipComma(close: number): boolean {
    const code = this.#text.charCodeAt(this.#pos);
    if (code === close) return false;
    if (code !== COMMA) giveUp();
    this.#pos++;
    return true;
  }

  /** Reads a key and its colon; `#pos` is behind the colon afterwards. */
  #key(): { key: string; end: number } {
    const text = this.#text;
    const start = this.#pos;
    const first = text.charCodeAt(start);
    const isQuoted = first === DOUBLE || first === SINGLE;
    const end = isQuoted ? quoteEnd(text, start, first) : this.#plainEnd(start);
    const source = text.slice(start, end);
    if (source.length > MAX_KEY || source.includes('\n') || source === '<<') giveUp();
    const at = skipSpaces(text, end);
    if (text.charCodeAt(at) !== COLON) giveUp();
    this.#colon = this.#pos = at + 1;
    if (!isQuoted && resolvePlain(source) === null) giveUp();
    if (!isQuoted) return { key: plainKey(source), end };
    return { key: unquoted(source, first), end };
  }

  #node(): Node {
    const start = this.#pos;
    const code = this.#text.charCodeAt(start);
    if (code === OPEN_MAP || code === OPEN_LIST) return this.collection();
    if (code === DOUBLE || code === SINGLE) {
      const node = quoted(this.#text, start, code, this.#parent);
      this.#pos = node.end;
      return node;
    }
    const end = this.#plainEnd(start);
    this.#pos = end;
    const text = this.#text.slice(start, end);
    return { kind: 'scalar', style: 'plain', text, value: resolvePlain(text), start, end };
  }

  #plainEnd(start: number): number {
    const text = this.#text;
    if (!beginsPlain(text, start, true)) giveUp();
    let last = start;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE) continue;
      if (isEnd(code) || isFlowIndicator(code)) return last + 1;
      if (code === TAB) giveUp();
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) return last + 1;
      if (code === COLON) {
        const next = text.charCodeAt(at + 1);
        if (next === TAB || isFlowIndicator(next)) giveUp();
        if (isEndOrSpace(next)) return last + 1;
      }
      last = at;
    }
  }

  /** Skips blanks, line breaks and comments between the parts of a flow collection. */
  #space(): void {
    const text = this.#text;
    let at = this.#pos;
    let lineStart = -1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === SPACE || code === CR) at++;
      else if (code === TAB && this.#parent === ANY_COLUMN) at++;
      else if (code === LF) lineStart = ++at;
      else if (code === HASH && isEndOrSpace(text.charCodeAt(at - 1))) {
        const feed = text.indexOf('\n', at);
        if (feed < 0) giveUp();
        at = feed;
      } else {
        if (code === TAB) giveUp();
        if (lineStart >= 0 && at - lineStart <= this.#parent) giveUp();
        if (lineStart === at && (code === DASH || code === DOT)) giveUp();
        this.#pos = at;
        return;
      }
    }
  }
}
