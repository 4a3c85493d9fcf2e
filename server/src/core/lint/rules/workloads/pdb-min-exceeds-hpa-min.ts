import { parseIntOrPercent, scaled } from '../../../kube/intOrPercent.ts';
import { scalerOf } from '../../../kube/scaling.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const pdbMinExceedsHpaMin = objectRule<PodDisruptionBudget>()({
  id: 'pdb-min-exceeds-hpa-min',
  group: 'workloads',
  severity: 'warning',
  scope: 'workspace',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-blocks-drain',
  sources: [
    'polaris/pdbMinAvailableGreaterThanHPAMinReplicas',
    'polaris/pdbMinAvailableGreaterThanOrEqualToHPAMinReplicas',
  ],
  messages: {
    exceeds:
      'minAvailable {value} leaves nothing to evict when {scaler} is at its minimum of {min}: drains wait until there is load again.',
    theMinimum: '{scaler} goes down to {min}',
    lower: 'Lower minAvailable to {lower}',
    allowOne: 'Allow one at a time: maxUnavailable 1',
  },

  check({ object, ref }, { store, report }) {
    const { minAvailable, selector } = object.spec ?? {};
    const least = parseIntOrPercent(minAvailable);
    if (!least) return;
    for (const workload of store.workloadsMatching(ref.namespace ?? DEFAULT_NAMESPACE, selector)) {
      const scaler = scalerOf(store, workload);
      if (!scaler || scaler.min < 1 || scaled(least, scaler.min, 'up') < scaler.min) continue;
      const data = {
        value: minAvailable,
        min: scaler.min,
        scaler: `${scaler.resource.ref.kind} ${scaler.resource.ref.name}`,
      };
      const lower = scaler.min - 1;
      const path = ['spec', 'minAvailable'];
      report('exceeds', path, {
        data,
        related: [{ resource: scaler.resource, path: scaler.minPath, message: 'theMinimum', data }],
        fixes: [
          ...(lower > 0
            ? [
                {
                  title: 'lower' as const,
                  data: { lower },
                  edits: [{ op: 'set' as const, path, value: lower }],
                },
              ]
            : []),
          {
            title: 'allowOne',
            edits: [
              { op: 'set', path: ['spec', 'maxUnavailable'], value: 1 },
              { op: 'delete', path },
            ],
          },
        ],
      });
      return;
    }
  },
});
