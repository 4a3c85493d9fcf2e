/** From a YAML tree to an object whose shapes are those of its kind, and the places where text and schema disagree. */
import { isBuiltinGroup, type KubeObject } from '../kube/object.ts';
import { groupOf } from '../kube/ref.ts';
import { templatePath } from '../kube/workload.ts';
import type { Path } from '../path.ts';
import { entryOf, type MapNode } from '../yaml/node.ts';
import { versionsOf } from './apis.ts';
import { LENIENT_OBJECT } from './lenient.ts';
import { Reader } from './reader.ts';
import { type Schema, type StructType, schemaFor, type Type } from './schema.ts';

export interface SchemaProblem {
  kind: 'unknown-field' | 'type-mismatch' | 'missing-required' | 'invalid-enum' | 'null-value';
  path: Path;
  /** What holds the wrong thing: a field of the schema, a key of a free map (labels, data), an item of a list. */
  of: 'field' | 'map-value' | 'item';
  /**
   * What the schema wants there: a type's name (`string`, `bytes`, `time`, `quantity`, `int-or-string`, `int32`, `int64`,
   * `number`, `boolean`, `list`, `map`), or the enum's values.
   */
  expected: string[];
  /**
   * What stands there: `string`, `integer`, `number`, `boolean`, `list`, `map`, `null`; for an enum the value,
   * for an unknown or missing field its name.
   */
  actual: string;
  /** Known names or values close to the written one, closest first. */
  suggestions: string[];
  /** Unknown field: where in the object it would be valid, most likely first. */
  moveTo?: Path[];
}

export interface ReadResult {
  /** Wrongly typed parts are left out (zero values in lists, so that indexes hold); scalars where a string is due are taken as written. */
  object: KubeObject;
  problems: SchemaProblem[];
}

/**
 * Reads one object; it has `apiVersion`, `kind` and `metadata` afterwards, whatever the text holds. Of kinds that the
 * schema does not know only the metadata and the pod template, where they have one, are checked; the rest is taken as it
 * is. Values of Secrets are left behind: keys stay, every value is an empty string. `identity` stands in for what the text does not say, as items of
 * a PodList do. Never throws.
 */
export function readObject(
  node: MapNode,
  schema: Schema | undefined,
  identity: { apiVersion: string; kind: string } = { apiVersion: '', kind: '' },
): ReadResult {
  const apiVersion = textOf(node, 'apiVersion') || identity.apiVersion;
  const kind = textOf(node, 'kind') || identity.kind;
  const known = schema && schemaFor(schema, apiVersion, kind);
  const namesake = known ? undefined : namesakeOf(schema, apiVersion, kind);
  const reader = new Reader();
  const type = known ?? namesake ?? unknownKind(schema, kind);
  const object = reader.readMap(node, type) as unknown as KubeObject;
  object.apiVersion = apiVersion;
  object.kind = kind;
  object.metadata ??= {};
  if (kind === 'Secret' && groupOf(apiVersion) === '') hideSecrets(object);
  const problems = namesake ? reader.problems.filter(({ path }) => path[0] === 'metadata') : reader.problems;
  return { object, problems };
}

/**
 * The shape of a built-in kind that is written with an apiVersion it does not have: that is told once, and the object
 * keeps its place among the others with the shapes that rules rely on.
 */
function namesakeOf(schema: Schema | undefined, apiVersion: string, kind: string): StructType | undefined {
  if (!schema || !(isBuiltinGroup(groupOf(apiVersion)) || kind === 'Pod')) return undefined;
  const [version] = versionsOf(schema, kind);
  const type = version && schema.typeOf(version.type);
  return type?.kind === 'struct' ? type : undefined;
}

function textOf(node: MapNode, key: string): string {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' ? value.text : '';
}

const UNKNOWN = new WeakMap<Schema, Map<string, StructType>>();

/** An object of which only the metadata is known, and the pod template of kinds that make pods (Rollout, DeploymentConfig). */
function unknownKind(schema: Schema | undefined, kind: string): StructType {
  if (!schema) return LENIENT_OBJECT;
  const types = UNKNOWN.get(schema) ?? new Map<string, StructType>();
  UNKNOWN.set(schema, types);
  const path = templatePath(kind) ?? [];
  const key = path.join('.');
  const known = types.get(key);
  if (known) return known;
  const [first, ...rest] = path.map(String);
  const fields = new Map<string, Type>([
    ...LENIENT_OBJECT.fields,
    ['metadata', schema.typeOf('meta.v1.ObjectMeta')],
  ]);
  if (first !== undefined) fields.set(first, openBelow(rest, schema.typeOf('core.v1.PodTemplateSpec')));
  const type: StructType = { ...LENIENT_OBJECT, fields };
  types.set(key, type);
  return type;
}

/** Structs that take anything, one in the other along `path`, with `type` at its end. */
function openBelow([step, ...rest]: readonly string[], type: Type): Type {
  if (step === undefined) return type;
  return { ...LENIENT_OBJECT, fields: new Map([[step, openBelow(rest, type)]]) };
}

/** kubectl apply keeps a copy of the whole Secret in this annotation. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function hideSecrets(object: KubeObject): void {
  const parts = object as { data?: unknown; stringData?: unknown };
  for (const part of [parts.data, parts.stringData])
    if (typeof part === 'object' && part !== null)
      for (const key in part) (part as Record<string, string>)[key] = '';
  const { annotations } = object.metadata;
  if (annotations?.[LAST_APPLIED] !== undefined) annotations[LAST_APPLIED] = '';
}
