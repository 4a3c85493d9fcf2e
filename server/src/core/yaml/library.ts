/** Reads a document with the `yaml` library: the reference for every YAML construct. */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { skipTrivia } from './layout.ts';
import { problemOf } from './libraryProblem.ts';
import type { MapEntry, MapNode, Node, ScalarNode, SeqNode } from './node.ts';
import { plainKey, resolvePlain } from './plain.ts';
import type { SyntaxProblem } from './syntax.ts';

/** Above this many nodes from aliases a document is a bomb, not a manifest. */
const MAX_EXPANDED_NODES = 100_000;
const MAX_DEPTH = 200;
const MAX_INDENT = 1000;
/** What follows from the first few is noise. */
const MAX_PROBLEMS = 10;

export interface ReadTree {
  root?: Node;
  problems: SyntaxProblem[];
}

class TooMuch extends Error {
  readonly code: 'aliasLimit' | 'depthLimit';
  constructor(code: 'aliasLimit' | 'depthLimit') {
    super(code);
    this.code = code;
  }
}

/** Reads one document. Never throws: what is too deep or too large to read comes as a problem. */
export function readWithLibrary(text: string): ReadTree {
  try {
    return read(text);
  } catch (error) {
    // The library calls itself for every level; a text of a million brackets exhausts the stack.
    if (!(error instanceof TooMuch || error instanceof RangeError)) throw error;
    const code = error instanceof TooMuch ? error.code : 'depthLimit';
    return { problems: [{ code, start: 0, end: Math.min(text.length, 1) }] };
  }
}

function read(text: string): ReadTree {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    uniqueKeys: false,
    keepSourceTokens: false,
    prettyErrors: false,
    logLevel: 'silent',
    merge: true,
  });
  // What exhausts the stack comes as an error of the document as well.
  if (document.errors.some(({ message }) => message.includes('call stack'))) throw new TooMuch('depthLimit');
  const scene = { text, document, complaints: document.errors };
  const problems = document.errors.slice(0, MAX_PROBLEMS).map((error) => problemOf(scene, error));
  if (problems.length > 0 || !document.contents) return { problems };
  const converter = new Converter(text);
  const root = converter.convert(document.contents as ParsedNode, 0);
  return converter.problems.length > 0 ? { problems: converter.problems } : { root, problems };
}

class Converter {
  /** What the library lets pass and the API server's reader does not. */
  readonly problems: SyntaxProblem[] = [];
  /** Nodes that aliases brought. */
  #expanded = 0;
  #aliasDepth = 0;
  readonly #text: string;
  /** The last node of each anchor so far. */
  readonly #anchors = new Map<string, ParsedNode>();

  constructor(text: string) {
    this.#text = text;
  }

  /** `intro` is the offset after the colon or dash that leads to the node. */
  convert(node: ParsedNode | null, depth: number, intro = 0): Node {
    if (this.#aliasDepth > 0 && ++this.#expanded > MAX_EXPANDED_NODES) throw new TooMuch('aliasLimit');
    if (depth > MAX_DEPTH) throw new TooMuch('depthLimit');
    if (!node) return emptyScalar(intro);
    if (isAlias(node)) return this.#alias(node, depth);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#isEmpty(node) ? emptyScalar(intro) : this.#scalar(node);
    if (isSeq(node)) return this.#seq(node, depth);
    if (isMap(node)) return this.#map(node, depth);
    throw new TooMuch('depthLimit');
  }

  /** The library puts absent values behind blanks and comments; here they stand right after their colon or dash. */
  #isEmpty({ range, type, anchor, tag }: ParsedScalar): boolean {
    return range[0] === range[1] && type === 'PLAIN' && !anchor && !tag;
  }

  #seq(node: YAMLSeq.Parsed, depth: number): SeqNode {
    const [start, end] = node.range;
    const flow = node.flow === true;
    const items: Node[] = [];
    for (const item of node.items as (ParsedNode | null)[]) {
      const before = items.at(-1);
      // An alias ends in its own text, wherever its target is.
      const from = skipTrivia(this.#text, before ? Math.max(before.end, before.start) : start);
      items.push(this.convert(item, depth + 1, flow ? from : from + 1));
    }
    return { kind: 'seq', flow, items, start, end: flow ? end : (items.at(-1)?.end ?? end) };
  }

  #map(node: YAMLMap.Parsed, depth: number): MapNode {
    const [start, end] = node.range;
    const flow = node.flow === true;
    const entries: MapEntry[] = [];
    for (const pair of node.items) {
      const keyNode = pair.key as ParsedNode | null;
      const [keyStart, keyEnd] = keyNode?.range ?? [start, start];
      const value = this.convert(pair.value as ParsedNode | null, depth + 1, this.#afterColon(keyEnd));
      const key = this.#key(keyNode, keyStart, keyEnd);
      if (isScalar(keyNode) && keyNode.type === 'PLAIN' && key === '<<') merge(entries, value);
      else entries.push({ key, keyStart, keyEnd, value });
    }
    return { kind: 'map', flow, entries, start, end: flow ? end : (entries.at(-1)?.value.end ?? end) };
  }

  #key(node: ParsedNode | null, start: number, end: number): string {
    if (!isScalar(node)) {
      this.#refuse({ code: 'keyKind', start, end });
      return '';
    }
    // The library's value of a merge key is no string.
    const text = String((node.type === 'PLAIN' ? node.source : node.value) ?? '');
    if (node.type !== 'PLAIN' || node.tag) return text;
    if (resolvePlain(text) === null) this.#refuse({ code: 'nullKey', start, end });
    return plainKey(text);
  }

  #refuse(problem: SyntaxProblem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  #afterColon(keyEnd: number): number {
    const at = skipTrivia(this.#text, keyEnd);
    return this.#text[at] === ':' ? at + 1 : keyEnd;
  }

  /** The library's own way from an alias to its target walks the whole document for each of them. */
  #alias({ source, range: [start, end] }: Alias.Parsed, depth: number): Node {
    const target = this.#anchors.get(source);
    if (!target) {
      this.#refuse({ code: 'unknownAlias', data: { name: source }, start, end });
      return emptyScalar(start);
    }
    this.#aliasDepth++;
    const copy = this.convert(target, depth + 1);
    this.#aliasDepth--;
    return { ...copy, start, end };
  }

  #scalar({ value: read, type, tag, range: [start, end] }: ParsedScalar): ScalarNode {
    const style = STYLES[type ?? ''] ?? 'plain';
    const text = style === 'block' ? this.#withoutEnd(String(read ?? ''), end) : String(read ?? '');
    const value = style === 'plain' && !tag ? resolvePlain(text) : text;
    const trimmed = style === 'block' ? start + this.#text.slice(start, end).trimEnd().length : end;
    return { kind: 'scalar', style, text, value, start, end: trimmed };
  }

  /** A last line without a line break gives none to a block scalar in Go's reader; the library adds one. */
  #withoutEnd(read: string, end: number): string {
    const isCut = end === this.#text.length && !/\n *$/.test(this.#text.slice(-MAX_INDENT));
    return isCut && read.endsWith('\n') ? read.slice(0, -1) : read;
  }
}

type ParsedScalar = Scalar.Parsed;

const STYLES: Record<string, ScalarNode['style']> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

const emptyScalar = (at: number): ScalarNode => ({
  kind: 'scalar',
  style: 'plain',
  text: '',
  value: null,
  start: at,
  end: at,
});

/** Merge keys lend their entries to a map; the map's own win (https://yaml.org/type/merge.html). */
function merge(entries: MapEntry[], from: Node): void {
  const maps = from.kind === 'seq' ? from.items : [from];
  for (const map of maps)
    if (map.kind === 'map')
      for (const entry of map.entries)
        if (!entries.some(({ key }) => key === entry.key)) entries.unshift(entry);
}
