/**
 * A single-pass reader for the YAML that manifests are written in: block maps and lists, flow collections, JSON, all
 * scalar styles, comments. It makes the tree that the library makes, some twenty times faster, and gives up
 * at the first thing that is unusual, unsound or in doubt: then the library reads the document, and its errors count.
 * test/core/yaml-fast.test.ts holds both against each other.
 */
import {
  ANY_COLUMN,
  beginsPlain,
  COLON,
  CR,
  DASH,
  DOT,
  DOUBLE,
  GiveUp,
  giveUp,
  HASH,
  isEnd,
  isEndOrSpace,
  LF,
  lineAfter,
  OPEN_LIST,
  OPEN_MAP,
  SINGLE,
  SPACE,
  skipSpaces,
  TAB,
} from './fastChars.ts';
import { MAX_KEY, readFlow } from './fastFlow.ts';
import { plainScalar } from './fastPlain.ts';
import { blockScalar, emptyScalar, quoted, quoteEnd, unquoted } from './fastScalar.ts';
import type { MapEntry, MapNode, Node, SeqNode } from './node.ts';
import { plainKey, resolvePlain } from './plain.ts';

/** Deeper documents are left to the library, which has the limit. */
const MAX_DEPTH = 100;
/** Control characters, byte order marks, and what YAML 1.1 and 1.2 do not agree on as line breaks. */
const STRANGE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff]|\r(?!\n)/;

export type FastResult = { kind: 'tree'; root: Node } | { kind: 'empty' } | { kind: 'unsure' };

/**
 * Reads one document. `unsure`: ask the library. `lenient`: lines inside flow collections and quotes need no
 * indentation and may begin with tabs, as for Go's reader, which then reads more than YAML 1.2 allows.
 */
export function readFast(text: string, lenient = false): FastResult {
  if (STRANGE.test(text)) return { kind: 'unsure' };
  try {
    const root = new FastReader(text, lenient).read();
    return root ? { kind: 'tree', root } : { kind: 'empty' };
  } catch (error) {
    if (error instanceof GiveUp) return { kind: 'unsure' };
    throw error;
  }
}

class FastReader {
  readonly #text: string;
  readonly #lenient: boolean;
  /** First character of what is next to read. */
  #pos = 0;
  /** Its column; -1 at the end of the document. */
  #column = 0;
  #depth = 0;
  /** `...` has been read. */
  #isBehindEnd = false;
  /** The key that `#readKey` found. */
  #key = '';
  #keyEnd = 0;
  /** Offset after its colon. */
  #colon = 0;

  constructor(text: string, lenient: boolean) {
    this.#text = text;
    this.#lenient = lenient;
  }

  read(): Node | undefined {
    if (this.#text.startsWith('---')) {
      if (!isEndOrSpace(this.#text.charCodeAt(3))) giveUp();
      this.#endLine(3);
    } else this.#seekLine(0);
    if (this.#column < 0) return undefined;
    const code = this.#text.charCodeAt(this.#pos);
    if (this.#text.charCodeAt(0) === 37) giveUp();
    const isCollection = code === OPEN_MAP || code === OPEN_LIST || this.#isDash() || this.#readKey();
    if (!isCollection) giveUp();
    const root = this.#block(-1);
    if (this.#column >= 0) giveUp();
    return root;
  }

  /** Goes to the next line with content. Only blanks and a comment may stand between `from` and the end of its line. */
  #endLine(from: number): void {
    const text = this.#text;
    const at = skipSpaces(text, from);
    const code = text.charCodeAt(at);
    if (code === HASH && at > from) this.#seekLine(lineAfter(text, at));
    else if (code === LF) this.#seekLine(at + 1);
    else if (code === CR) this.#seekLine(at + 2);
    else if (Number.isNaN(code)) this.#column = -1;
    else giveUp();
  }

  /** Goes to the first line with content from the line start `at` on. */
  #seekLine(at: number): void {
    const text = this.#text;
    let start = at;
    for (;;) {
      const pos = skipSpaces(text, start);
      const code = text.charCodeAt(pos);
      if (code === LF) start = pos + 1;
      else if (code === CR) start = pos + 2;
      else if (code === HASH) start = lineAfter(text, pos);
      else if (Number.isNaN(code)) {
        this.#column = -1;
        return;
      } else {
        if (code === TAB) giveUp();
        this.#pos = pos;
        this.#column = pos - start;
        if (pos === start && (code === DASH || code === DOT)) this.#checkMarker(pos);
        return;
      }
    }
  }

  /** `...` ends the document, when nothing but comments follows; `---` belongs into another document. */
  #checkMarker(at: number): void {
    const marker = this.#text.slice(at, at + 3);
    if ((marker !== '---' && marker !== '...') || !isEndOrSpace(this.#text.charCodeAt(at + 3))) return;
    if (marker === '---') giveUp();
    if (this.#isBehindEnd) giveUp();
    this.#isBehindEnd = true;
    this.#endLine(at + 3);
    if (this.#column >= 0) giveUp();
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#pos) === DASH && isEndOrSpace(this.#text.charCodeAt(this.#pos + 1));
  }

  /** A node that begins at the current place; `parent` is the column of the map or list that holds it. */
  #block(parent: number): Node {
    if (++this.#depth > MAX_DEPTH) giveUp();
    const node = this.#isDash()
      ? this.#list(this.#column)
      : this.#readKey()
        ? this.#map(this.#column)
        : this.#inline(parent);
    this.#depth--;
    return node;
  }

  /** A node on a line of its own. The library stumbles over scalars there that follow a comment. */
  #blockBelow(intro: number, parent: number): Node {
    const node = this.#block(parent);
    if (node.kind === 'scalar' && this.#text.slice(intro, node.start).includes('#')) giveUp();
    return node;
  }

  #list(column: number): SeqNode {
    const start = this.#pos;
    const items: Node[] = [];
    do items.push(this.#item(column));
    while (this.#column === column && this.#isDash());
    if (this.#column > column) giveUp();
    return { kind: 'seq', flow: false, items, start, end: items[items.length - 1]?.end ?? start };
  }

  #item(column: number): Node {
    const dash = this.#pos;
    const at = skipSpaces(this.#text, dash + 1);
    const code = this.#text.charCodeAt(at);
    if (code === TAB) giveUp();
    if (code === HASH || isEnd(code)) {
      this.#endLine(dash + 1);
      return this.#column > column ? this.#blockBelow(dash + 1, column) : emptyScalar(dash + 1);
    }
    this.#pos = at;
    this.#column = column + at - dash;
    return this.#block(column);
  }

  /** A map whose first key has just been read. */
  #map(column: number): MapNode {
    const start = this.#pos;
    const entries: MapEntry[] = [];
    do {
      const keyStart = this.#pos;
      const keyEnd = this.#keyEnd;
      const key = this.#key;
      entries.push({ key, keyStart, keyEnd, value: this.#value(column) });
      if (this.#column !== column) break;
    } while (this.#readKey() || giveUp());
    if (this.#column > column) giveUp();
    return { kind: 'map', flow: false, entries, start, end: entries[entries.length - 1]?.value.end ?? start };
  }

  #value(column: number): Node {
    const intro = this.#colon;
    const at = skipSpaces(this.#text, intro);
    const code = this.#text.charCodeAt(at);
    if (code === HASH || isEnd(code)) {
      this.#endLine(intro);
      if (this.#column > column) return this.#blockBelow(intro, column);
      // A list may stand at the column of its key.
      return this.#column === column && this.#isDash() ? this.#list(column) : emptyScalar(intro);
    }
    this.#pos = at;
    return this.#inline(column);
  }

  /** True when a key and its colon stand here; then `#key`, `#keyEnd` and `#colon` tell of it. */
  #readKey(): boolean {
    const text = this.#text;
    const start = this.#pos;
    const first = text.charCodeAt(start);
    if (first === DOUBLE || first === SINGLE) return this.#readQuotedKey(first);
    if (!beginsPlain(text, start, false)) return false;
    let last = start;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === COLON && isEndOrSpace(text.charCodeAt(at + 1))) {
        if (at - start > MAX_KEY) giveUp();
        this.#keyEnd = last + 1;
        this.#colon = at + 1;
        const written = text.slice(start, last + 1);
        // Merge keys take their entries from elsewhere, and null is no key.
        if (written === '<<' || resolvePlain(written) === null) giveUp();
        this.#key = plainKey(written);
        return true;
      }
      if (isEnd(code) || (code === HASH && text.charCodeAt(at - 1) === SPACE)) return false;
      if (code === TAB) giveUp();
      if (code !== SPACE) last = at;
    }
  }

  #readQuotedKey(quote: number): boolean {
    const text = this.#text;
    const end = quoteEnd(text, this.#pos, quote);
    const at = skipSpaces(text, end);
    if (text.charCodeAt(at) !== COLON || !isEndOrSpace(text.charCodeAt(at + 1))) return false;
    const source = text.slice(this.#pos, end);
    if (source.includes('\n') || source.length > MAX_KEY) giveUp();
    this.#key = unquoted(source, quote);
    this.#keyEnd = end;
    this.#colon = at + 1;
    return true;
  }

  /** A scalar or flow collection in a block. */
  #inline(parent: number): Node {
    const text = this.#text;
    const start = this.#pos;
    const code = text.charCodeAt(start);
    const floor = this.#lenient ? ANY_COLUMN : parent;
    if (code === OPEN_MAP || code === OPEN_LIST) {
      const node = readFlow(text, start, floor);
      this.#endLine(node.end);
      return node;
    }
    if (code === DOUBLE || code === SINGLE) {
      const node = quoted(text, start, code, floor);
      this.#endLine(node.end);
      return node;
    }
    if (code === 124 || code === 62) {
      const { node, next } = blockScalar(text, start, parent);
      this.#endLine(next);
      return node;
    }
    if (!beginsPlain(text, start, false)) giveUp();
    const node = plainScalar(text, start, parent);
    this.#endLine(node.end);
    return node;
  }
}
