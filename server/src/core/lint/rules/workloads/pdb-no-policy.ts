import type { PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const pdbNoPolicy = objectRule<PodDisruptionBudget>()({
  id: 'pdb-no-policy',
  group: 'workloads',
  severity: 'warning',
  scope: 'object',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-invalid',
  sources: ['kube-score/poddisruptionbudget-has-policy'],
  messages: {
    none: 'The budget has neither minAvailable nor maxUnavailable: it allows no eviction, and drains wait for ever.',
    allowOne: 'Allow one at a time: maxUnavailable 1',
  },

  check({ object }, { report }) {
    const { minAvailable, maxUnavailable } = object.spec ?? {};
    if ((minAvailable ?? maxUnavailable ?? undefined) !== undefined) return;
    report('none', ['spec', 'maxUnavailable'], {
      at: 'key',
      fixes: [{ title: 'allowOne', edits: [{ op: 'set', path: ['spec', 'maxUnavailable'], value: 1 }] }],
    });
  },
});
