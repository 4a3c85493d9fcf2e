/** Services that pods speak to: named in their environment and arguments, or in the errors of their logs. */
import type { KubeObject } from '../kube/object.ts';
import { matchesLabels } from '../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import type { Pod, Service, ServicePort } from '../kube/types.ts';
import type { Path } from '../path.ts';
import { activeContainers, type ContainerFact, isStruggling } from './containers.ts';
import { targetPortOf } from './endpoints.ts';
import { type ConnectionError, connectionErrors } from './logText.ts';
import type { ObservedIndex } from './observedIndex.ts';

/** What is needed to look names and addresses up: the index of a snapshot, or a scene. */
export interface Directory {
  now: number;
  store: Store;
  find<T extends KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Resource<T> | undefined;
}

/** Something in a pod's spec that names a host. */
export interface HostReference {
  host: string;
  port?: number;
  /** Path in the pod. */
  path: Path;
  text: string;
}

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@"']*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{1,5}))?/gi;
const HOST_PORT = /^([a-z][a-z0-9.-]*):(\d{1,5})$/i;
const BARE_HOST = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*$/i;
const HOST_VARIABLE =
  /(?:^|_)(HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|SERVICE|UPSTREAM|BACKEND|URL|URI)S?$/i;

/** Host names in a container's environment, command and arguments. */
export function hostReferences({ spec, path }: Pick<ContainerFact, 'spec' | 'path'>): HostReference[] {
  const found: HostReference[] = [];
  const add = (host: string, port: string | undefined, at: Path, text: string): void => {
    found.push({ host: host.toLowerCase(), ...(port ? { port: Number(port) } : {}), path: at, text });
  };
  spec.env?.forEach(({ name = '', value = '' }, at) => {
    const place: Path = [...path, 'env', at, 'value'];
    for (const [, host = '', port] of value.matchAll(URL_IN_TEXT)) add(host, port, place, value);
    const pair = HOST_PORT.exec(value);
    if (pair) add(pair[1] ?? '', pair[2], place, value);
    else if (HOST_VARIABLE.test(name) && BARE_HOST.test(value)) add(value, undefined, place, value);
  });
  for (const list of ['command', 'args'] as const)
    spec[list]?.forEach((text, at) => {
      if (typeof text !== 'string') return;
      for (const [, host = '', port] of text.slice(0, 4000).matchAll(URL_IN_TEXT))
        add(host, port, [...path, list, at], text);
    });
  return found;
}

export type Resolution =
  | { kind: 'service'; service: Resource<Service> }
  /** A name of the cluster's domain that stands for no Service. */
  | { kind: 'missing'; name: string; namespace: string }
  | { kind: 'external' };

/** What a host name means to a pod of `namespace`, by the search list of ClusterFirst. */
export function resolveHost(directory: Directory, namespace: string, host: string): Resolution {
  const parts = host.replace(/\.$/, '').split('.');
  const [first = '', second, third] = parts;
  const service = (name: string, where: string): Resource<Service> | undefined =>
    directory.find<Service>('Service', where, name);
  if (parts.length === 1) {
    const found = service(first, namespace);
    return found ? { kind: 'service', service: found } : { kind: 'missing', name: first, namespace };
  }
  if (third === 'svc' || parts.length === 2) {
    const found = second ? service(first, second) : undefined;
    if (found) return { kind: 'service', service: found };
    const isCluster =
      third === 'svc' || (second !== undefined && directory.find('Namespace', undefined, second));
    return isCluster && second ? { kind: 'missing', name: first, namespace: second } : { kind: 'external' };
  }
  // pod-0.web.shop.svc…: a pod's name below its headless Service.
  if (parts[3] === 'svc' || parts.length === 3) {
    const found = second && third ? service(second, third) : undefined;
    if (found) return { kind: 'service', service: found };
  }
  return { kind: 'external' };
}

/** The Service that owns a cluster address. */
export const serviceByAddress = (store: Store, ip: string): Resource<Service> | undefined =>
  store
    .list<Service>('Service')
    .find(({ object: { spec } }) => spec?.clusterIP === ip || spec?.clusterIPs?.includes(ip));

/** A failed connection from a pod's log, with the Service it was meant for. */
export interface FailedCall {
  fact: ContainerFact;
  error: ConnectionError;
  /** The previous log is the one that counts while the container waits for its restart. */
  previous: boolean;
  resolution: Resolution;
  /** The Service's port that was dialled; undefined when it has no such port, or the log names none. */
  port?: ServicePort;
  /** The pod's own address was dialled, as clients of a headless Service do: its port is the pod's. */
  direct: boolean;
}

type ReadLog = (pod: Resource<Pod>, container: string, previous: boolean) => string | undefined;

/** The failed connections that a container's log ends with. */
export function failedCalls(directory: Directory, fact: ContainerFact, logOf: ReadLog): FailedCall[] {
  const namespace = fact.pod.ref.namespace ?? DEFAULT_NAMESPACE;
  const previous = fact.status?.state?.running === undefined && (fact.status?.restartCount ?? 0) > 0;
  const text =
    logOf(fact.pod, fact.name, previous) ?? (previous ? logOf(fact.pod, fact.name, false) : undefined);
  if (!text) return [];
  return connectionErrors(text).map((error) => {
    const behind = error.ip ? serviceBehind(directory.store, error.ip) : undefined;
    const resolution: Resolution = behind
      ? { kind: 'service', service: behind.service }
      : error.host
        ? resolveHost(directory, namespace, error.host)
        : { kind: 'external' };
    const service = resolution.kind === 'service' ? resolution.service : undefined;
    const pod =
      behind?.pod ?? (service && isHeadless(service) ? selectedBy(directory.store, service)[0] : undefined);
    const port = service?.object.spec?.ports?.find((entry) =>
      pod ? targetPortOf(pod, entry) === error.port : entry.port === error.port,
    );
    return { fact, error, previous, resolution, ...(port ? { port } : {}), direct: pod !== undefined };
  });
}

const isHeadless = ({ object: { spec } }: Resource<Service>): boolean => spec?.clusterIP === 'None';

const selectedBy = (store: Store, { ref, object }: Resource<Service>): Resource<Pod>[] =>
  store
    .workloadsWithLabels(ref.namespace ?? DEFAULT_NAMESPACE, object.spec?.selector ?? {})
    .flatMap((found) => (found.ref.kind === 'Pod' ? (store.get<Pod>(found.ref) ?? []) : []));

/** The Service that owns an address, or that selects the pod which has it. */
function serviceBehind(
  store: Store,
  ip: string,
): { service: Resource<Service>; pod?: Resource<Pod> } | undefined {
  const owner = serviceByAddress(store, ip);
  if (owner) return { service: owner };
  const pod = store
    .list<Pod>('Pod')
    .find(
      ({ object: { spec, status } }) =>
        status?.podIP === ip && !spec?.hostNetwork && status.phase === 'Running',
    );
  const service =
    pod && store.list<Service>('Service', pod.ref.namespace).find((entry) => selects(entry, pod));
  return service && { service, pod };
}

const selects = ({ object: { spec } }: Resource<Service>, { object }: Resource<Pod>): boolean =>
  Object.keys(spec?.selector ?? {}).length > 0 && matchesLabels(spec?.selector ?? {}, object.metadata.labels);

/** Services that struggling pods name, and those that any pod's log complains about. */
export function dependenciesOf(index: ObservedIndex, pods: Iterable<Resource<Pod>>): Resource<Service>[] {
  const found = new Set<Resource<Service>>();
  const logOf: ReadLog = ({ ref }, container, previous) =>
    index.logOf(ref.namespace ?? DEFAULT_NAMESPACE, ref.name, container, previous);
  for (const pod of pods) {
    const struggling = isStruggling(pod, index.now);
    const namespace = pod.ref.namespace ?? DEFAULT_NAMESPACE;
    for (const fact of activeContainers(pod)) {
      for (const { resolution, error } of failedCalls(index, fact, logOf)) {
        if (resolution.kind === 'service') found.add(resolution.service);
        const dns =
          /^(?:unresolved|lookup-)/.test(error.symptom) &&
          index.find<Service>('Service', 'kube-system', 'kube-dns');
        if (dns) found.add(dns);
      }
      if (!struggling) continue;
      for (const { host } of hostReferences(fact)) {
        const resolution = resolveHost(index, namespace, host);
        if (resolution.kind === 'service') found.add(resolution.service);
      }
    }
  }
  return [...found];
}

/** How much of a log's end is searched for a name. */
const TAIL = 4000;

/** Running pods whose log ends with a failed connection to one of these Services. */
export function clientsOf(index: ObservedIndex, services: readonly Resource<Service>[]): Resource<Pod>[] {
  const words = services.flatMap(({ ref, object: { spec } }) => [
    ref.name,
    ...(spec?.clusterIP && spec.clusterIP !== 'None' ? [spec.clusterIP] : []),
  ]);
  const logOf: ReadLog = ({ ref }, container, previous) =>
    index.logOf(ref.namespace ?? DEFAULT_NAMESPACE, ref.name, container, previous);
  const found = new Set<Resource<Pod>>();
  for (const log of index.observed.logs) {
    const tail = log.text.slice(-TAIL);
    if (!words.some((word) => tail.includes(word))) continue;
    const pod = index.find<Pod>('Pod', log.namespace, log.pod);
    if (!pod || found.has(pod)) continue;
    const complains = activeContainers(pod).some((fact) =>
      failedCalls(index, fact, logOf).some(
        ({ resolution }) => resolution.kind === 'service' && services.includes(resolution.service),
      ),
    );
    if (complains) found.add(pod);
  }
  return [...found];
}
