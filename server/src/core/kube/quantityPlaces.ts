/** Every place of a built-in object that holds a quantity. */

import { eachAt, mayLead, type Path } from '../path.ts';
import { remember } from '../remember.ts';
import { isBuiltinGroup, type KubeObject } from './object.ts';
import { groupOf } from './ref.ts';
import { podTemplateOf, templatePath } from './workload.ts';

export interface QuantityPlace {
  path: Path;
  value: unknown;
  /** What is counted, without prefixes of quotas: `cpu`, `memory`, `storage`, `nvidia.com/gpu`; undefined where the place does not say. */
  resource?: string;
}

/** Maps from a resource's name to a quantity. `*` stands for every item of a list. */
const POD_MAPS: readonly (readonly string[])[] = [
  ...['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => [
    [list, '*', 'resources', 'requests'],
    [list, '*', 'resources', 'limits'],
  ]),
  ['resources', 'requests'],
  ['resources', 'limits'],
  ['overhead'],
  ['volumes', '*', 'ephemeral', 'volumeClaimTemplate', 'spec', 'resources', 'requests'],
];

const MAPS: Record<string, readonly (readonly string[])[]> = {
  StatefulSet: [
    ['spec', 'volumeClaimTemplates', '*', 'spec', 'resources', 'requests'],
    ['spec', 'volumeClaimTemplates', '*', 'spec', 'resources', 'limits'],
  ],
  PersistentVolumeClaim: [
    ['spec', 'resources', 'requests'],
    ['spec', 'resources', 'limits'],
  ],
  PersistentVolume: [['spec', 'capacity']],
  ResourceQuota: [['spec', 'hard']],
  LimitRange: ['min', 'max', 'default', 'defaultRequest'].map((field) => ['spec', 'limits', '*', field]),
  RuntimeClass: [['overhead', 'podFixed']],
};

/** A single quantity, with what it counts. */
interface Field {
  at: readonly string[];
  resource?: string;
}

const POD_FIELDS: readonly Field[] = [
  { at: ['volumes', '*', 'emptyDir', 'sizeLimit'], resource: 'memory' },
  ...['containers', 'initContainers'].map((list) => ({
    at: [list, '*', 'env', '*', 'valueFrom', 'resourceFieldRef', 'divisor'],
  })),
];
const METRIC_TARGETS = ['resource', 'pods', 'object', 'external', 'containerResource'].flatMap((type) =>
  ['averageValue', 'value'].map((field) => ({ at: ['spec', 'metrics', '*', type, 'target', field] })),
);
const FIELDS: Record<string, readonly Field[]> = {
  HorizontalPodAutoscaler: METRIC_TARGETS,
};

const NONE: readonly QuantityPlace[] = [];

/** The quantities of an object, in the order of the tables. */
export const quantityPlaces = remember((object: KubeObject): readonly QuantityPlace[] => {
  const { kind } = object;
  const base = templatePath(kind);
  if (!base && !Object.hasOwn(MAPS, kind) && !Object.hasOwn(FIELDS, kind)) return NONE;
  const places: QuantityPlace[] = [];
  const map = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [name, quantity] of Object.entries(value))
      places.push({ path: [...path, name], value: quantity, resource: baseName(name) });
  };
  const single = ({ resource }: Field, value: unknown, path: Path): void => {
    places.push({ path, value, ...(resource === undefined ? {} : { resource }) });
  };
  const spec = podTemplateOf(object)?.spec;
  if (base && spec) {
    const at = [...base, 'spec'];
    for (const steps of POD_MAPS) if (mayLead(spec, steps[0])) eachAt(spec, steps, at, map);
    for (const field of POD_FIELDS)
      if (mayLead(spec, field.at[0])) eachAt(spec, field.at, at, (value, path) => single(field, value, path));
  }
  if (!isBuiltinGroup(groupOf(object.apiVersion))) return places;
  for (const steps of own(MAPS, kind)) eachAt(object, steps, [], map);
  for (const field of own(FIELDS, kind))
    eachAt(object, field.at, [], (value, path) => single(field, value, path));
  return places;
});

const own = <T>(table: Record<string, readonly T[]>, kind: string): readonly T[] =>
  (Object.hasOwn(table, kind) && table[kind]) || [];

/** `requests.memory` and `limits.memory` of a quota count memory; `class.storageclass.storage.k8s.io/requests.storage` storage. */
const baseName = (name: string): string =>
  !name.includes('.') ? name : (/(?:^|\/|\.)(?:requests|limits)\.(.+)$/.exec(name)?.[1] ?? name);
