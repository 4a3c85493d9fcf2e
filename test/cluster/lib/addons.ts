import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, KubeObject } from './api.ts';
import type { ControlPlane } from './controlPlane.ts';
import { clusterDomain, imageRef } from './layout.ts';
import { until } from './run.ts';

/** Cluster objects that the nodes' agents need before they start. */
export async function applyNodeAddons(api: Api, plane: ControlPlane): Promise<void> {
  await applyCalicoDefinitions(api, `${plane.built.calico}/crds.yaml`);
  await api.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'pod-triage:kube-proxy' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:kube-proxy' }],
  });
}

async function applyCalicoDefinitions(api: Api, file: string): Promise<void> {
  const documents = readFileSync(file, 'utf8').split(/^---$/m);
  for (const text of documents) {
    const name = /^ {2}name: (\S+)$/m.exec(text)?.[1];
    if (!name) continue;
    await api.applyText(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`, text);
  }
  // Felix waits for this word from an installer that is not here.
  const information: KubeObject = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'ClusterInformation',
    metadata: { name: 'default' },
    spec: { datastoreReady: true },
  };
  const path = '/apis/crd.projectcalico.org/v1/clusterinformations/default';
  await until('The Calico definitions being served', 30, async () => {
    await api.applyText(path, JSON.stringify(information));
    return true;
  });
}

const dnsLabels = { 'k8s-app': 'kube-dns' };
const dnsMeta = (name: string) => ({ name, namespace: 'kube-system', labels: dnsLabels });

const corefile = (upstream: string): string => `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . ${upstream}
    cache 30
    loop
    reload 5s
    loadbalance
}
`;

/** Cluster DNS as an installer lays it out: names and labels are those that tools look for. */
export async function applyDns(api: Api, plane: ControlPlane): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const objects: KubeObject[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'coredns', namespace: 'kube-system' } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        {
          apiGroups: [''],
          resources: ['endpoints', 'services', 'pods', 'namespaces'],
          verbs: ['list', 'watch'],
        },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: 'kube-system' }],
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace: 'kube-system' },
      data: { Corefile: corefile(plane.plan.hostAddress) },
    },
    dnsService(plane.plan.dnsService),
    dnsDeployment(),
  ];
  for (const object of objects) await api.apply(object);
}

const dnsService = (clusterIP: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: dnsMeta('kube-dns'),
  spec: {
    clusterIP,
    selector: dnsLabels,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      { name: 'metrics', port: 9153, protocol: 'TCP' },
    ],
  },
});

function dnsDeployment(): KubeObject {
  const http = (path: string, port: number) => ({
    httpGet: { path, port },
    periodSeconds: 2,
    failureThreshold: 5,
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: dnsMeta('coredns'),
    spec: {
      replicas: 2,
      selector: { matchLabels: dnsLabels },
      template: {
        metadata: { labels: dnsLabels },
        spec: {
          serviceAccountName: 'coredns',
          priorityClassName: 'system-cluster-critical',
          dnsPolicy: 'Default',
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: dnsLabels },
            },
          ],
          containers: [
            {
              name: 'coredns',
              image: imageRef('coredns'),
              imagePullPolicy: 'IfNotPresent',
              args: ['-conf', '/etc/coredns/Corefile'],
              resources: { requests: { cpu: '50m', memory: '70Mi' }, limits: { memory: '170Mi' } },
              ports: [
                { name: 'dns', containerPort: 53, protocol: 'UDP' },
                { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
                { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
              ],
              readinessProbe: http('/ready', 8181),
              livenessProbe: { ...http('/health', 8080), initialDelaySeconds: 30 },
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  };
}

export const dnsReady = (api: Api, plane: ControlPlane): Promise<boolean> =>
  until(
    'Cluster DNS becoming ready',
    90,
    async () => {
      const path = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
      const deployment = await api.get<{ status?: { readyReplicas?: number } }>(path);
      return (deployment?.status?.readyReplicas ?? 0) === 2 ? true : undefined;
    },
    () => plane.processes.lastLines('kubelet-a', 2),
  );

/** The resolver that cluster DNS forwards to: it stands for the outside world, of which it knows one name. */
export function startOuterDns(plane: ControlPlane): void {
  const file = join(plane.processes.stateDir, 'outer-dns.conf');
  const text = `pod-triage.test:53 {
    bind ${plane.plan.hostAddress}
    errors
    hosts {
        ${plane.plan.hostAddress} outside.pod-triage.test
    }
}
.:53 {
    bind ${plane.plan.hostAddress}
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;
  writeFileSync(file, text);
  plane.processes.start({ name: 'outer-dns', argv: [`${plane.built.coredns}/coredns`, '-conf', file] });
}
