/** Reads a document with the `yaml` library: the reference for every YAML construct. */
import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Document as LibraryDocument,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import type { SyntaxProblem } from './document.ts';
import type { MapEntry, Node, ScalarNode } from './node.ts';
import { resolvePlain } from './plain.ts';

/** Above this many nodes after alias expansion a document is a bomb, not a manifest. */
const MAX_EXPANDED_NODES = 100_000;
const MAX_DEPTH = 200;

export interface ReadTree {
  root?: Node;
  problems: SyntaxProblem[];
}

class TooMuch extends Error {
  readonly code: 'alias-limit' | 'depth-limit';
  constructor(code: 'alias-limit' | 'depth-limit') {
    super(code);
    this.code = code;
  }
}

export function readWithLibrary(text: string): ReadTree {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    uniqueKeys: false,
    keepSourceTokens: false,
    logLevel: 'silent',
    merge: true,
  });
  const problems: SyntaxProblem[] = document.errors.map(({ code, message, pos }) => ({
    code: code === 'TAB_AS_INDENT' ? 'tab-indent' : 'syntax',
    message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
    start: pos[0],
    end: pos[1],
  }));
  if (problems.length > 0 || !document.contents) return { problems };
  try {
    const root = new Converter(text, document).convert(document.contents as ParsedNode, 0);
    return { root, problems };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return { problems: [{ code: error.code, message: error.code, start: 0, end: Math.min(text.length, 1) }] };
  }
}

class Converter {
  #count = 0;
  readonly #text: string;
  readonly #document: LibraryDocument;

  constructor(text: string, document: LibraryDocument) {
    this.#text = text;
    this.#document = document;
  }

  convert(node: ParsedNode | null, depth: number, gap = 0): Node {
    if (++this.#count > MAX_EXPANDED_NODES) throw new TooMuch('alias-limit');
    if (depth > MAX_DEPTH) throw new TooMuch('depth-limit');
    if (!node) return { kind: 'scalar', style: 'plain', text: '', value: null, start: gap, end: gap };
    const [start, end] = node.range;
    if (isAlias(node)) return this.#alias(node, start, end, depth);
    if (isScalar(node)) return this.#scalar(node, start, end);
    if (isSeq(node)) {
      const items = (node.items as (ParsedNode | null)[]).map((item) => this.convert(item, depth + 1, end));
      return {
        kind: 'seq',
        flow: node.flow === true,
        items,
        start,
        end: this.#trimmed(node.flow === true, items.at(-1), end),
      };
    }
    if (!isMap(node)) throw new TooMuch('depth-limit');
    const entries: MapEntry[] = [];
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const keyNode = pair.key as ParsedNode | null;
      const keyRange = keyNode?.range ?? [start, start, start];
      const value = this.convert(pair.value as ParsedNode | null, depth + 1, this.#afterColon(keyRange[1]));
      const key = isScalar(keyNode)
        ? String(keyNode.source ?? keyNode.value ?? '')
        : this.#text.slice(keyRange[0], keyRange[1]);
      if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') merge(entries, value);
      else entries.push({ key, keyStart: keyRange[0], keyEnd: keyRange[1], value });
    }
    return {
      kind: 'map',
      flow: node.flow === true,
      entries,
      start,
      end: this.#trimmed(node.flow === true, entries.at(-1)?.value, end),
    };
  }

  /** Block collections of the library end with the line break and comments after them. */
  #trimmed(flow: boolean, last: Node | undefined, end: number): number {
    return flow || !last ? end : Math.max(last.end, last.start);
  }

  #afterColon(keyEnd: number): number {
    const colon = this.#text.indexOf(':', keyEnd);
    return colon < 0 ? keyEnd : colon + 1;
  }

  #alias(node: Alias, start: number, end: number, depth: number): Node {
    const target = node.resolve(this.#document);
    if (!target) return { kind: 'scalar', style: 'plain', text: '', value: null, start, end };
    return { ...this.convert(target as ParsedNode, depth + 1), start, end };
  }

  #scalar(
    node: { value: unknown; source?: string; type?: string | null | undefined; tag?: string },
    start: number,
    end: number,
  ): ScalarNode {
    const text = String(node.value ?? '');
    const style =
      node.type === 'QUOTE_SINGLE'
        ? 'single'
        : node.type === 'QUOTE_DOUBLE'
          ? 'double'
          : node.type?.startsWith('BLOCK')
            ? 'block'
            : 'plain';
    const value = style === 'plain' && !node.tag ? resolvePlain(text) : text;
    return {
      kind: 'scalar',
      style,
      text,
      value,
      start,
      end: style === 'block' ? start + this.#text.slice(start, end).trimEnd().length : end,
    };
  }
}

/** Merge keys lend their entries to a map; the map's own win (https://yaml.org/type/merge.html). */
function merge(entries: MapEntry[], from: Node): void {
  const maps = from.kind === 'seq' ? from.items : [from];
  for (const map of maps)
    if (map.kind === 'map')
      for (const entry of map.entries)
        if (!entries.some(({ key }) => key === entry.key)) entries.unshift(entry);
}
