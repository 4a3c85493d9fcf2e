/** The other namespaces that a subject's pods speak to: named in their spec, or met in the errors of their logs. */
import { activeContainers } from '../core/diagnosis/containers.ts';
import {
  failedCalls,
  hostReferences,
  resolveHost,
  serviceByAddress,
} from '../core/diagnosis/dependencies.ts';
import type { Scene } from '../core/diagnosis/scene.ts';
import { webhookCalls } from '../core/diagnosis/webhookCalls.ts';
import type { Pod } from '../core/kube/types.ts';
import { t } from '../l10n.ts';
import type { Collection } from './collection.ts';
import { DNS_LABEL } from './names.ts';
import type { Namespaces } from './namespaces.ts';

/** What decides whether a Service of another namespace answers, besides its pods: those are read by its selector. */
const NEIGHBOUR_KINDS = ['Service', 'NetworkPolicy', 'Deployment', 'StatefulSet', 'DaemonSet'] as const;

const MAX_NEIGHBOURS = 3;
const MAX_ADDRESSES = 4;
const MAX_NAMES = 4;
/** Services of one name in all namespaces: enough to say where it is. */
const MAX_NAMESAKES = 10;
/** Objects of each of these kinds. */
const MAX_OBJECTS = 1000;

/** Reads the namespaces that `isWorthALook` pods speak to and that `read` does not hold yet; adds them to `read`. */
export async function collectNeighbours(
  collection: Collection,
  scene: Scene,
  namespaces: Namespaces,
  read: Set<string>,
  isWorthALook: (pod: Pod) => boolean,
): Promise<void> {
  const { hosts, addresses, names } = spokenTo(scene, isWorthALook);
  await namespaces.need(hosts.flatMap(({ host }) => namespaceIn(host)));
  const wanted = new Set<string>();
  for (const name of names.slice(0, MAX_NAMES))
    await collection.list('Service', { fieldSelector: `metadata.name=${name}` }, MAX_NAMESAKES, {
      sample: true,
    });
  const found = await namespacesOf(collection, addresses.slice(0, MAX_ADDRESSES));
  for (const namespace of found) wanted.add(namespace);
  for (const { own, host } of hosts) {
    const resolution = resolveHost(scene, own, host);
    if (resolution.kind === 'service') wanted.add(resolution.service.ref.namespace ?? 'default');
    if (resolution.kind === 'missing') wanted.add(resolution.namespace);
    // `db.data`, read before it was known that there is a namespace of that name.
    for (const namespace of namespaceIn(host))
      if (collection.has('Namespace', undefined, namespace)) wanted.add(namespace);
  }
  const fresh = [...wanted].filter((namespace) => !read.has(namespace) && !namespaces.isAbsent(namespace));
  for (const [index, namespace] of fresh.entries()) {
    read.add(namespace);
    if (index < MAX_NEIGHBOURS) continue;
    for (const kind of NEIGHBOUR_KINDS)
      collection.gaps.push({
        kind,
        namespace,
        reason: 'not-evaluated',
        detail: t('only the first {count} other {count:namespace is|namespaces are} read', {
          count: MAX_NEIGHBOURS,
        }),
      });
  }
  await Promise.all([
    namespaces.need(fresh.slice(0, MAX_NEIGHBOURS)),
    ...fresh
      .slice(0, MAX_NEIGHBOURS)
      .flatMap((namespace) =>
        NEIGHBOUR_KINDS.map((kind) => collection.list(kind, { namespace }, MAX_OBJECTS)),
      ),
  ]);
}

interface Spoken {
  hosts: { own: string; host: string }[];
  /** Addresses that no object read so far has. */
  addresses: string[];
  /** Names that the cluster DNS was asked for in vain and that are no Service where they were looked for. */
  names: string[];
}

function spokenTo(scene: Scene, isWorthALook: (pod: Pod) => boolean): Spoken {
  const hosts: Spoken['hosts'] = [];
  const addresses = new Set<string>();
  const names = new Set<string>();
  for (const pod of scene.pods) {
    if (!isWorthALook(pod.object)) continue;
    const own = pod.ref.namespace ?? 'default';
    for (const fact of activeContainers(pod)) {
      for (const { host } of hostReferences(fact)) hosts.push({ own, host });
      for (const { error, resolution } of failedCalls(scene, fact, (of, name, previous) =>
        scene.logOf(of, name, previous),
      )) {
        if (error.host) hosts.push({ own, host: error.host });
        if (
          error.symptom === 'unresolved' &&
          resolution.kind === 'missing' &&
          DNS_LABEL.test(resolution.name)
        )
          names.add(resolution.name);
        if (error.ip && !isKnown(scene, error.ip)) addresses.add(error.ip);
      }
    }
  }
  for (const owner of scene.owners)
    for (const { name, namespace } of webhookCalls(scene, owner))
      hosts.push({ own: namespace, host: `${name}.${namespace}.svc` });
  return { hosts, addresses: [...addresses], names: [...names] };
}

/** `db.data`, `db.data.svc…`: the second word may be a namespace; of `db-0.db.data.svc…` the third is. */
function namespaceIn(host: string): string[] {
  const parts = host.replace(/\.$/, '').split('.');
  const at = parts.indexOf('svc');
  const name = at > 0 ? parts[at - 1] : parts.length === 2 ? parts[1] : parts.length === 3 ? parts[2] : '';
  return name && DNS_LABEL.test(name) ? [name] : [];
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
