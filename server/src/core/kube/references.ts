/** Every place where an object names another one: one reader for rules, links, rename and the graph. */
import { eachAt, mayLead, type Path } from '../path.ts';
import type { KubeObject } from './object.ts';
import { groupOf } from './ref.ts';
import type { Resource } from './store.ts';
import { podTemplateOf, templatePath } from './workload.ts';

export type Usage =
  | 'env'
  | 'envFrom'
  | 'volume'
  | 'claim'
  | 'imagePullSecret'
  | 'account'
  | 'class'
  | 'service'
  | 'backend'
  | 'tls'
  | 'scaleTarget'
  | 'role'
  | 'subject'
  | 'parent';

export interface Reference {
  usage: Usage;
  kind: string;
  group: string;
  /** Absent for cluster-scoped kinds. */
  namespace?: string;
  name: string;
  /** Where the name stands. */
  path: Path;
  /** Keys of the object that are used, with the places that name them. */
  keys: { key: string; path: Path }[];
  /** The reference may dangle: `optional: true`. */
  optional: boolean;
}

/** A kind of place: the map that holds the reference, and what its fields mean. `*` stands for every item of a list. */
interface Place {
  at: readonly string[];
  usage: Usage;
  kind: string;
  group?: string;
  clusterScoped?: boolean;
  /** Field with the name; default `name`. */
  name?: string;
  /** Field with one key, or list of maps whose `key` field is one. */
  key?: string;
  items?: string;
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

const POD_PLACES: readonly Place[] = [
  ...CONTAINERS.flatMap((list): Place[] => [
    {
      at: [list, '*', 'env', '*', 'valueFrom', 'configMapKeyRef'],
      usage: 'env',
      kind: 'ConfigMap',
      key: 'key',
    },
    { at: [list, '*', 'env', '*', 'valueFrom', 'secretKeyRef'], usage: 'env', kind: 'Secret', key: 'key' },
    { at: [list, '*', 'envFrom', '*', 'configMapRef'], usage: 'envFrom', kind: 'ConfigMap' },
    { at: [list, '*', 'envFrom', '*', 'secretRef'], usage: 'envFrom', kind: 'Secret' },
  ]),
  { at: ['volumes', '*', 'configMap'], usage: 'volume', kind: 'ConfigMap', items: 'items' },
  { at: ['volumes', '*', 'secret'], usage: 'volume', kind: 'Secret', name: 'secretName', items: 'items' },
  {
    at: ['volumes', '*', 'projected', 'sources', '*', 'configMap'],
    usage: 'volume',
    kind: 'ConfigMap',
    items: 'items',
  },
  {
    at: ['volumes', '*', 'projected', 'sources', '*', 'secret'],
    usage: 'volume',
    kind: 'Secret',
    items: 'items',
  },
  { at: ['volumes', '*', 'csi', 'nodePublishSecretRef'], usage: 'volume', kind: 'Secret' },
  {
    at: ['volumes', '*', 'persistentVolumeClaim'],
    usage: 'claim',
    kind: 'PersistentVolumeClaim',
    name: 'claimName',
  },
  { at: ['imagePullSecrets', '*'], usage: 'imagePullSecret', kind: 'Secret' },
  { at: [], usage: 'account', kind: 'ServiceAccount', name: 'serviceAccountName' },
  {
    at: [],
    usage: 'class',
    kind: 'PriorityClass',
    group: 'scheduling.k8s.io',
    clusterScoped: true,
    name: 'priorityClassName',
  },
  {
    at: [],
    usage: 'class',
    kind: 'RuntimeClass',
    group: 'node.k8s.io',
    clusterScoped: true,
    name: 'runtimeClassName',
  },
];

const STORAGE_CLASS = {
  usage: 'class',
  kind: 'StorageClass',
  group: 'storage.k8s.io',
  clusterScoped: true,
} as const;
const INGRESS_BACKENDS: readonly (readonly string[])[] = [
  ['spec', 'defaultBackend'],
  ['spec', 'backend'],
  ['spec', 'rules', '*', 'http', 'paths', '*', 'backend'],
];

/** Places of kinds other than those that make pods, by kind. */
const PLACES: Record<string, readonly Place[]> = {
  StatefulSet: [
    { at: ['spec'], usage: 'service', kind: 'Service', name: 'serviceName' },
    { at: ['spec', 'volumeClaimTemplates', '*', 'spec'], ...STORAGE_CLASS, name: 'storageClassName' },
  ],
  PersistentVolumeClaim: [{ at: ['spec'], ...STORAGE_CLASS, name: 'storageClassName' }],
  PersistentVolume: [{ at: ['spec'], ...STORAGE_CLASS, name: 'storageClassName' }],
  ServiceAccount: [
    { at: ['secrets', '*'], usage: 'account', kind: 'Secret' },
    { at: ['imagePullSecrets', '*'], usage: 'imagePullSecret', kind: 'Secret' },
  ],
  Ingress: [
    { at: ['spec', 'tls', '*'], usage: 'tls', kind: 'Secret', name: 'secretName' },
    {
      at: ['spec'],
      usage: 'class',
      kind: 'IngressClass',
      group: 'networking.k8s.io',
      clusterScoped: true,
      name: 'ingressClassName',
    },
    ...INGRESS_BACKENDS.flatMap((at): Place[] => [
      { at: [...at, 'service'], usage: 'backend', kind: 'Service' },
      { at, usage: 'backend', kind: 'Service', name: 'serviceName' },
    ]),
  ],
  Gateway: [
    {
      at: ['spec'],
      usage: 'class',
      kind: 'GatewayClass',
      group: 'gateway.networking.k8s.io',
      clusterScoped: true,
      name: 'gatewayClassName',
    },
  ],
};

/** A place whose map names the kind itself; `kind` and `group` stand in where it does not. */
interface TypedPlace {
  at: readonly string[];
  usage: Usage;
  kind: string;
  group: string;
  /** Field with the target's group (`apiVersion` has a version behind it). */
  groupField: 'apiVersion' | 'apiGroup' | 'group';
  /** The map may name a namespace. */
  namespaced?: boolean;
}

const ROUTE: readonly TypedPlace[] = [
  {
    at: ['spec', 'rules', '*', 'backendRefs', '*'],
    usage: 'backend',
    kind: 'Service',
    group: '',
    groupField: 'group',
    namespaced: true,
  },
  {
    at: ['spec', 'parentRefs', '*'],
    usage: 'parent',
    kind: 'Gateway',
    group: 'gateway.networking.k8s.io',
    groupField: 'group',
    namespaced: true,
  },
];
const SCALE = { usage: 'scaleTarget', kind: 'Deployment', group: 'apps', groupField: 'apiVersion' } as const;
const BINDING: readonly TypedPlace[] = [
  {
    at: ['roleRef'],
    usage: 'role',
    kind: 'Role',
    group: 'rbac.authorization.k8s.io',
    groupField: 'apiGroup',
  },
  {
    at: ['subjects', '*'],
    usage: 'subject',
    kind: 'ServiceAccount',
    group: '',
    groupField: 'apiGroup',
    namespaced: true,
  },
];

const TYPED_PLACES: Record<string, readonly TypedPlace[]> = {
  HorizontalPodAutoscaler: [{ at: ['spec', 'scaleTargetRef'], ...SCALE }],
  ScaledObject: [{ at: ['spec', 'scaleTargetRef'], ...SCALE }],
  VerticalPodAutoscaler: [{ at: ['spec', 'targetRef'], ...SCALE }],
  RoleBinding: BINDING,
  ClusterRoleBinding: BINDING,
  HTTPRoute: ROUTE,
  GRPCRoute: ROUTE,
  TCPRoute: ROUTE,
  TLSRoute: ROUTE,
  UDPRoute: ROUTE,
};

const CLUSTER_SCOPED_TARGETS = new Set(['ClusterRole', 'User', 'Group']);

const cache = new WeakMap<KubeObject, readonly Reference[]>();

/** The references of an object in the order of their tables. Wrongly typed parts name nothing. */
export function referencesOf({ object, ref }: Resource): readonly Reference[] {
  const known = cache.get(object);
  if (known) return known;
  const references: Reference[] = [];
  const namespace = ref.namespace;
  const base = templatePath(ref.kind);
  const spec = podTemplateOf(object)?.spec;
  if (base && spec) {
    const at = [...base, 'spec'];
    for (const place of POD_PLACES) read(spec, place, at, namespace, references);
  }
  for (const place of own(PLACES, ref.kind)) read(object, place, [], namespace, references);
  for (const place of own(TYPED_PLACES, ref.kind)) readTyped(object, place, namespace, references);
  cache.set(object, references);
  return references;
}

const own = <T>(table: Record<string, readonly T[]>, kind: string): readonly T[] =>
  Object.hasOwn(table, kind) ? (table[kind] ?? []) : [];

/** `root` is what the places of a table start from, `base` its path in the object. */
function read(
  root: object,
  place: Place,
  base: Path,
  namespace: string | undefined,
  into: Reference[],
): void {
  const { usage, kind, group = '', name: nameField = 'name' } = place;
  if (!mayLead(root, place.at[0] ?? nameField)) return;
  eachMap(root, place.at, base, (map, path) => {
    const name = map[nameField];
    if (typeof name !== 'string' || name === '') return;
    const keys: Reference['keys'] = [];
    const key = place.key === undefined ? undefined : map[place.key];
    if (place.key !== undefined && typeof key === 'string') keys.push({ key, path: [...path, place.key] });
    if (place.items !== undefined)
      eachMap(map, [place.items, '*'], path, (item, itemPath) => {
        if (typeof item.key === 'string') keys.push({ key: item.key, path: [...itemPath, 'key'] });
      });
    into.push({
      usage,
      kind,
      group,
      ...(namespace !== undefined && !place.clusterScoped ? { namespace } : {}),
      name,
      path: [...path, nameField],
      keys,
      optional: map.optional === true,
    });
  });
}

function readTyped(
  object: KubeObject,
  place: TypedPlace,
  ownNamespace: string | undefined,
  into: Reference[],
): void {
  eachMap(object, place.at, [], (map, path) => {
    const { name } = map;
    if (typeof name !== 'string' || name === '') return;
    const kind = typeof map.kind === 'string' ? map.kind : place.kind;
    const written = map[place.groupField];
    const group =
      typeof written !== 'string'
        ? kind === place.kind
          ? place.group
          : ''
        : place.groupField === 'apiVersion'
          ? groupOf(written)
          : written;
    const namespace = place.namespaced && typeof map.namespace === 'string' ? map.namespace : ownNamespace;
    into.push({
      usage: place.usage,
      kind,
      group,
      ...(namespace !== undefined && !CLUSTER_SCOPED_TARGETS.has(kind) ? { namespace } : {}),
      name,
      path: [...path, 'name'],
      keys: [],
      optional: false,
    });
  });
}

/** Calls back for every map that `steps` lead to. */
function eachMap(
  root: unknown,
  steps: readonly string[],
  base: Path,
  found: (map: Record<string, unknown>, path: Path) => void,
): void {
  eachAt(root, steps, base, (value, path) => {
    if (typeof value === 'object' && !Array.isArray(value)) found(value as Record<string, unknown>, path);
  });
}
