/** Where the API serves each kind that Pod Triage reads (kubectl api-resources, 1.36). */

export interface ApiResource {
  kind: string;
  apiVersion: string;
  /** Group for RBAC, empty for the core. */
  group: string;
  plural: string;
  namespaced: boolean;
}

const TABLE: Record<string, Record<string, [kind: string, scope?: 'cluster']>> = {
  v1: {
    pods: ['Pod'],
    services: ['Service'],
    events: ['Event'],
    configmaps: ['ConfigMap'],
    secrets: ['Secret'],
    serviceaccounts: ['ServiceAccount'],
    persistentvolumeclaims: ['PersistentVolumeClaim'],
    resourcequotas: ['ResourceQuota'],
    limitranges: ['LimitRange'],
    replicationcontrollers: ['ReplicationController'],
    endpoints: ['Endpoints'],
    nodes: ['Node', 'cluster'],
    namespaces: ['Namespace', 'cluster'],
    persistentvolumes: ['PersistentVolume', 'cluster'],
  },
  'apps/v1': {
    deployments: ['Deployment'],
    replicasets: ['ReplicaSet'],
    statefulsets: ['StatefulSet'],
    daemonsets: ['DaemonSet'],
  },
  'batch/v1': { jobs: ['Job'], cronjobs: ['CronJob'] },
  'autoscaling/v2': { horizontalpodautoscalers: ['HorizontalPodAutoscaler'] },
  'policy/v1': { poddisruptionbudgets: ['PodDisruptionBudget'] },
  'networking.k8s.io/v1': {
    networkpolicies: ['NetworkPolicy'],
    ingresses: ['Ingress'],
    ingressclasses: ['IngressClass', 'cluster'],
  },
  'discovery.k8s.io/v1': { endpointslices: ['EndpointSlice'] },
  'storage.k8s.io/v1': {
    storageclasses: ['StorageClass', 'cluster'],
    csidrivers: ['CSIDriver', 'cluster'],
    csinodes: ['CSINode', 'cluster'],
    volumeattachments: ['VolumeAttachment', 'cluster'],
  },
  'scheduling.k8s.io/v1': { priorityclasses: ['PriorityClass', 'cluster'] },
  'node.k8s.io/v1': { runtimeclasses: ['RuntimeClass', 'cluster'] },
  'coordination.k8s.io/v1': { leases: ['Lease'] },
  'admissionregistration.k8s.io/v1': {
    validatingwebhookconfigurations: ['ValidatingWebhookConfiguration', 'cluster'],
    mutatingwebhookconfigurations: ['MutatingWebhookConfiguration', 'cluster'],
  },
  'apiregistration.k8s.io/v1': { apiservices: ['APIService', 'cluster'] },
  'rbac.authorization.k8s.io/v1': { roles: ['Role'], rolebindings: ['RoleBinding'] },
};

const BY_KIND = new Map<string, ApiResource>();
for (const [apiVersion, resources] of Object.entries(TABLE))
  for (const [plural, [kind, scope]] of Object.entries(resources))
    BY_KIND.set(kind.toLowerCase(), {
      kind,
      apiVersion,
      group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
      plural,
      namespaced: scope !== 'cluster',
    });

const SHORT: Record<string, string> = {
  po: 'pod',
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  rs: 'replicaset',
  rc: 'replicationcontroller',
  cj: 'cronjob',
  svc: 'service',
  ing: 'ingress',
  no: 'node',
  ns: 'namespace',
  pvc: 'persistentvolumeclaim',
  pv: 'persistentvolume',
  netpol: 'networkpolicy',
  hpa: 'horizontalpodautoscaler',
  pdb: 'poddisruptionbudget',
  cm: 'configmap',
  sa: 'serviceaccount',
};

/** The resource of a kind; undefined for kinds that Pod Triage does not read. */
export const resourceOf = (kind: string): ApiResource | undefined => BY_KIND.get(kind.toLowerCase());

/** As people type it at a command line: `po`, `pods`, `Pod`, `deployments.apps`. */
export function resourceNamed(word: string): ApiResource | undefined {
  const name = word.toLowerCase().split('.')[0] ?? '';
  const byShort = SHORT[name];
  if (byShort) return BY_KIND.get(byShort);
  return BY_KIND.get(name) ?? [...BY_KIND.values()].find(({ plural }) => plural === name);
}

/** The resource's name in RBAC rules: `pods`, `deployments.apps`. */
export const rbacName = ({ plural, group }: ApiResource): string => (group ? `${plural}.${group}` : plural);
