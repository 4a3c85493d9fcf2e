import { groupOf } from '../../../kube/ref.ts';
import { isEmptySelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

/** https://pkg.go.dev/k8s.io/api/policy/v1#PodDisruptionBudgetSpec; in v1beta1 an empty selector matched nothing. */
const OLD = 'policy/v1beta1';

export const pdbEmptySelector = objectRule<PodDisruptionBudget>()({
  id: 'pdb-empty-selector',
  group: 'workloads',
  severity: 'warning',
  scope: 'object',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-invalid',
  messages: {
    missing: 'The budget has no selector: it protects no pod.',
    all: 'The empty selector selects every pod of namespace {namespace}: one budget for all workloads together.',
    none: 'The empty selector selects nothing in policy/v1beta1: the budget protects no pod.',
  },

  check({ object, ref }, { report }) {
    if (!object.spec || groupOf(ref.apiVersion) !== 'policy') return;
    const { selector } = object.spec;
    const path = ['spec', 'selector'];
    if (selector === undefined || selector === null) report('missing', path, { at: 'key' });
    else if (isEmptySelector(selector))
      report(ref.apiVersion === OLD ? 'none' : 'all', path, {
        at: 'key',
        data: { namespace: ref.namespace ?? DEFAULT_NAMESPACE },
      });
  },
});
