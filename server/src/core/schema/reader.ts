/** One pass over a tree along the types of its kind. */
import type { MapEntry, MapNode, Node, ScalarNode, SeqNode } from '../yaml/node.ts';
import { toData } from '../yaml/node.ts';
import { OPEN } from './lenient.ts';
import type { SchemaProblem } from './read.ts';
import type { ListType, MapType, ScalarType, StructType, Type } from './schema.ts';
import { closeNames, placesFor, type Step } from './suggest.ts';

/** Says that a value is left out. */
const ABSENT = Symbol('absent');

type Place = SchemaProblem['of'];

export class Reader {
  readonly problems: SchemaProblem[] = [];
  readonly #path: (string | number)[] = [];
  readonly #steps: Step[] = [];

  /** The map as data; always an object. */
  readMap(node: MapNode, type: StructType): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    this.#steps.push({ type, node, depth: this.#path.length });
    const entries = ownEntries(node);
    // By index here and in `#map`: this is where a folder's time goes.
    for (let i = 0; i < entries.length; i++) {
      const { key, value } = entries[i] as MapEntry;
      this.#path.push(key);
      const field = type.fields.get(key);
      const read = field
        ? this.#field(key, value, field, type)
        : type.name === OPEN
          ? toData(value)
          : this.#unknown(key, value, type);
      if (read !== ABSENT) put(data, key, read);
      this.#path.pop();
    }
    for (const name of type.required) if (data[name] === undefined) this.#missing(name, node, type);
    this.#steps.pop();
    return data;
  }

  #field(key: string, value: Node, field: Type, type: StructType): unknown {
    if (!isNull(value) || field.kind === 'any') return this.#value(value, field, 'field');
    // Dates are written as null by every generator; a required null is reported as missing.
    const isDate = field.kind === 'scalar' && field.name === 'time';
    if (!isDate && !type.required.includes(key) && !this.#isStatus())
      this.#report({ kind: 'null-value', of: 'field', expected: [nameOf(field)], actual: 'null' });
    return ABSENT;
  }

  /** Name of a missing field as the last step of its path. `metadata` may come from the tool that applies the object. */
  #missing(name: string, node: MapNode, type: StructType): void {
    if (name === 'metadata' || this.#isStatus()) return;
    const written = node.entries.findLast(({ key }) => key === name);
    if (written && !isNull(written.value)) return;
    const field = type.fields.get(name);
    this.#path.push(name);
    this.#report({
      kind: 'missing-required',
      of: 'field',
      expected: field ? [nameOf(field)] : [],
      actual: name,
    });
    this.#path.pop();
  }

  #unknown(key: string, value: Node, type: StructType): typeof ABSENT {
    const parent = this.#path.slice(0, -1);
    const moveTo = placesFor(key, value, parent, this.#steps);
    const suggestions = closeNames(key, type.fields.keys());
    this.#report({ kind: 'unknown-field', of: 'field', expected: [], actual: key, suggestions, moveTo });
    return ABSENT;
  }

  #value(node: Node, type: Type, place: Place): unknown {
    switch (type.kind) {
      case 'any':
        return toData(node);
      case 'scalar':
        return node.kind === 'scalar' ? this.#scalar(node, type, place) : this.#mismatch(node, type, place);
      case 'list':
        return node.kind === 'seq' ? this.#list(node, type) : this.#mismatch(node, type, place);
      case 'map':
        return node.kind === 'map' ? this.#map(node, type) : this.#mismatch(node, type, place);
      case 'struct':
        return node.kind === 'map' ? this.readMap(node, type) : this.#mismatch(node, type, place);
    }
  }

  #list(node: SeqNode, { item }: ListType): unknown[] {
    return node.items.map((child, index) => {
      this.#path.push(index);
      const read =
        isNull(child) && item.kind !== 'any' ? this.#null(item, 'item') : this.#value(child, item, 'item');
      this.#path.pop();
      return read === ABSENT ? zeroOf(item) : read;
    });
  }

  /** A null among labels or data is an empty string to the API server. */
  #map(node: MapNode, { value: type }: MapType): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    const entries = ownEntries(node);
    for (let i = 0; i < entries.length; i++) {
      const { key, value } = entries[i] as MapEntry;
      this.#path.push(key);
      const isEmpty = isNull(value) && type.kind !== 'any';
      const read = isEmpty ? this.#null(type, 'map-value') : this.#value(value, type, 'map-value');
      if (read !== ABSENT) put(data, key, read);
      else if (isEmpty) put(data, key, zeroOf(type));
      this.#path.pop();
    }
    return data;
  }

  #null(type: Type, of: Place): typeof ABSENT {
    if (!this.#isStatus()) this.#report({ kind: 'null-value', of, expected: [nameOf(type)], actual: 'null' });
    return ABSENT;
  }

  #scalar(node: ScalarNode, type: ScalarType, place: Place): unknown {
    const { value } = node;
    switch (type.name) {
      case 'string':
      case 'bytes':
      case 'time':
        if (typeof value === 'string') return this.#string(value, type, place);
        this.#mismatch(node, type, place);
        return node.text;
      case 'quantity':
        return typeof value === 'boolean' ? this.#mismatch(node, type, place) : value;
      case 'int-or-string':
        if (typeof value === 'string' || isInt(value, INT32)) return value;
        break;
      case 'int32':
        if (isInt(value, INT32)) return value;
        break;
      case 'int64':
        if (isInt(value, INT64)) return value;
        break;
      case 'number':
        if (typeof value === 'number') return value;
        break;
      case 'boolean':
        if (typeof value === 'boolean') return value;
        break;
    }
    return this.#mismatch(node, type, place);
  }

  /** An empty enum is an absent one to the API server. */
  #string(value: string, { values }: ScalarType, of: Place): string {
    if (!values || value === '' || values.includes(value)) return value;
    const suggestions = closeNames(value, values);
    this.#report({ kind: 'invalid-enum', of, expected: [...values], actual: value, suggestions });
    return value;
  }

  #mismatch(node: Node, type: Type, of: Place): typeof ABSENT {
    this.#report({ kind: 'type-mismatch', of, expected: [nameOf(type)], actual: actualOf(node) });
    return ABSENT;
  }

  #report(problem: Omit<SchemaProblem, 'path' | 'suggestions'> & { suggestions?: string[] }): void {
    this.problems.push({ suggestions: [], ...problem, path: [...this.#path] });
  }

  /** What the cluster reports is often written half; the API server ignores it in a manifest. */
  #isStatus(): boolean {
    return this.#path[0] === 'status';
  }
}

const INT32 = 2 ** 31;
const INT64 = 2 ** 63;

const isInt = (value: unknown, limit: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;

const isNull = (node: Node): boolean => node.kind === 'scalar' && node.value === null;

function hasTwins(entries: readonly MapEntry[]): boolean {
  for (let i = 1; i < entries.length; i++) {
    const key = entries[i]?.key;
    for (let j = 0; j < i; j++) if (entries[j]?.key === key) return true;
  }
  return false;
}

/** The entries that count; of a key written twice the last one does. */
function ownEntries({ entries }: MapNode): MapEntry[] {
  // Maps of this size are scanned faster than indexed, and nearly all maps are of this size.
  if (entries.length <= 16 && !hasTwins(entries)) return entries;
  const last = new Map(entries.map((entry) => [entry.key, entry]));
  return last.size === entries.length ? entries : entries.filter((entry) => last.get(entry.key) === entry);
}

/** A plain assignment to __proto__ would set the prototype and lose the key. */
function put(data: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(data, key, { value, enumerable: true, writable: true, configurable: true });
  else data[key] = value;
}

function nameOf(type: Type): string {
  if (type.kind === 'scalar') return type.name;
  return type.kind === 'list' ? 'list' : type.kind === 'any' ? 'any' : 'map';
}

function actualOf(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'seq' ? 'list' : 'map';
  if (node.value === null) return 'null';
  if (typeof node.value === 'number') return Number.isInteger(node.value) ? 'integer' : 'number';
  return typeof node.value;
}

function zeroOf(type: Type): unknown {
  if (type.kind === 'list') return [];
  if (type.kind === 'map' || type.kind === 'struct') return {};
  if (type.kind === 'any') return null;
  if (type.name === 'boolean') return false;
  return /^(int32|int64|number|quantity|int-or-string)$/.test(type.name) ? 0 : '';
}
