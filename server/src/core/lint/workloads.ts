/** What rules about workloads share. */
import type { LabelSelector, Labels } from '../kube/selector.ts';
import type { Resource } from '../kube/store.ts';
import type { PodAffinityTerm, WorkloadObject } from '../kube/types.ts';

/** Built-in and well-known kinds that keep a number of pods, as rules name them. */
export const REPLICATED = [
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'apps.openshift.io/DeploymentConfig',
  'argoproj.io/Rollout',
] as const;

/** Kinds whose pods run until they are told to stop. */
export const CONTROLLERS = [...REPLICATED, 'DaemonSet'] as const;

/** True when an affinity term looks at pods of this namespace: at those of its own unless it names others. */
export const looksInto = ({ namespaces, namespaceSelector }: PodAffinityTerm, namespace: string): boolean =>
  namespaceSelector !== undefined || !namespaces?.length || namespaces.includes(namespace);

export const nameOf = ({ ref }: Pick<Resource, 'ref'>): string => `${ref.kind} ${ref.name}`;

/** A workload's own selector; ReplicationControllers and DeploymentConfigs write the labels without matchLabels. */
export function selectorOf({
  spec,
}: WorkloadObject): { selector: LabelSelector; path: string[] } | undefined {
  const selector = spec?.selector as LabelSelector | Labels | undefined;
  if (typeof selector !== 'object' || selector === null) return undefined;
  if ('matchLabels' in selector || 'matchExpressions' in selector)
    return { selector: selector as LabelSelector, path: ['spec', 'selector', 'matchLabels'] };
  return { selector: { matchLabels: selector as Record<string, string> }, path: ['spec', 'selector'] };
}
