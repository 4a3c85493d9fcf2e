/** The pods a policy is about, for rules that judge what its pods can do. */
import type { PolicyPod } from '../kube/policy.ts';
import type { LabelSelector } from '../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store, type Workload } from '../kube/store.ts';
import type { NetworkPolicy } from '../kube/types.ts';

export interface PolicySubject extends PolicyPod {
  /** The workload that makes the pod; undefined when the workspace has none and the pod is imagined. */
  workload?: Workload;
}

/** Workloads that the policy selects. Pods on the host's network are none of a policy's business. */
export function subjectsOf(store: Store, { object, ref }: Resource<NetworkPolicy>): PolicySubject[] {
  const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
  return store
    .workloadsMatching(namespace, object.spec?.podSelector ?? {})
    .filter(({ template }) => template.spec?.hostNetwork !== true)
    .map((workload) => ({ kind: 'pod', namespace, labels: workload.template.metadata?.labels, workload }));
}

/** A pod that the policy would select, for when no manifest makes one. */
export const imaginedSubject = ({ object, ref }: Resource<NetworkPolicy>): PolicySubject => ({
  kind: 'pod',
  namespace: ref.namespace ?? DEFAULT_NAMESPACE,
  labels: smallestLabels(object.spec?.podSelector ?? {}),
});

/** The fewest labels that a selector matches. */
function smallestLabels({ matchLabels, matchExpressions }: LabelSelector): Record<string, string> {
  const labels: Record<string, string> = { ...matchLabels };
  for (const { key, operator, values } of matchExpressions ?? [])
    if (operator === 'In' || operator === 'Exists') labels[key] ??= values?.[0] ?? '';
  return labels;
}
