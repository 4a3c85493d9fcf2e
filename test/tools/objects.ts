/** Small builders of observed objects, in the shapes a 1.36 cluster gives them. */
import type { Observed, Subject } from '../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Event,
  KubeNode,
  NetworkPolicy,
  Pod,
  PodSpec,
  Service,
  WorkloadObject,
} from '../../server/src/core/kube/types.ts';

export const NOW = '2026-11-24T12:00:00Z';

/** A time so many seconds before `NOW`. */
export const ago = (seconds: number): string =>
  new Date(Date.parse(NOW) - seconds * 1000).toISOString().replace('.000Z', 'Z');

export const HOUR = 3600;
export const DAY = 86_400;

export interface PodOptions {
  namespace?: string;
  labels?: Record<string, string>;
  owner?: KubeObject;
  spec?: PodSpec;
  /** Overrides of the only container. */
  container?: Container;
  /** State of each container, by name; those not named run and are ready. */
  states?: Record<string, Partial<ContainerStatus>>;
  status?: Pod['status'];
  node?: string | null;
  ready?: boolean;
  age?: number;
  ip?: string;
  annotations?: Record<string, string>;
  deletion?: string;
  finalizers?: string[];
}

const running = (age: number): ContainerState => ({ running: { startedAt: ago(age) } });

/** A pod that runs and is ready, unless the options say otherwise. */
export function pod(name: string, options: PodOptions = {}): Pod {
  const { namespace = 'shop', age = 2 * HOUR, node = 'worker-1' } = options;
  const containers = options.spec?.containers ?? [{ name: 'app', image: 'shop/app:1', ...options.container }];
  const spec: PodSpec = { ...options.spec, containers, ...(node ? { nodeName: node } : {}) };
  const statusOf = (container: Container): ContainerStatus => ({
    name: container.name ?? '',
    ready: options.ready ?? true,
    started: true,
    restartCount: 0,
    image: container.image ?? '',
    state: running(age),
    ...options.states?.[container.name ?? ''],
  });
  const containerStatuses = containers.map(statusOf);
  const initContainerStatuses = spec.initContainers?.map((container) => ({
    ...statusOf(container),
    ...(container.restartPolicy === 'Always' || options.states?.[container.name ?? '']
      ? {}
      : { state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: ago(age) } } }),
  }));
  const isReady =
    options.ready ?? (containerStatuses.every(({ ready }) => ready) && (node !== null || false));
  const initialized = initContainerStatuses?.every(
    ({ state, started }) => state?.terminated?.exitCode === 0 || (state?.running && started),
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...meta('Pod', name, namespace, age, options.labels),
      ...(options.annotations ? { annotations: options.annotations } : {}),
      ...(options.deletion ? { deletionTimestamp: options.deletion } : {}),
      ...(options.finalizers ? { finalizers: options.finalizers } : {}),
      ...(options.owner ? { ownerReferences: [ownedBy(options.owner)] } : {}),
    },
    spec,
    status: {
      phase: node ? 'Running' : 'Pending',
      ...(node ? { podIP: options.ip ?? ipOf(name), hostIP: '10.0.0.1', startTime: ago(age) } : {}),
      conditions: node
        ? [
            condition('PodScheduled', 'True'),
            condition('Initialized', initialized === false ? 'False' : 'True'),
            condition('ContainersReady', isReady ? 'True' : 'False'),
            condition('Ready', isReady ? 'True' : 'False', isReady ? undefined : 'ContainersNotReady'),
          ]
        : [],
      ...(node ? { containerStatuses } : {}),
      ...(initContainerStatuses ? { initContainerStatuses } : {}),
      ...options.status,
    },
  };
}

export const condition = (type: string, status: string, reason?: string, message?: string): Condition => ({
  type,
  status,
  ...(reason ? { reason } : {}),
  ...(message ? { message } : {}),
});

/** A container that waits with a reason. */
export const waiting = (reason: string, message = ''): Partial<ContainerStatus> => ({
  ready: false,
  started: false,
  state: { waiting: { reason, ...(message ? { message } : {}) } },
});

/** A container that ended and waits in CrashLoopBackOff. */
export const crashed = (
  exitCode: number,
  reason = 'Error',
  extra: { message?: string; restarts?: number; finished?: number; lived?: number } = {},
): Partial<ContainerStatus> => ({
  ready: false,
  started: false,
  restartCount: extra.restarts ?? 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container' } },
  lastState: {
    terminated: {
      exitCode,
      reason,
      startedAt: ago((extra.finished ?? 30) + (extra.lived ?? 2)),
      finishedAt: ago(extra.finished ?? 30),
      ...(extra.message ? { message: extra.message } : {}),
    },
  },
});

/** A container that runs and is not ready. */
export const unready = (age = 300): Partial<ContainerStatus> => ({
  ready: false,
  started: true,
  state: running(age),
});

let addresses = 1;
const known = new Map<string, string>();
function ipOf(name: string): string {
  const ip = known.get(name) ?? `10.244.1.${addresses++ % 250}`;
  known.set(name, ip);
  return ip;
}

const meta = (
  kind: string,
  name: string,
  namespace: string | undefined,
  age = 2 * HOUR,
  labels?: Record<string, string>,
): KubeObject['metadata'] => ({
  name,
  ...(namespace ? { namespace } : {}),
  uid: `uid-${kind}-${namespace ?? ''}-${name}`,
  creationTimestamp: ago(age),
  ...(labels ? { labels } : {}),
});

const ownedBy = ({ apiVersion, kind, metadata }: KubeObject) => ({
  apiVersion,
  kind,
  name: metadata.name ?? '',
  ...(metadata.uid ? { uid: metadata.uid } : {}),
  controller: true,
});

export interface WorkloadOptions {
  namespace?: string;
  replicas?: number;
  spec?: PodSpec;
  container?: Container;
  podOptions?: (index: number) => PodOptions;
  workload?: WorkloadObject['spec'];
  status?: WorkloadObject['status'];
  /** How many pods exist, when not as many as asked for. */
  pods?: number;
  age?: number;
  labels?: Record<string, string>;
}

export interface Workloads {
  deployment: WorkloadObject;
  replicaSet: WorkloadObject;
  pods: Pod[];
  all: KubeObject[];
}

/** A Deployment with its ReplicaSet and pods, all labelled `app: <name>`. */
export function deployment(name: string, options: WorkloadOptions = {}): Workloads {
  const { namespace = 'shop', replicas = 1, age } = options;
  const labels = { app: name, ...options.labels };
  const spec: PodSpec = {
    ...options.spec,
    containers: options.spec?.containers ?? [{ name: 'app', image: `shop/${name}:1`, ...options.container }],
  };
  const selector = { matchLabels: { app: name } };
  const top: WorkloadObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('Deployment', name, namespace, age, labels),
    spec: { replicas, selector, template: { metadata: { labels }, spec }, ...options.workload },
    status: {
      replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      updatedReplicas: replicas,
      ...options.status,
    },
  };
  const count = options.pods ?? replicas;
  const hashed = { ...labels, 'pod-template-hash': 'abc' };
  const set: WorkloadObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...meta('ReplicaSet', `${name}-abc`, namespace, age, hashed),
      ownerReferences: [ownedBy(top)],
    },
    spec: { replicas, selector, template: { metadata: { labels: hashed }, spec } },
    status: { replicas: count },
  };
  const pods = Array.from({ length: count }, (_, index) =>
    pod(`${name}-abc-${index}`, {
      namespace,
      labels: hashed,
      owner: set,
      spec,
      ...(age ? { age } : {}),
      ...options.podOptions?.(index),
    }),
  );
  const ready = pods.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  ).length;
  top.status = { ...top.status, readyReplicas: ready, availableReplicas: ready, ...options.status };
  return { deployment: top, replicaSet: set, pods, all: [top, set, ...pods] };
}

/** A workload of another kind with pods of its own. */
export function workload(
  kind: 'StatefulSet' | 'DaemonSet' | 'Job',
  name: string,
  options: WorkloadOptions = {},
): { top: WorkloadObject; pods: Pod[]; all: KubeObject[] } {
  const { namespace = 'shop', replicas = 1 } = options;
  const labels = { app: name };
  const spec: PodSpec = {
    ...(kind === 'Job' ? { restartPolicy: 'Never' } : {}),
    ...options.spec,
    containers: options.spec?.containers ?? [{ name: 'app', image: `shop/${name}:1`, ...options.container }],
  };
  const count = options.pods ?? replicas;
  const top: WorkloadObject = {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: meta(kind, name, namespace, options.age, labels),
    spec: {
      ...(kind === 'StatefulSet' ? { replicas } : {}),
      ...(kind === 'Job' ? {} : { selector: { matchLabels: labels } }),
      template: { metadata: { labels }, spec },
      ...options.workload,
    },
    status: {
      ...(kind === 'StatefulSet' ? { replicas: count, availableReplicas: count } : {}),
      ...options.status,
    },
  };
  const pods = Array.from({ length: count }, (_, index) =>
    pod(`${name}-${index}`, { namespace, labels, owner: top, spec, ...options.podOptions?.(index) }),
  );
  return { top, pods, all: [top, ...pods] };
}

export const service = (name: string, spec: Service['spec'] = {}, namespace = 'shop'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('Service', name, namespace),
  spec: {
    type: 'ClusterIP',
    clusterIP: `10.96.0.${20 + (name.length % 200)}`,
    selector: { app: name },
    ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    ...spec,
  },
});

/** The slice a controller writes for a Service and these pods. */
export const slice = (
  of: Service,
  pods: readonly Pod[],
  ports: { name?: string; port?: number; protocol?: string }[] = [{ name: '', port: 8080, protocol: 'TCP' }],
): KubeObject =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...meta('EndpointSlice', `${of.metadata.name}-x1`, of.metadata.namespace),
      labels: { 'kubernetes.io/service-name': of.metadata.name ?? '' },
    },
    addressType: 'IPv4',
    endpoints: pods.map(({ metadata, status, spec }) => {
      const ready =
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
      return {
        addresses: [status?.podIP ?? ''],
        conditions: { ready, serving: ready, terminating: metadata.deletionTimestamp !== undefined },
        nodeName: spec?.nodeName,
        targetRef: { kind: 'Pod', name: metadata.name, namespace: metadata.namespace },
      };
    }),
    ports,
  }) as KubeObject;

export const node = (
  name: string,
  options: { status?: KubeNode['status']; spec?: KubeNode['spec']; labels?: Record<string, string> } = {},
): KubeNode => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta('Node', name, undefined, 30 * DAY, {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    ...options.labels,
  }),
  spec: { podCIDR: '10.244.1.0/24', ...options.spec },
  status: {
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    allocatable: { cpu: '2', memory: '4Gi', pods: '110', 'ephemeral-storage': '50Gi' },
    nodeInfo: { architecture: 'amd64', kubeletVersion: 'v1.36.3' },
    ...options.status,
  },
});

export const namespace = (name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
});

export const policy = (name: string, spec: NetworkPolicy['spec'], space = 'shop'): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: meta('NetworkPolicy', name, space),
  ...(spec ? { spec } : {}),
});

/** Any other object. */
export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  body: Record<string, unknown> = {},
  space: string | undefined = 'shop',
): KubeObject => ({ apiVersion, kind, metadata: meta(kind, name, space), ...body }) as KubeObject;

let serial = 0;

export interface EventOptions {
  count?: number;
  type?: string;
  /** Seconds before now when it was last seen. */
  age?: number;
  uid?: string | null;
}

export function event(about: KubeObject, reason: string, message: string, options: EventOptions = {}): Event {
  const { count = 1, type = 'Warning', age = 20 } = options;
  const { kind, apiVersion, metadata } = about;
  const uid = options.uid === undefined ? metadata.uid : options.uid;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `event-${serial++}`, namespace: metadata.namespace ?? 'default' },
    type,
    reason,
    message,
    count,
    firstTimestamp: ago(age + count),
    lastTimestamp: ago(age),
    involvedObject: {
      apiVersion,
      kind,
      name: metadata.name ?? '',
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      ...(uid ? { uid } : {}),
    },
  };
}

export const observed = (objects: readonly KubeObject[], extra: Partial<Observed> = {}): Observed => ({
  now: NOW,
  serverVersion: 'v1.36.3',
  objects: [...objects],
  gaps: [],
  logs: [],
  stats: {},
  ...extra,
});

export const logOf = (
  of: Pod,
  text: string,
  container = 'app',
  previous = false,
): Observed['logs'][number] => ({
  namespace: of.metadata.namespace ?? 'default',
  pod: of.metadata.name ?? '',
  container,
  previous,
  text,
});

export const subjectOf = ({ kind, metadata }: KubeObject): Subject => ({
  kind,
  name: metadata.name ?? '',
  ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
});
