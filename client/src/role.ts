/** The Role (or ClusterRole) that grants what a request was refused for. */

export interface Permission {
  verb: string;
  resource: string;
  namespace?: string;
}

/** API groups of the resources Pod Triage reads and writes; the others are in the core group. */
const GROUPS: Record<string, string> = {
  deployments: 'apps',
  replicasets: 'apps',
  statefulsets: 'apps',
  daemonsets: 'apps',
  controllerrevisions: 'apps',
  jobs: 'batch',
  cronjobs: 'batch',
  networkpolicies: 'networking.k8s.io',
  ingresses: 'networking.k8s.io',
  ingressclasses: 'networking.k8s.io',
  endpointslices: 'discovery.k8s.io',
  horizontalpodautoscalers: 'autoscaling',
  poddisruptionbudgets: 'policy',
  storageclasses: 'storage.k8s.io',
  csidrivers: 'storage.k8s.io',
  csinodes: 'storage.k8s.io',
  volumeattachments: 'storage.k8s.io',
  leases: 'coordination.k8s.io',
  priorityclasses: 'scheduling.k8s.io',
  validatingwebhookconfigurations: 'admissionregistration.k8s.io',
  mutatingwebhookconfigurations: 'admissionregistration.k8s.io',
  customresourcedefinitions: 'apiextensions.k8s.io',
};

const CLUSTER_WIDE = new Set(['nodes', 'namespaces', 'persistentvolumes', 'storageclasses', 'csidrivers']);

/** YAML of the smallest role for `permissions`: namespaced when all of them are in one namespace. */
export function roleFor(permissions: readonly Permission[]): string {
  const namespaces = new Set(permissions.map(({ namespace }) => namespace ?? ''));
  const [only] = namespaces;
  const clusterWide =
    namespaces.size !== 1 ||
    !only ||
    permissions.some(({ resource }) => CLUSTER_WIDE.has(resource.split('/')[0] ?? ''));
  const head = clusterWide
    ? ['kind: ClusterRole', 'metadata:', '  name: pod-triage']
    : ['kind: Role', 'metadata:', '  name: pod-triage', `  namespace: ${JSON.stringify(only)}`];
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    ...head,
    'rules:',
    ...permissions.flatMap(({ verb, resource }) => [
      `  - apiGroups: [${JSON.stringify(GROUPS[resource.split('/')[0] ?? ''] ?? '')}]`,
      `    resources: [${JSON.stringify(resource)}]`,
      `    verbs: [${JSON.stringify(verb)}]`,
    ]),
    '',
  ].join('\n');
}

/** The permission in a gap's words: `needs list pods`, `patch pods/ephemeralcontainers`. */
export function permissionIn(detail: string): Permission | undefined {
  const match = /\b(get|list|watch|create|patch|update|delete) ([a-z]+(?:\/[a-z]+)?)\b/.exec(detail);
  return match?.[1] && match[2] ? { verb: match[1], resource: match[2] } : undefined;
}
