import { scalerOf, wantedReplicas } from '../../../kube/scaling.ts';
import { matchesSelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodAffinityTerm, WorkloadObject } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { looksInto, REPLICATED, selectorOf } from '../../workloads.ts';

export const noPodSpread = objectRule<WorkloadObject>()({
  id: 'no-pod-spread',
  group: 'workloads',
  severity: 'info',
  enabled: false,
  scope: 'workspace',
  kinds: REPLICATED,
  case: 'single-replica-outage',
  sources: [
    'kube-score/deployment-has-host-podantiaffinity',
    'kube-score/statefulset-has-host-podantiaffinity',
    'kube-linter/no-anti-affinity',
  ],
  params: {
    minReplicas: 2,
    countTopologySpread: true,
    /** Topology keys that count; none: all of them. */
    topologyKeys: [] as readonly string[],
  },
  messages: {
    together:
      'Nothing keeps the {replicas} replicas apart: all of them may run on one node and go down with it.',
    scaled: 'Nothing keeps the replicas apart: all of them may run on one node and go down with it.',
    spread: 'Spread them over the nodes',
  },

  check(resource, { store, params, report }) {
    const { spec } = resource.object;
    const replicas = wantedReplicas(resource) ?? 1;
    const scaler = scalerOf(store, resource);
    if (!scaler && replicas < params.minReplicas) return;
    const labels = spec?.template?.metadata?.labels;
    const namespace = resource.ref.namespace ?? DEFAULT_NAMESPACE;
    const counts = (term: PodAffinityTerm): boolean =>
      term.topologyKey !== undefined &&
      (params.topologyKeys.length === 0 || params.topologyKeys.includes(term.topologyKey)) &&
      looksInto(term, namespace) &&
      matchesSelector(term.labelSelector, labels);
    const pod = spec?.template?.spec;
    const anti = pod?.affinity?.podAntiAffinity;
    const terms: (PodAffinityTerm | undefined)[] = [
      ...(anti?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(anti?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => one?.podAffinityTerm),
      ...(params.countTopologySpread ? (pod?.topologySpreadConstraints ?? []) : []),
    ];
    if (terms.some((term) => term && counts(term))) return;
    const own = selectorOf(resource.object)?.selector ?? (labels ? { matchLabels: labels } : undefined);
    report(scaler ? 'scaled' : 'together', scaler ? ['metadata', 'name'] : ['spec', 'replicas'], {
      data: { replicas },
      fixes: own
        ? [
            {
              title: 'spread',
              edits: [
                {
                  op: 'append',
                  path: ['spec', 'template', 'spec', 'topologySpreadConstraints'],
                  value: {
                    maxSkew: 1,
                    topologyKey: 'kubernetes.io/hostname',
                    whenUnsatisfiable: 'ScheduleAnyway',
                    labelSelector: own,
                  },
                },
              ],
            },
          ]
        : [],
    });
  },
});
