/** The other namespaces that a subject's pods speak to: named in their spec, or met in the errors of their logs. */
import { activeContainers } from '../core/diagnosis/containers.ts';
import {
  failedCalls,
  hostReferences,
  resolveHost,
  serviceByAddress,
} from '../core/diagnosis/dependencies.ts';
import type { Scene } from '../core/diagnosis/scene.ts';
import type { Pod } from '../core/kube/types.ts';
import { t } from '../l10n.ts';
import type { Collection } from './collection.ts';

/** What decides whether a Service of another namespace answers. */
const NEIGHBOUR_KINDS = [
  'Service',
  'EndpointSlice',
  'Pod',
  'Event',
  'NetworkPolicy',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
] as const;

const MAX_NEIGHBOURS = 3;
const MAX_ADDRESSES = 4;

/** Reads the namespaces that `isWorthALook` pods speak to and that `read` does not hold yet; adds them to `read`. */
export async function collectNeighbours(
  collection: Collection,
  scene: Scene,
  read: Set<string>,
  isWorthALook: (pod: Pod) => boolean,
): Promise<void> {
  const wanted = new Set<string>();
  const addresses = new Set<string>();
  for (const pod of scene.pods) {
    if (!isWorthALook(pod.object)) continue;
    const own = pod.ref.namespace ?? 'default';
    for (const fact of activeContainers(pod)) {
      const hosts = hostReferences(fact).map(({ host }) => host);
      const calls = failedCalls(scene, fact, (of, name, previous) => scene.logOf(of, name, previous));
      for (const { error } of calls) {
        if (error.host) hosts.push(error.host);
        if (error.ip && !isKnown(scene, error.ip)) addresses.add(error.ip);
      }
      for (const host of hosts) {
        const resolution = resolveHost(scene, own, host);
        if (resolution.kind === 'missing') wanted.add(resolution.namespace);
        if (resolution.kind === 'service') wanted.add(resolution.service.ref.namespace ?? 'default');
      }
    }
  }
  for (const namespace of await namespacesOf(collection, [...addresses].slice(0, MAX_ADDRESSES)))
    wanted.add(namespace);
  const fresh = [...wanted].filter((namespace) => !read.has(namespace));
  for (const [index, namespace] of fresh.entries()) {
    read.add(namespace);
    if (index < MAX_NEIGHBOURS) continue;
    for (const kind of NEIGHBOUR_KINDS)
      collection.gaps.push({
        kind,
        namespace,
        reason: 'not-evaluated',
        detail: t('only the first {count} other namespaces are read', { count: MAX_NEIGHBOURS }),
      });
  }
  await Promise.all(
    fresh
      .slice(0, MAX_NEIGHBOURS)
      .flatMap((namespace) => NEIGHBOUR_KINDS.map((kind) => collection.list(kind, { namespace }))),
  );
}

const isKnown = ({ store }: Scene, ip: string): boolean =>
  serviceByAddress(store, ip) !== undefined ||
  store.list<Pod>('Pod').some(({ object }) => object.status?.podIPs?.some((each) => each.ip === ip));

/** Whose addresses these are: asked for by address, so that it costs the same in a cluster of any size. */
async function namespacesOf(collection: Collection, addresses: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    addresses.flatMap((ip) => [
      collection.list('Service', { fieldSelector: `spec.clusterIP=${ip}` }),
      collection.list('Pod', { fieldSelector: `status.podIP=${ip}` }),
    ]),
  );
  return found.flat().flatMap(({ metadata }) => metadata.namespace ?? []);
}
