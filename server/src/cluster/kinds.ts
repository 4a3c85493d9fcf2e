/** The kinds that a diagnosis reads, and how much of them. */

/** Kinds of a namespace whose number goes with that of its pods. */
export const MANY_KINDS = ['Pod', 'Event', 'EndpointSlice', 'ReplicaSet'] as const;

/** Kinds of a namespace whose number goes with that of its workloads. */
export const FEW_KINDS = [
  'Service',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Ingress',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'LimitRange',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ServiceAccount',
] as const;

/** Kinds of a namespace that a diagnosis looks at, whole objects. */
export const NAMESPACE_KINDS = [...MANY_KINDS, ...FEW_KINDS] as const;

/** Their names are enough. */
export const NAMES_ONLY = ['ConfigMap', 'Secret'] as const;

/** What all namespaces share. A snapshot has them all; a diagnosis of one subject reads those it needs. */
export const CLUSTER_KINDS = [
  'Namespace',
  'StorageClass',
  'IngressClass',
  'PriorityClass',
  'RuntimeClass',
  'CSIDriver',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
] as const;
