/** The tree of one YAML document. Every node knows its text: offsets count from the start of the document. */

export type Scalar = string | number | boolean | null;

interface Spanned {
  /** Offset of the first character, counted from the start of the document. */
  start: number;
  /** Offset after the last character of the value itself: no trailing blanks, comments or line breaks. */
  end: number;
}

export interface ScalarNode extends Spanned {
  kind: 'scalar';
  style: 'plain' | 'single' | 'double' | 'block';
  /** The text the author wrote, without quotes, escapes resolved, block scalars folded. */
  text: string;
  /** What the API server's YAML reader makes of it (YAML 1.1 rules for plain scalars). */
  value: Scalar;
}

export interface MapEntry {
  key: string;
  keyStart: number;
  keyEnd: number;
  /** A key without a value has a null scalar of no width, right after the colon. */
  value: Node;
}

export interface MapNode extends Spanned {
  kind: 'map';
  flow: boolean;
  entries: MapEntry[];
}

export interface SeqNode extends Spanned {
  kind: 'seq';
  flow: boolean;
  items: Node[];
}

export type Node = ScalarNode | MapNode | SeqNode;

/** The value under `key`; of a key written twice the last one, as the API server reads it. */
export function entryOf(node: Node | undefined, key: string): MapEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  for (let i = node.entries.length - 1; i >= 0; i--) {
    const entry = node.entries[i];
    if (entry?.key === key) return entry;
  }
  return undefined;
}

/** A step of a path, taken in a tree. */
export function childOf(node: Node | undefined, step: string | number): Node | undefined {
  if (typeof step === 'number') return node?.kind === 'seq' ? node.items[step] : undefined;
  return entryOf(node, step)?.value;
}

/** The tree as plain data, the way the API server reads it. */
export function toData(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'seq') return node.items.map(toData);
  const data: Record<string, unknown> = {};
  for (const { key, value } of node.entries) {
    // A plain assignment to __proto__ would set the prototype and lose the key.
    if (key === '__proto__') Object.defineProperty(data, key, { value: toData(value), enumerable: true });
    else data[key] = toData(value);
  }
  return data;
}
