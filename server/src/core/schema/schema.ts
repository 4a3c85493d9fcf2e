/** The shapes of the built-in kinds, as generated data (test/tools/generateSchema.ts). */

export type ScalarName =
  | 'string'
  | 'bytes'
  | 'time'
  | 'quantity'
  | 'int-or-string'
  | 'int32'
  | 'int64'
  | 'number'
  | 'boolean';

export interface ScalarType {
  kind: 'scalar';
  name: ScalarName;
  /** The values that count, when they are a closed list. */
  values?: readonly string[];
}
export interface ListType {
  kind: 'list';
  item: Type;
}
/** Any keys, values of one type. */
export interface MapType {
  kind: 'map';
  value: Type;
}
export interface StructType {
  kind: 'struct';
  /** `core.v1.PodSpec` */
  name: string;
  fields: ReadonlyMap<string, Type>;
  required: readonly string[];
}
/** Anything goes: raw extensions, JSON. */
export interface AnyType {
  kind: 'any';
}
export type Type = ScalarType | ListType | MapType | StructType | AnyType;

/** Kubernetes releases as `1.25`; replacement as `policy/v1/PodDisruptionBudget`. From the API's own lifecycle tags. */
export interface Lifecycle {
  introduced?: string;
  deprecated?: string;
  /** The first release that no longer serves it. It may lie ahead. */
  removed?: string;
  replacement?: string;
}

export interface KnownKind extends Lifecycle {
  apiVersion: string;
  kind: string;
}

export interface Schema {
  /** Kubernetes minor version the data was generated from, `1.36`. */
  version: string;
  /** By `apiVersion/kind`. */
  kinds: ReadonlyMap<string, KnownKind & { type: string }>;
  /** The struct of a name; `any` for a name that is not there. */
  typeOf(name: string): Type;
}

interface SchemaData {
  version: string;
  kinds: Record<string, { type: string } & Lifecycle>;
  types: Record<string, { fields: Record<string, string>; required?: string[] }>;
}

/**
 * Takes the parsed content of media/schema/kubernetes.json. Types are linked when they are first asked for.
 * Throws a TypeError when the data is something else: that is a broken installation.
 */
export function loadSchema(data: unknown): Schema {
  if (!isSchemaData(data)) throw new TypeError('The schema data has no kinds and types.');
  const linked = new Map<string, StructType>();
  const words = new Map<string, Type>();

  const typeOf = (name: string): Type => {
    const known = linked.get(name);
    if (known) return known;
    const source = Object.hasOwn(data.types, name) ? data.types[name] : undefined;
    if (!source) return ANY;
    const fields = new Map<string, Type>();
    const struct: StructType = { kind: 'struct', name, fields, required: source.required ?? [] };
    // Registered before its fields are linked: types such as JSONSchemaProps hold themselves.
    linked.set(name, struct);
    for (const field in source.fields) fields.set(field, fromWord(source.fields[field] ?? 'any'));
    return struct;
  };

  const fromWord = (word: string): Type => {
    const known = words.get(word);
    if (known) return known;
    const type = parseWord(word, fromWord, typeOf);
    words.set(word, type);
    return type;
  };

  return { version: data.version, kinds: new Map(Object.entries(data.kinds).map(knownKind)), typeOf };
}

function isSchemaData(data: unknown): data is SchemaData {
  if (typeof data !== 'object' || data === null) return false;
  const { version, kinds, types } = data as Record<string, unknown>;
  return typeof version === 'string' && isObject(kinds) && isObject(types);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const ANY: AnyType = { kind: 'any' };

/** The words of the data: `[]T`, `{}T`, `enum:A|B`, a scalar's name, `any`, or a type's name, which holds dots. */
function parseWord(word: string, inner: (word: string) => Type, typeOf: (name: string) => Type): Type {
  if (word === 'any') return ANY;
  if (word.startsWith('[]')) return { kind: 'list', item: inner(word.slice(2)) };
  if (word.startsWith('{}')) return { kind: 'map', value: inner(word.slice(2)) };
  if (word.startsWith('enum:')) return { kind: 'scalar', name: 'string', values: word.slice(5).split('|') };
  if (word.includes('.')) return typeOf(word);
  return { kind: 'scalar', name: word as ScalarName };
}

function knownKind([key, value]: [string, { type: string } & Lifecycle]): [
  string,
  KnownKind & { type: string },
] {
  const at = key.lastIndexOf('/');
  return [key, { ...value, apiVersion: key.slice(0, at), kind: key.slice(at + 1) }];
}

/** The shape of a built-in kind; undefined for other kinds. */
export function schemaFor(schema: Schema, apiVersion: string, kind: string): StructType | undefined {
  const known = schema.kinds.get(`${apiVersion}/${kind}`);
  const type = known && schema.typeOf(known.type);
  return type?.kind === 'struct' ? type : undefined;
}

/** Every built-in kind with its lifecycle, removed ones included. */
export const knownKinds = (schema: Schema): KnownKind[] => [...schema.kinds.values()];

/** Lifecycle of a built-in kind; undefined for other kinds. */
export const lifecycleOf = (schema: Schema, apiVersion: string, kind: string): KnownKind | undefined =>
  schema.kinds.get(`${apiVersion}/${kind}`);
