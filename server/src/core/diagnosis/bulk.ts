/** The parts of objects that outweigh the others and tell a diagnosis nothing. */
import type { KubeObject } from '../kube/object.ts';

type Fields = Record<string, unknown>;

/** The object without them. Changes nothing that it is given. */
export function withoutBulk(object: KubeObject): KubeObject {
  const trim = TRIMS[object.kind];
  return trim ? (trim(object as KubeObject & Fields) as unknown as KubeObject) : object;
}

const TRIMS: Record<string, (object: KubeObject & Fields) => Fields> = {
  // The names of a node's images are most of it.
  Node: (node) => ({
    ...node,
    status: omit(fieldsOf(node.status), [
      'images',
      'daemonEndpoints',
      'declaredFeatures',
      'features',
      'runtimeHandlers',
    ]),
  }),
  // What the kubelet repeats of the spec.
  Pod: (pod) => ({
    ...pod,
    status: Object.fromEntries(
      Object.entries(omit(fieldsOf(pod.status), ['allocatedResources', 'resources', 'hostIPs'])).map(
        ([name, value]) => [name, Array.isArray(value) ? value.map(trimEntry) : value],
      ),
    ),
  }),
  // What repeats the reporter and the times, and the fields of the newer API, empty in events of the older one.
  Event: (event) => {
    const isOld = Boolean(event.firstTimestamp);
    const kept = Object.entries(omit(event, isOld ? ['reportingComponent', 'reportingInstance'] : []));
    return {
      ...Object.fromEntries(kept.filter(([, value]) => !isEmpty(value))),
      metadata: omit(event.metadata, [
        'annotations',
        'labels',
        'uid',
        ...(isOld ? ['creationTimestamp'] : []),
      ]),
    };
  },
};

/** An entry of a pod's conditions or of its containers' statuses. */
const trimEntry = (entry: unknown): unknown =>
  typeof entry === 'object' && entry !== null
    ? omit(entry, [
        'allocatedResources',
        'lastProbeTime',
        'observedGeneration',
        'resources',
        'user',
        'volumeMounts',
      ])
    : entry;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

export const omit = <T extends object>(from: T, names: readonly string[]): Partial<T> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name))) as Partial<T>;

export const pick = <T extends object>(from: T, names: readonly string[]): Partial<T> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name))) as Partial<T>;
