/** Observed objects with the indexes that scenes are built from. Made once for a snapshot, then shared by its diagnoses. */
import { isClusterScoped, type KubeObject, type OwnerReference } from '../kube/object.ts';
import { type Resource, refOf, Store } from '../kube/store.ts';
import type { Event, Pod } from '../kube/types.ts';
import { involved, newestFirst } from './eventFacts.ts';
import type { Observed } from './observed.ts';

export interface ObservedIndex {
  observed: Observed;
  store: Store;
  /** The cluster's clock, in milliseconds. */
  now: number;
  /** The object of a kind by name; `namespace` is ignored for cluster-scoped kinds. */
  find<T extends KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Resource<T> | undefined;
  childrenOf(resource: Resource): readonly Resource[];
  ownersOf(resource: Resource): Resource[];
  podsOnNode(node: string): readonly Resource<Pod>[];
  eventsOf(resource: Resource): Event[];
  logOf(namespace: string, pod: string, container: string, previous: boolean): string | undefined;
}

const nameKey = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}|${namespace ?? ''}|${name}`;

/** Costs O(objects). A `now` that is no time counts as the newest moment any object tells. */
export function indexObserved(observed: Observed): ObservedIndex {
  const store = new Store();
  const byName = new Map<string, Resource>();
  const byUid = new Map<string, Resource>();
  const children = new Map<string, Resource[]>();
  const podsByNode = new Map<string, Resource<Pod>[]>();
  const events = new Map<string, Event[]>();
  const sorted = new Set<string>();

  for (const object of observed.objects) {
    if (!object.metadata) continue;
    if (object.kind === 'Event') {
      const target = involved(object as Event);
      if (!target?.kind || !target.name) continue;
      const namespace = isClusterScoped(target.kind)
        ? undefined
        : target.namespace || object.metadata.namespace;
      push(events, nameKey(target.kind, namespace, target.name), object as Event);
      continue;
    }
    const resource: Resource = { ref: refOf(object), object };
    const { kind, namespace, name } = resource.ref;
    const key = nameKey(kind, namespace, name);
    // Two collections may hold one object (a dump and a list): the first counts.
    if (byName.get(key)?.ref.apiVersion === resource.ref.apiVersion) continue;
    store.add(resource);
    if (!byName.has(key)) byName.set(key, resource);
    if (object.metadata.uid) byUid.set(object.metadata.uid, resource);
    for (const owner of object.metadata.ownerReferences ?? [])
      push(children, ownerKey(owner, namespace), resource);
    const node = kind === 'Pod' ? (object as Pod).spec?.nodeName : undefined;
    if (node) push(podsByNode, node, resource as Resource<Pod>);
  }

  const logs = new Map(
    observed.logs.map((log) => [logKey(log.namespace, log.pod, log.container, log.previous), log.text]),
  );

  const find = <T extends KubeObject>(kind: string, namespace: string | undefined, name: string) =>
    (byName.get(nameKey(kind, namespace, name)) ?? byName.get(nameKey(kind, undefined, name))) as
      | Resource<T>
      | undefined;

  return {
    observed,
    store,
    now: clockOf(observed),
    find,
    childrenOf: ({ ref, object }) => [
      ...(object.metadata.uid ? (children.get(object.metadata.uid) ?? []) : []),
      ...(children.get(nameKey(ref.kind, ref.namespace, ref.name)) ?? []),
    ],
    ownersOf: ({ ref, object }) =>
      (object.metadata.ownerReferences ?? []).flatMap((owner) => {
        const found = (owner.uid && byUid.get(owner.uid)) || find(owner.kind, ref.namespace, owner.name);
        return found ? [found] : [];
      }),
    podsOnNode: (node) => podsByNode.get(node) ?? [],
    eventsOf: (resource) => {
      const { kind, namespace, name } = resource.ref;
      const key = nameKey(kind, namespace, name);
      const list = events.get(key);
      if (!list) return [];
      if (!sorted.has(key)) {
        list.sort(newestFirst);
        sorted.add(key);
      }
      return list.filter((event) => isAbout(event, resource));
    },
    logOf: (namespace, pod, container, previous) => logs.get(logKey(namespace, pod, container, previous)),
  };
}

/** Owners without a uid happen in hand-made snapshots; they are found by name. */
const ownerKey = (owner: OwnerReference, namespace: string | undefined): string =>
  owner.uid ?? nameKey(owner.kind, namespace, owner.name);

const logKey = (namespace: string, pod: string, container: string, previous: boolean): string =>
  `${namespace}|${pod}|${container}|${previous}`;

/**
 * Same-named objects that came and went share their events' name: the uid tells them apart. Events of nodes carry the
 * node's name or nothing as uid, events of a static pod the uid of its file.
 */
function isAbout(event: Event, { ref, object }: Resource): boolean {
  const uid = involved(event)?.uid;
  if (!uid || !object.metadata.uid || ref.kind === 'Node') return true;
  return uid === object.metadata.uid || uid === object.metadata.annotations?.['kubernetes.io/config.mirror'];
}

function clockOf(observed: Observed): number {
  const now = Date.parse(observed.now);
  if (!Number.isNaN(now)) return now;
  let newest = 0;
  for (const { metadata } of observed.objects)
    newest = Math.max(newest, Date.parse(metadata?.creationTimestamp ?? '') || 0);
  return newest;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
