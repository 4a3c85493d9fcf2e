import { scalerOf, wantedReplicas } from '../../../kube/scaling.ts';
import { matchesSelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodDisruptionBudget, WorkloadObject } from '../../../kube/types.ts';
import { objectBeside, selectingLabels } from '../../newObjects.ts';
import { objectRule } from '../../rule.ts';

export const pdbMissing = objectRule<WorkloadObject>()({
  id: 'pdb-missing',
  group: 'workloads',
  severity: 'info',
  enabled: false,
  scope: 'workspace',
  kinds: ['Deployment', 'StatefulSet'],
  case: 'pdb-missing',
  sources: [
    'kube-score/deployment-has-poddisruptionbudget',
    'kube-score/statefulset-has-poddisruptionbudget',
    'polaris/missingPodDisruptionBudget',
    'popeye/206',
  ],
  params: { minReplicas: 2 },
  messages: {
    missing: 'No disruption budget selects these pods: a drain may evict all {replicas} at once.',
    scaled: 'No disruption budget selects these pods: a drain may evict all of them at once.',
    create: 'Create PodDisruptionBudget {name} in this file: one pod at a time',
  },

  check(resource, { store, params, report }) {
    const { object, ref } = resource;
    const replicas = wantedReplicas(resource) ?? 1;
    const scaler = scalerOf(store, resource);
    if (!scaler && replicas < params.minReplicas) return;
    const labels = object.spec?.template?.metadata?.labels;
    const budgets = store.list<PodDisruptionBudget>(
      'PodDisruptionBudget',
      ref.namespace ?? DEFAULT_NAMESPACE,
    );
    if (budgets.some((budget) => matchesSelector(budget.object.spec?.selector, labels))) return;
    const selector = selectingLabels(resource);
    const { name } = ref;
    report(scaler ? 'scaled' : 'missing', ['metadata', 'name'], {
      data: { replicas },
      fixes: selector
        ? [
            {
              title: 'create',
              data: { name },
              create: objectBeside(resource, {
                apiVersion: 'policy/v1',
                kind: 'PodDisruptionBudget',
                name,
                spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
              }),
            },
          ]
        : [],
    });
  },
});
