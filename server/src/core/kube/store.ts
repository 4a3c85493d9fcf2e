/** Objects with their indexes: the only thing rules and failure modes look through. */
import type { Manifest, SourceFile } from '../yaml/document.ts';
import { isClusterScoped, type KubeObject } from './object.ts';
import { type Places, placesOf } from './places.ts';
import { groupOf, type ObjectRef, refKey } from './ref.ts';
import { type LabelSelector, type Labels, matchesLabels, matchesSelector } from './selector.ts';
import type { PodTemplateSpec, Service } from './types.ts';
import { podTemplateOf } from './workload.ts';

/** Where a manifest stands. */
export interface Origin {
  file: SourceFile;
  manifest: Manifest;
  /** Offset of the manifest's document in the file. */
  start: number;
}

/** An object in the store. `origin` is there when it comes from text whose positions are known. */
export interface Resource<T extends KubeObject = KubeObject> {
  ref: ObjectRef;
  object: T;
  origin?: Origin;
}

/** Something that makes pods: a workload, or a pod itself. */
export interface Workload extends Resource {
  template: PodTemplateSpec;
}

export const DEFAULT_NAMESPACE = 'default';

export function refOf(object: KubeObject, defaultNamespace = DEFAULT_NAMESPACE): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  const name = metadata.name ?? metadata.generateName ?? '';
  if (isClusterScoped(kind)) return { apiVersion, kind, name };
  return { apiVersion, kind, namespace: metadata.namespace || defaultNamespace, name };
}

/**
 * Lookups cost O(1), selector matches O(pods with the rarest label); adding and removing a file
 * costs what the file holds. A store is filled file by file (`setFile`) or at once (`add`).
 */
export class Store {
  readonly #byKey = new Map<string, Resource[]>();
  /** Made when they are asked for: few identities are. */
  readonly #places = new Map<string, Places>();
  readonly #byKind = new Map<string, Set<Resource>>();
  /** Kind and namespace. */
  readonly #byPlace = new Map<string, Set<Resource>>();
  /** Kind, namespace and name, whatever the group. */
  readonly #byName = new Map<string, Resource[]>();
  readonly #byFile = new Map<string, Resource[]>();
  /** namespace → `key=value` → workloads whose pods carry that label. */
  readonly #byLabel = new Map<string, Map<string, Set<Workload>>>();
  /** namespace → `key=value`, the first of a Service's selector → Services. */
  readonly #bySelector = new Map<string, Map<string, Set<Resource<Service>>>>();
  readonly #workloads = new Map<string, Set<Workload>>();
  readonly #workloadOf = new Map<Resource, Workload>();

  /** All objects of a kind, in a namespace when one is named. `group` tells kinds of one name apart. */
  list<T extends KubeObject>(kind: string, namespace?: string, group?: string): Resource<T>[] {
    const found: Resource<T>[] = [];
    const all =
      namespace === undefined ? this.#byKind.get(kind) : this.#byPlace.get(placeKey(kind, namespace));
    for (const resource of all ?? []) {
      if (group !== undefined && groupOf(resource.ref.apiVersion) !== group) continue;
      found.push(resource as Resource<T>);
    }
    return found;
  }

  has(kind: string, namespace?: string): boolean {
    const all =
      namespace === undefined ? this.#byKind.get(kind) : this.#byPlace.get(placeKey(kind, namespace));
    return (all?.size ?? 0) > 0;
  }

  /** The object of that identity; of several declarations the first. */
  get<T extends KubeObject>(ref: ObjectRef): Resource<T> | undefined {
    return this.#byKey.get(refKey(ref))?.[0] as Resource<T> | undefined;
  }

  /** Every declaration of that identity. */
  all(ref: ObjectRef): readonly Resource[] {
    return this.#byKey.get(refKey(ref)) ?? [];
  }

  /** Where that identity is declared. */
  places(ref: ObjectRef): Places {
    const key = refKey(ref);
    const known = this.#places.get(key);
    if (known) return known;
    const places = placesOf(this.#byKey.get(key) ?? []);
    this.#places.set(key, places);
    return places;
  }

  /** `find('ConfigMap', 'shop', 'settings')`, whatever the group. */
  find<T extends KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Resource<T> | undefined {
    return this.#byName.get(nameKey({ kind, namespace, name }))?.[0] as Resource<T> | undefined;
  }

  /** Kinds present. */
  kinds(): string[] {
    return [...this.#byKind.keys()];
  }

  resources(): Resource[] {
    return [...this.#byKind.values()].flatMap((set) => [...set]);
  }

  inFile(file: string): readonly Resource[] {
    return this.#byFile.get(file) ?? [];
  }

  /** Workloads of a namespace (of all, when none is named), controlled pods and ReplicaSets included. */
  workloads(namespace?: string): Workload[] {
    if (namespace !== undefined) return [...(this.#workloads.get(namespace) ?? [])];
    return [...this.#workloads.values()].flatMap((set) => [...set]);
  }

  /** Workloads of a namespace whose pods carry all these labels. An empty selector selects none. */
  workloadsWithLabels(namespace: string, selector: Labels): Workload[] {
    let rarest: Set<Workload> | undefined;
    for (const key in selector) {
      const set = this.#byLabel.get(namespace)?.get(`${key}=${selector[key]}`);
      if (!set) return [];
      if (!rarest || set.size < rarest.size) rarest = set;
    }
    return [...(rarest ?? [])].filter(({ template }) => matchesLabels(selector, template.metadata?.labels));
  }

  /** Workloads of a namespace whose pods a full selector matches; `{}` matches all of them. */
  workloadsMatching(namespace: string, selector: LabelSelector | undefined): Workload[] {
    if (!selector) return [];
    if (Object.keys(selector.matchLabels ?? {}).length === 0)
      return this.workloads(namespace).filter(({ template }) =>
        matchesSelector(selector, template.metadata?.labels),
      );
    return this.workloadsWithLabels(namespace, selector.matchLabels ?? {}).filter(({ template }) =>
      matchesSelector(selector, template.metadata?.labels),
    );
  }

  /** Services of a namespace that select pods with these labels. */
  servicesSelecting(namespace: string, labels: Labels | undefined): Resource<Service>[] {
    const selectors = this.#bySelector.get(namespace);
    if (!selectors || !labels) return [];
    return Object.entries(labels).flatMap(([key, value]) =>
      [...(selectors.get(`${key}=${value}`) ?? [])].filter(({ object }) =>
        matchesLabels(object.spec?.selector ?? {}, labels),
      ),
    );
  }

  add(resource: Resource): void {
    const key = refKey(resource.ref);
    this.#places.delete(key);
    append(this.#byKey, key, resource);
    append(this.#byName, nameKey(resource.ref), resource);
    const { kind, namespace: place } = resource.ref;
    into(this.#byKind, kind).add(resource);
    into(this.#byPlace, placeKey(kind, place)).add(resource);
    const first = firstSelected(resource);
    if (first) into(within(this.#bySelector, namespaceOf(resource)), first).add(resource);
    const template = podTemplateOf(resource.object);
    if (!template) return;
    const workload: Workload = { ...resource, template };
    const namespace = namespaceOf(resource);
    this.#workloadOf.set(resource, workload);
    into(this.#workloads, namespace).add(workload);
    const labels = within(this.#byLabel, namespace);
    for (const label of labelsOf(workload)) into(labels, label).add(workload);
  }

  /** Replaces what a file declares. An empty list forgets the file. */
  setFile(file: string, resources: Resource[]): void {
    const before = this.#byFile.get(file);
    if (before) this.#remove(new Set(before));
    if (resources.length > 0) this.#byFile.set(file, resources);
    else this.#byFile.delete(file);
    for (const resource of resources) this.add(resource);
  }

  #remove(gone: ReadonlySet<Resource>): void {
    // Once for each identity: a file may declare one thousands of times.
    for (const key of new Set([...gone].map(({ ref }) => refKey(ref)))) {
      this.#places.delete(key);
      without(this.#byKey, key, gone);
    }
    for (const key of new Set([...gone].map(({ ref }) => nameKey(ref)))) without(this.#byName, key, gone);
    for (const resource of gone) this.#unlist(resource);
  }

  #unlist(resource: Resource): void {
    const { kind, namespace: place } = resource.ref;
    this.#byKind.get(kind)?.delete(resource);
    this.#byPlace.get(placeKey(kind, place))?.delete(resource);
    const first = firstSelected(resource);
    if (first) this.#bySelector.get(namespaceOf(resource))?.get(first)?.delete(resource);
    const workload = this.#workloadOf.get(resource);
    if (!workload) return;
    const namespace = namespaceOf(resource);
    this.#workloadOf.delete(resource);
    this.#workloads.get(namespace)?.delete(workload);
    for (const label of labelsOf(workload)) this.#byLabel.get(namespace)?.get(label)?.delete(workload);
  }
}

const namespaceOf = ({ ref }: Resource): string => ref.namespace ?? DEFAULT_NAMESPACE;

/** The first label that a Service selects by, as `key=value`. */
function firstSelected(resource: Resource): string | undefined {
  const { kind, apiVersion } = resource.ref;
  if (kind !== 'Service' || groupOf(apiVersion) !== '') return undefined;
  const { selector } = (resource.object as Service).spec ?? {};
  for (const key in selector) return `${key}=${selector[key]}`;
  return undefined;
}

const placeKey = (kind: string, namespace: string | undefined): string => `${kind}\n${namespace ?? ''}`;

const nameKey = ({
  kind,
  namespace,
  name,
}: {
  kind: string;
  namespace?: string | undefined;
  name: string;
}): string => `${kind}\n${namespace ?? ''}\n${name}`;

const labelsOf = ({ template }: Workload): string[] =>
  Object.entries(template.metadata?.labels ?? {}).map(([key, value]) => `${key}=${value}`);

function within<K, V>(maps: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const map = maps.get(key) ?? new Map<K, V>();
  maps.set(key, map);
  return map;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

function without<K, V>(map: Map<K, V[]>, key: K, gone: ReadonlySet<V>): void {
  const rest = (map.get(key) ?? []).filter((value) => !gone.has(value));
  if (rest.length > 0) map.set(key, rest);
  else map.delete(key);
}

function into<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  const set = map.get(key) ?? new Set<V>();
  map.set(key, set);
  return set;
}

/**
 * The resources a file declares, with their origins. Those of a document that is being typed and cannot be read
 * are there as they were last, without origin: nothing is said about them, and nobody misses them.
 */
export function resourcesOf(file: SourceFile): Resource[] {
  const resources: Resource[] = [];
  for (const { start, document } of file.documents) {
    for (const manifest of document.manifests) {
      const { object } = manifest;
      resources.push({ ref: refOf(object), object, origin: { file, manifest, start } });
    }
    for (const { object } of document.remembered ?? []) resources.push({ ref: refOf(object), object });
  }
  return resources;
}
