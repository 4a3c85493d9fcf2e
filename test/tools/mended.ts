/**
 * A near miss made of a recording: the same cluster after the pods have come to run. Events, logs and all that is
 * declared stay, so whoever names the fault again takes history for the present.
 */
import type { Observed } from '../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Job,
  Pod,
  PodDisruptionBudget,
  WorkloadObject,
} from '../../server/src/core/kube/types.ts';
import { condition, DAY } from './objects.ts';

/** Recorded faults that stand whatever their pods do: what is wrong is declared, or is said of something else. */
export const STANDING: ReadonlySet<string> = new Set([
  // Services, their clients, and Ingresses.
  'cluster-dns-stopped',
  'dns-policy-default',
  'external-name-address',
  'external-name-typo',
  'headless-port-called',
  'host-network-dns',
  'ingress-backend-typo',
  'ingress-certificate-missing',
  'ingress-class-typo',
  'ingress-port-wrong',
  'ingress-without-class',
  'listens-on-loopback',
  'service-fqdn-namespace',
  'service-fqdn-typo',
  'service-in-other-namespace',
  'service-name-typo',
  'service-named-port-unresolved',
  'service-of-finished-pods',
  'service-port-udp',
  'service-scaled-to-zero',
  'service-selector-lacks',
  'service-selector-typo',
  'service-selects-two',
  'service-without-selector',
  'service-wrong-port-called',
  'statefulset-service-missing',
  'target-port-undeclared',
  'target-port-wrong',
  'traffic-policy-local',
  'webhook-scaled-to-zero',
  // Policies.
  'netpol-deny-all-ingress',
  'netpol-dns-blocked',
  'netpol-dns-tcp-only',
  'netpol-dns-udp-only',
  'netpol-egress-cluster-addresses',
  'netpol-egress-internet-only',
  'netpol-egress-only-dns',
  'netpol-egress-service-port',
  'netpol-egress-wrong-peer',
  'netpol-namespace-and-pod',
  'netpol-namespace-unlabelled',
  'netpol-own-namespace',
  'netpol-port-name',
  'netpol-service-port',
  'netpol-types-left-out',
  'netpol-wrong-peer',
  // Claims, nodes, controllers.
  'cronjob-over-quota',
  'cronjob-overlaps',
  'cronjob-suspended',
  'daemonset-left-out',
  'deployment-paused',
  'hpa-target-typo',
  'hpa-target-zero',
  'hpa-twice',
  'hpa-without-metrics',
  'job-fails-by-rule',
  'job-gives-up',
  'job-out-of-time',
  'job-suspended',
  'kubelet-silent',
  'namespace-held',
  'pdb-allows-none',
  'claim-deleted-in-use',
  'pvc-no-class',
  'storage-class-typo',
  'volume-of-another-claim',
  'volume-too-small',
  // Pods that the kubelet refused or ended stay as they are.
  'node-name-against-selector',
  'node-name-without-room',
  'pod-out-of-time',
  'sysctl-not-allowed',
  // A pod that does not go, and one that was evicted a minute ago and will be again.
  'emptydir-too-full',
  'finalizer-left',
  'prestop-fails',
  'term-ignored',
]);

const OWNERS = ['ReplicaSet', 'StatefulSet'];

/** The observation with every pod of the namespace placed, running and ready, and as many as their owners want. */
export function mended(observed: Observed, namespace: string): Observed {
  const node = observed.objects.find(({ kind }) => kind === 'Node')?.metadata.name ?? '';
  const inside = observed.objects.filter(({ metadata }) => metadata.namespace === namespace);
  const outside = observed.objects.filter((object) => !inside.includes(object));
  const pods = inside.filter((object): object is Pod => object.kind === 'Pod');
  const added = inside
    .filter(({ kind }) => OWNERS.includes(kind))
    .flatMap((owner) => missing(owner as WorkloadObject, pods));
  const well = [...pods, ...added].map((pod, index) =>
    isOver(pod) ? pod : running(pod, node, `10.240.0.${100 + index}`),
  );
  const others = inside.filter(({ kind }) => kind !== 'Pod').map(settled);
  return { ...observed, objects: [...outside, ...others, ...well] };
}

/** A pod that ended or goes stays what it is; another one takes its place. */
const isOver = ({ metadata, status }: Pod): boolean =>
  /^(?:Failed|Succeeded)$/.test(status?.phase ?? '') || metadata.deletionTimestamp !== undefined;

function missing(owner: WorkloadObject, pods: readonly Pod[]): Pod[] {
  const { name = '', namespace, uid, creationTimestamp } = owner.metadata;
  const own = pods.filter(
    (pod) => !isOver(pod) && pod.metadata.ownerReferences?.some((reference) => reference.uid === uid),
  );
  const template = owner.spec?.template;
  return Array.from({ length: (owner.spec?.replicas ?? 1) - own.length }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: owner.kind === 'StatefulSet' ? `${name}-${own.length + index}` : `${name}-9000${index}`,
      ...(namespace ? { namespace } : {}),
      uid: `${uid}-${index}`,
      ...(creationTimestamp ? { creationTimestamp } : {}),
      ...(template?.metadata?.labels ? { labels: template.metadata.labels } : {}),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: owner.kind, name, uid: uid ?? '', controller: true }],
    },
    ...(template?.spec ? { spec: template.spec } : {}),
  }));
}

function running(pod: Pod, node: string, ip: string): Pod {
  const { creationTimestamp: at = '' } = pod.metadata;
  const { initContainers = [], containers = [], nodeName = node } = pod.spec ?? {};
  const known = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const statusOf = (container: Container): ContainerStatus => ({
    ...up(
      container,
      known.find(({ name }) => name === container.name),
    ),
    state: { running: { startedAt: at } },
  });
  const initOf = (container: Container): ContainerStatus =>
    container.restartPolicy === 'Always'
      ? statusOf(container)
      : { ...up(container), state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: at } } };
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    ...condition(type, 'True'),
    lastTransitionTime: at,
  }));
  return {
    ...pod,
    spec: { ...pod.spec, nodeName },
    status: {
      phase: 'Running',
      podIP: pod.status?.podIP ?? ip,
      startTime: at,
      conditions,
      initContainerStatuses: initContainers.map(initOf),
      containerStatuses: containers.map(statusOf),
    },
  };
}

/** Ready, with the end before, if there was one, three days ago. */
const up = ({ name = '', image = '' }: Container, before?: ContainerStatus): ContainerStatus => ({
  name,
  image,
  ready: true,
  started: true,
  restartCount: before?.restartCount ?? 0,
  ...(before?.lastState ? { lastState: longAgo(before.lastState) } : {}),
});

const longAgo = ({ terminated }: ContainerState): ContainerState =>
  terminated ? { terminated: { ...terminated, finishedAt: before(terminated.finishedAt) } } : {};

const before = (time = ''): string => new Date(Date.parse(time) - 3 * DAY * 1000).toISOString();

/** What controllers write down when all pods are there. */
function settled(object: KubeObject): KubeObject {
  if (object.kind === 'EndpointSlice') {
    const slice = object as KubeObject & { endpoints?: object[] };
    const conditions = { ready: true, serving: true, terminating: false };
    return {
      ...slice,
      endpoints: slice.endpoints?.map((endpoint) => ({ ...endpoint, conditions })),
    } as KubeObject;
  }
  if (object.kind === 'PodDisruptionBudget') return withAllHealthy(object as PodDisruptionBudget);
  if (object.kind === 'Job') return underWay(object as Job);
  if (![...OWNERS, 'Deployment'].includes(object.kind)) return object;
  const replicas = (object as WorkloadObject).spec?.replicas ?? 1;
  const { conditions: _, ...former } = (object as WorkloadObject).status ?? {};
  const status = {
    ...former,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    ...(object.kind === 'Deployment'
      ? {
          conditions: [
            condition('Available', 'True'),
            condition('Progressing', 'True', 'NewReplicaSetAvailable'),
          ],
        }
      : {}),
  };
  return { ...object, status } as KubeObject;
}

function withAllHealthy({ status = {}, ...budget }: PodDisruptionBudget): PodDisruptionBudget {
  const { expectedPods = 0, desiredHealthy = 0 } = status;
  const disruptionsAllowed = Math.max(expectedPods - desiredHealthy, 0);
  return { ...budget, status: { ...status, currentHealthy: expectedPods, disruptionsAllowed } };
}

/** One that has neither ended nor been suspended got its pod after all. */
const underWay = (job: Job): Job =>
  (job.status?.conditions ?? []).length > 0 ? job : { ...job, status: { ...job.status, active: 1 } };
