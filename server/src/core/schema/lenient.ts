/** The shape that every object has, for kinds without a schema: what the store and rules rely on, nothing more. */
import type { StructType, Type } from './schema.ts';

const STRING: Type = { kind: 'scalar', name: 'string' };
const STRINGS: Type = { kind: 'map', value: STRING };

/** Structs with this name take fields they do not know as they are. */
export const OPEN = 'open';

const METADATA: StructType = {
  kind: 'struct',
  name: OPEN,
  required: [],
  fields: new Map<string, Type>([
    ['name', STRING],
    ['generateName', STRING],
    ['namespace', STRING],
    ['labels', STRINGS],
    ['annotations', STRINGS],
    ['finalizers', { kind: 'list', item: STRING }],
    ['ownerReferences', { kind: 'list', item: { kind: 'any' } }],
  ]),
};

export const LENIENT_OBJECT: StructType = {
  kind: 'struct',
  name: OPEN,
  required: [],
  fields: new Map<string, Type>([
    ['apiVersion', STRING],
    ['kind', STRING],
    ['metadata', METADATA],
  ]),
};
