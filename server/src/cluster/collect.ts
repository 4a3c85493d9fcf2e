/** Reads what the diagnosis of one subject needs: its namespace, its nodes, the cluster's shared parts. */
import { buildScene } from '../core/diagnosis/buildScene.ts';
import { factsOf, isFinished } from '../core/diagnosis/containers.ts';
import type { Observed, Subject } from '../core/diagnosis/observed.ts';
import { indexObserved } from '../core/diagnosis/observedIndex.ts';
import type { Scene } from '../core/diagnosis/scene.ts';
import { isClusterScoped, type KubeObject } from '../core/kube/object.ts';
import type { Resource } from '../core/kube/store.ts';
import type { PersistentVolume, Pod } from '../core/kube/types.ts';
import { containersOf } from '../core/kube/workload.ts';
import { t } from '../l10n.ts';
import { collectNamespace } from './around.ts';
import { BehindReader } from './behind.ts';
import type { KubeClient } from './client.ts';
import { Collection, type OnStep } from './collection.ts';
import { collectDeciders } from './deciders.ts';
import { CLUSTER_KINDS } from './kinds.ts';
import { Namespaces } from './namespaces.ts';
import { collectNeighbours } from './neighbours.ts';
import { MAX_NODES, NodeReader, podsOn } from './nodes.ts';
import { collectRoom } from './room.ts';

export interface CollectOptions {
  signal: AbortSignal;
  onStep?: OnStep;
  /** Called once the objects are there and before logs are: what is known so far. */
  onPartial?: (observed: Observed) => void;
  /** Read kubelet summaries; they need `nodes/proxy`, which is more than reading. */
  stats?: boolean;
  /** What namespaces share, from `collectShared`: read once for many of them. */
  shared?: Collection;
}

const LOG_LINES = 200;
/** Pods whose logs are read, the worst first. */
const MAX_LOG_PODS = 8;
const MAX_CONFIG_MAPS = 20;
/** Kubelet summaries, one a node. */
const MAX_STATS = 10;
/** How often what was read is looked at again for what it names: Service, its pods, the Services those wait for. */
const ROUNDS = 3;

/** Throws a `ClusterError` when the server cannot be asked at all; single refusals become gaps. */
export async function collect(
  client: KubeClient,
  subject: Subject,
  options: CollectOptions,
): Promise<Observed> {
  const collection = new Collection(client, options.signal, options.onStep, options.shared);
  await collection.start();
  const namespace = await namespaceOf(collection, subject);
  const namespaces = new Namespaces(collection);
  const whole = new Set<string>();
  await Promise.all([
    ...(namespace === undefined
      ? []
      : [
          collectNamespace(collection, namespace, subject).then((isWhole) => {
            if (isWhole) whole.add(namespace);
          }),
        ]),
    collectCluster(collection, namespaces, subject, namespace),
    collectDns(collection),
    ...(subject.kind === 'Node' ? [collectNode(collection, subject.name)] : []),
  ]);
  options.onPartial?.(collection.observed());
  const nodes = new NodeReader(collection);
  const behind = new BehindReader(collection, whole);
  const look = async (scene: Scene): Promise<void> => {
    await Promise.all([
      nodes.read(subject, scene, needsLook),
      collectLogs(collection, scene),
      behind.read(scene, needsLook),
      namespaces.need(scene.pods.flatMap(({ ref }) => ref.namespace ?? [])),
    ]);
  };
  const first = sceneOf(collection, subject);
  await Promise.all([look(first), collectConfigMaps(collection, first), collectVolumes(collection, first)]);
  // Specs and logs name Services, also of other namespaces, whose pods come into the picture only now.
  const read = new Set(namespace === undefined ? [] : [namespace]);
  await collectNeighbours(collection, sceneOf(collection, subject), namespaces, read, needsLook);
  for (let round = 0; round < ROUNDS; round++) {
    const before = collection.size;
    await look(sceneOf(collection, subject));
    if (collection.size === before) break;
  }
  const scene = sceneOf(collection, subject);
  await Promise.all([
    collectRoom(collection, scene),
    collectDeciders(collection, scene, namespaces),
    collectStats(collection, scene, options.stats ?? false),
  ]);
  return collection.observed();
}

/** What the namespaces of a cluster share: its own kinds, the nodes, DNS. */
export async function collectShared(client: KubeClient, signal: AbortSignal): Promise<Collection> {
  const collection = new Collection(client, signal);
  await collection.start();
  await Promise.all([
    ...CLUSTER_KINDS.map((kind) => collection.list(kind)),
    collection.list('Node', {}, MAX_NODES),
    collectDns(collection),
  ]);
  return collection;
}

/** Kubelet summaries, only when they were asked for: the verb that gives them gives far more. */
async function collectStats(collection: Collection, { nodes }: Scene, wanted: boolean): Promise<void> {
  if (wanted) {
    await Promise.all(nodes.slice(0, MAX_STATS).map(({ ref }) => collection.kubeletStats(ref.name)));
    return;
  }
  collection.gaps.push({
    kind: 'stats',
    reason: 'not-evaluated',
    detail: t('needs get nodes/proxy, and is off by default'),
  });
}

const sceneOf = (collection: Collection, subject: Subject): Scene =>
  buildScene(indexObserved(collection.observed()), subject);

/** The namespace to read. A volume is looked at where its claim lives. */
async function namespaceOf(collection: Collection, subject: Subject): Promise<string | undefined> {
  if (subject.kind === 'Namespace') return subject.name;
  if (subject.kind === 'PersistentVolume') {
    const volume = await collection.get('PersistentVolume', undefined, subject.name);
    return (volume as PersistentVolume | undefined)?.spec?.claimRef?.namespace;
  }
  return isClusterScoped(subject.kind) ? undefined : (subject.namespace ?? 'default');
}

/** What all namespaces share: everything for a snapshot, what has a say about the subject otherwise. */
async function collectCluster(
  collection: Collection,
  namespaces: Namespaces,
  subject: Subject,
  namespace: string | undefined,
): Promise<void> {
  if (subject.kind !== 'Namespace') {
    await namespaces.read(namespace);
    await namespaces.need(['kube-system']);
    await Promise.all(['IngressClass', 'StorageClass', 'APIService'].map((kind) => collection.list(kind)));
    return;
  }
  await Promise.all(CLUSTER_KINDS.map((kind) => collection.list(kind)));
  await collection.get('Namespace', undefined, subject.name);
}

/** DNS, and whether kube-proxy runs as pods: what nearly every connection depends on. */
async function collectDns(collection: Collection): Promise<void> {
  const namespace = 'kube-system';
  const labelSelector = 'k8s-app=kube-dns';
  await Promise.all([
    collection.list('Pod', { namespace, labelSelector }),
    collection.list('DaemonSet', { namespace, labelSelector: 'k8s-app=kube-proxy' }),
    collection.list('Service', { namespace, labelSelector }),
    collection.list('EndpointSlice', { namespace, labelSelector: 'kubernetes.io/service-name=kube-dns' }),
    collection.list('Deployment', { namespace, labelSelector }),
    collection.list('NetworkPolicy', { namespace }),
    collection.get('ConfigMap', namespace, 'coredns'),
  ]);
}

/** A node as subject: the pods on it, of all namespaces. */
async function collectNode(collection: Collection, node: string): Promise<void> {
  await Promise.all([collection.get('Node', undefined, node), podsOn(collection, node)]);
}

/** ConfigMaps whose keys the pods name; the others are known by name alone. */
async function collectConfigMaps(collection: Collection, scene: Scene): Promise<void> {
  const wanted = new Map<string, [namespace: string, name: string]>();
  for (const { ref, object } of scene.pods) {
    const { namespace = 'default' } = ref;
    for (const name of configMapsOf(object)) wanted.set(`${namespace}/${name}`, [namespace, name]);
  }
  await Promise.all(
    [...wanted.values()]
      .slice(0, MAX_CONFIG_MAPS)
      .map(([namespace, name]) => collection.read('ConfigMap', namespace, name)),
  );
}

function configMapsOf(pod: Pod): string[] {
  const names: (string | undefined)[] = [];
  for (const { container } of containersOf(pod)) {
    for (const { valueFrom } of container.env ?? []) names.push(valueFrom?.configMapKeyRef?.name);
    for (const { configMapRef } of container.envFrom ?? []) names.push(configMapRef?.name);
  }
  for (const { configMap, projected } of pod.spec?.volumes ?? []) {
    names.push(configMap?.name);
    for (const source of projected?.sources ?? []) names.push(source.configMap?.name);
  }
  return names.filter((name): name is string => name !== undefined && name !== 'kube-root-ca.crt');
}

/**
 * The volumes behind the claims; the other volumes of the cluster are nobody's business. And of a claim that goes, the
 * pods that may hold it.
 */
async function collectVolumes(collection: Collection, scene: Scene): Promise<void> {
  const unbound = scene.claims.some(({ object }) => !object.spec?.volumeName);
  const going = scene.claims.filter(({ object }) => object.metadata.deletionTimestamp);
  const holders = new Set(going.flatMap(({ ref }) => ref.namespace ?? []));
  await Promise.all([
    ...scene.claims.flatMap(({ object }) =>
      object.spec?.volumeName ? [collection.get('PersistentVolume', undefined, object.spec.volumeName)] : [],
    ),
    ...[...holders].map((namespace) => collection.list('Pod', { namespace }, 1000)),
    ...(unbound ? [collection.list('PersistentVolume', {}, 1000)] : []),
    ...(scene.claims.length > 0 ? [collection.list('VolumeAttachment', {}, 1000)] : []),
  ]);
}

async function collectLogs(collection: Collection, scene: Scene): Promise<void> {
  const read = new Set(
    collection.logs.map(
      ({ namespace, pod, container, previous }) => `${namespace}/${pod}/${container}/${previous}`,
    ),
  );
  for (const { kind, namespace, name } of collection.gaps)
    if (kind === 'logs') read.add(`${namespace}/${name?.replace(' --previous', '/true')}`);
  const pods = scene.pods.filter(({ object }) => needsLook(object)).sort(worstFirst);
  const wanted = pods.slice(0, MAX_LOG_PODS).flatMap((pod) => logsOf(pod));
  await Promise.all(
    wanted
      .filter(([namespace, pod, container, previous]) => {
        const key = `${namespace}/${pod}/${container}`;
        return !read.has(`${key}/${previous}`) && !(previous === false && read.has(key));
      })
      .map(([namespace, pod, container, previous, isSpare]) =>
        collection.log(namespace, pod, container, { previous, tail: LOG_LINES, isSpare }),
      ),
  );
}

type LogName = [namespace: string, pod: string, container: string, previous: boolean, isSpare: boolean];

/**
 * Logs of the containers that ran and are not well, the run before included. While none runs, the last run has the
 * log to look at, and the one before it is spare: the kubelet keeps one dead container of each.
 */
function logsOf(pod: Resource<Pod>): LogName[] {
  const { namespace = 'default', name } = pod.ref;
  return factsOf(pod).flatMap(({ name: container, role, status }) => {
    if (!status) return [];
    const { state, lastState, restartCount, ready } = status;
    const completed = role === 'init' && state?.terminated?.exitCode === 0;
    if (completed || (ready && restartCount === 0)) return [];
    const logs: LogName[] = [];
    if (state?.running || state?.terminated) logs.push([namespace, name, container, false, false]);
    else if (lastState?.terminated) logs.push([namespace, name, container, false, false]);
    if (restartCount > 0 && lastState?.terminated)
      logs.push([namespace, name, container, true, !state?.running]);
    return logs;
  });
}

/** A pod whose nodes and logs are worth reading: not finished well, and not ready or restarted. */
function needsLook(pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (isFinished(pod)) return false;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return (
    pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True' ||
    statuses.some(({ restartCount }) => restartCount > 0)
  );
}

const restartsOf = (object: KubeObject): number =>
  ((object as Pod).status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);

const worstFirst = (a: Resource, b: Resource): number => restartsOf(b.object) - restartsOf(a.object);
