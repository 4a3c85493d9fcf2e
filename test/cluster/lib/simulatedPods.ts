/** Pods by the thousand for a simulated cluster: written straight to the API, on nodes that kwok plays. */
import type { Api, KubeObject } from './api.ts';
import type { Processes } from './processes.ts';
import { until } from './run.ts';
import { nodeName } from './simulated.ts';

/** One namespace and how many pods it gets, in Deployments of `perDeployment` pods. */
export interface PodSpace {
  namespace: string;
  pods: number;
  perDeployment: number;
}

const CONTROLLERS = 'kube-controller-manager';
/** Writes in flight: the API server is busy with these and still answers others. */
const IN_FLIGHT = 12;
/** Takes the place of the hash that the Deployment controller would put on its first ReplicaSet. */
const HASH = 'load';
const MAX_SPACES = 100;
const PER_DEPLOYMENT = 10;

export const spaceName = (index: number): string => `load-${String(index).padStart(2, '0')}`;

/** `total` pods spread over a hundred namespaces, in fewer when there are not so many pods. */
export function spread(total: number): PodSpace[] {
  const count = Math.min(MAX_SPACES, Math.ceil(total / PER_DEPLOYMENT));
  return Array.from({ length: count }, (_, index) => ({
    namespace: spaceName(index),
    pods: Math.floor(total / count) + (index < total % count ? 1 : 0),
    perDeployment: PER_DEPLOYMENT,
  }));
}

/**
 * Makes Deployments with their ReplicaSets and pods, bound to the first `nodes` simulated nodes, and waits until all
 * run. Namespaces that are there already stay as they are.
 */
export async function addSimulatedPods(
  api: Api,
  processes: Processes,
  spaces: readonly PodSpace[],
  nodes: number,
): Promise<void> {
  // Controllers would make pods of their own, one by one, before ours are there to be adopted.
  await processes.stop(CONTROLLERS);
  const namespaces: string[] = [];
  try {
    let serial = 0;
    for (const space of spaces) {
      if (!(await addNamespace(api, space.namespace))) continue;
      namespaces.push(space.namespace);
      const writes: (() => Promise<unknown>)[] = [];
      const count = Math.ceil(space.pods / space.perDeployment);
      for (let index = 0; index < count; index++) {
        const first = index * space.perDeployment;
        const replicas = Math.min(space.perDeployment, space.pods - first);
        const start = serial;
        serial += replicas;
        writes.push(() => addDeployment(api, space.namespace, `app-${index}`, replicas, start, nodes));
      }
      await inParallel(writes, Math.ceil(IN_FLIGHT / 4));
    }
  } finally {
    processes.restart(CONTROLLERS);
  }
  for (const namespace of namespaces) await untilAllRun(api, processes, namespace);
}

async function untilAllRun(api: Api, processes: Processes, namespace: string): Promise<void> {
  await until(
    `The pods of ${namespace} running`,
    900,
    async () => {
      const list = await api.get<{ items: unknown[] }>(
        `/api/v1/namespaces/${namespace}/pods?limit=1&fieldSelector=status.phase!=Running`,
      );
      return list?.items.length === 0 ? true : undefined;
    },
    () => processes.lastLines('kwok', 3),
  );
}

/** False when the namespace was there. Pods need its service account, which a controller would make later. */
async function addNamespace(api: Api, namespace: string): Promise<boolean> {
  if (await api.get(`/api/v1/namespaces/${namespace}`)) return false;
  await post(api, '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  await post(api, `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  return true;
}

async function addDeployment(
  api: Api,
  namespace: string,
  name: string,
  replicas: number,
  serial: number,
  nodes: number,
): Promise<void> {
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const labels = { app: name };
  const hashed = { ...labels, 'pod-template-hash': HASH };
  const spec = podSpec(name);
  const deployment = await post(api, `${apps}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  const replicaSet = await post(api, `${apps}/replicasets`, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${HASH}`,
      labels: hashed,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: [ownedBy(deployment)],
    },
    spec: { replicas, selector: { matchLabels: hashed }, template: { metadata: { labels: hashed }, spec } },
  });
  const pods = Array.from(
    { length: replicas },
    (_, at) => () =>
      post(api, `/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: `${name}-${HASH}-${String(at).padStart(3, '0')}`,
          labels: hashed,
          ownerReferences: [ownedBy(replicaSet)],
        },
        spec: { ...spec, nodeName: nodeName((serial + at) % nodes) },
      }),
  );
  await inParallel(pods, 4);
}

/** As large as pods usually are: what a list costs depends on it. */
const podSpec = (name: string): object => ({
  containers: [
    {
      name: 'app',
      image: `registry.example.test/shop/${name}:1.4.2`,
      ports: [{ name: 'http', containerPort: 8080 }],
      env: ['LOG_LEVEL', 'REGION', 'CACHE_URL', 'ORDERS_URL'].map((key) => ({
        name: key,
        value: `value-of-${key.toLowerCase()}`,
      })),
      resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
      livenessProbe: { httpGet: { path: '/live', port: 'http' }, periodSeconds: 20 },
    },
  ],
});

const ownedBy = ({ apiVersion, kind, metadata }: KubeObject): object => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

async function post(api: Api, path: string, object: KubeObject): Promise<KubeObject> {
  const { status, body } = await api.send('POST', path, JSON.stringify(object));
  if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${body.slice(0, 300)}`);
  return JSON.parse(body) as KubeObject;
}

async function inParallel(work: readonly (() => Promise<unknown>)[], width: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let job = work[next++]; job; job = work[next++]) await job();
  };
  await Promise.all(Array.from({ length: width }, worker));
}
