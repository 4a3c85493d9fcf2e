/** The kinds that a diagnosis reads, and how much of them. */

/** Kinds of a namespace that a diagnosis looks at, whole objects. */
export const NAMESPACE_KINDS = [
  'Pod',
  'Event',
  'Service',
  'EndpointSlice',
  'Deployment',
  'ReplicaSet',
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

/** Their names are enough. */
export const NAMES_ONLY = ['ConfigMap', 'Secret'] as const;

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
