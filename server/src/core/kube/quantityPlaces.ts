/** Every place of a built-in object that holds a quantity. */

import { eachAt, type Path } from '../path.ts';
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

/** Single quantities, with what they count. */
const POD_FIELDS: readonly { at: readonly string[]; resource?: string }[] = [
  { at: ['volumes', '*', 'emptyDir', 'sizeLimit'], resource: 'memory' },
  ...['containers', 'initContainers'].map((list) => ({
    at: [list, '*', 'env', '*', 'valueFrom', 'resourceFieldRef', 'divisor'],
  })),
];
const METRIC_TARGETS = ['resource', 'pods', 'object', 'external', 'containerResource'].flatMap((type) =>
  ['averageValue', 'value'].map((field) => ({ at: ['spec', 'metrics', '*', type, 'target', field] })),
);
const FIELDS: Record<string, readonly { at: readonly string[]; resource?: string }[]> = {
  HorizontalPodAutoscaler: METRIC_TARGETS,
};

/** The quantities of an object, in the order of the tables. */
export const quantityPlaces = remember((object: KubeObject): readonly QuantityPlace[] => {
  const places: QuantityPlace[] = [];
  const map = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [name, quantity] of Object.entries(value))
      places.push({ path: [...path, name], value: quantity, resource: baseName(name) });
  };
  const base = templatePath(object.kind);
  const spec = podTemplateOf(object)?.spec;
  if (base && spec) {
    const at = [...base, 'spec'];
    for (const steps of POD_MAPS) eachAt(spec, steps, at, map);
    for (const { at: steps, ...rest } of POD_FIELDS)
      eachAt(spec, steps, at, (value, path) => places.push({ path, value, ...rest }));
  }
  if (!isBuiltinGroup(groupOf(object.apiVersion))) return places;
  for (const steps of own(MAPS, object.kind)) eachAt(object, steps, [], map);
  for (const { at: steps, ...rest } of own(FIELDS, object.kind))
    eachAt(object, steps, [], (value, path) => places.push({ path, value, ...rest }));
  return places;
});

const own = <T>(table: Record<string, readonly T[]>, kind: string): readonly T[] =>
  (Object.hasOwn(table, kind) && table[kind]) || [];

/** `requests.memory` and `limits.memory` of a quota count memory; `class.storageclass.storage.k8s.io/requests.storage` storage. */
const baseName = (name: string): string =>
  !name.includes('.') ? name : (/(?:^|\/|\.)(?:requests|limits)\.(.+)$/.exec(name)?.[1] ?? name);
