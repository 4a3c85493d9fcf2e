/** What a test of the editor needs in a cluster: a namespace with workloads, users, and a kubeconfig that names them. */
import { writeFileSync } from 'node:fs';
import type { Api, KubeObject } from './api.ts';
import type { Identity } from './pki.ts';
import { until } from './run.ts';

export const APP = 'registry.pod-triage.test:5000/app:1';

export interface Pod {
  metadata: { name: string; uid: string };
  spec: { ephemeralContainers?: { name: string; targetContainerName?: string; image: string }[] };
  status: {
    conditions?: { type: string; status: string }[];
    containerStatuses?: ContainerStatus[];
    ephemeralContainerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  name: string;
  restartCount: number;
  state?: {
    running?: { startedAt: string };
    terminated?: { exitCode: number };
    waiting?: { reason: string };
  };
  lastState?: { terminated?: { exitCode: number } };
}

/** Makes a namespace with these objects in it. Pods need its service account, so that is waited for. */
export async function makeNamespace(api: Api, name: string, objects: readonly KubeObject[]): Promise<void> {
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await until(`The service account of ${name}`, 20, () =>
    api.get(`/api/v1/namespaces/${name}/serviceaccounts/default`),
  );
  for (const object of objects)
    await api.apply({ ...object, metadata: { ...object.metadata, namespace: name } });
}

/** Asks for the end of a namespace; its pods end in their own time. */
export const removeNamespace = (api: Api, name: string): Promise<unknown> =>
  api.send('DELETE', `/api/v1/namespaces/${name}`);

/** A Deployment of the test application with one pod. */
export const deployment = (name: string, args: readonly string[], more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'app', image: APP, args, ...more }],
      },
    },
  },
});

/** The newest answer about the pod of a Deployment made above. */
export async function podOf(api: Api, namespace: string, app: string): Promise<Pod | undefined> {
  const list = await api.get<{ items: Pod[] }>(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`,
  );
  return list?.items[0];
}

export const podReady = (api: Api, namespace: string, app: string): Promise<Pod> =>
  until(`A ready pod of ${app} in ${namespace}`, 60, async () => {
    const pod = await podOf(api, namespace, app);
    return pod?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
      ? pod
      : undefined;
  });

/** A context of the kubeconfig: the administrator's, or that of whoever holds the token. */
export interface Context {
  name: string;
  namespace: string;
  token?: string;
  /** A program that makes the credentials. */
  exec?: string;
}

/** Writes a kubeconfig with these contexts of one cluster; the first is the current one. */
export function writeKubeconfig(
  file: string,
  server: string,
  admin: Identity,
  contexts: readonly Context[],
): void {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const certificate = {
    'client-certificate-data': base64(admin.certificate),
    'client-key-data': base64(admin.key),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]?.name,
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(admin.ca) } }],
    users: contexts.map(({ name, token, exec }) => ({
      name,
      user: token ? { token } : exec ? { exec: plugin(exec) } : certificate,
    })),
    contexts: contexts.map(({ name, namespace }) => ({
      name,
      context: { cluster: 'test', user: name, namespace },
    })),
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
}

const plugin = (command: string): object => ({
  apiVersion: 'client.authentication.k8s.io/v1',
  command,
  interactiveMode: 'Never',
});

/** A service account of the namespace that may do what the rules say, there and nowhere else; answers its token. */
export async function makeUser(
  api: Api,
  namespace: string,
  name: string,
  rules: readonly object[],
): Promise<string> {
  const metadata = { name, namespace };
  const rbac = 'rbac.authorization.k8s.io/v1';
  await api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await api.apply({ apiVersion: rbac, kind: 'Role', metadata, rules });
  await api.apply({
    apiVersion: rbac,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const { status, body } = await api.send(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  );
  if (status !== 201) throw new Error(`The token of ${name} was refused with ${status}: ${body}`);
  return (JSON.parse(body) as { status: { token: string } }).status.token;
}
