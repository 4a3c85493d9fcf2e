import { formatSelector, isEmptySelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { missOf, missOptions } from '../../selectorMiss.ts';

const PATH = ['spec', 'selector'];
/** Its empty selector selects nothing; that of policy/v1 selects everything. */
const V1BETA1 = 'policy/v1beta1';

export const pdbSelectsNothing = objectRule<PodDisruptionBudget>()({
  id: 'pdb-selects-nothing',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-without-pods',
  sources: ['popeye/900'],
  params: { needWorkloads: true },
  messages: {
    none: 'Selector {selector} is on no pod of namespace {namespace}; the budget protects nobody.',
    near: 'Selector {selector} is on no pod of namespace {namespace}, the pods of {workload} have {labels}; the budget protects nobody.',
    elsewhere:
      'Selector {selector} is on pods of namespace {other} and on none of {namespace}; a budget protects pods of its own namespace.',
    empty: 'An empty selector selects nothing in policy/v1beta1; the budget protects nobody.',
    theLabels: 'Pod labels of {workload}',
    useLabels: 'Select the pods of {workload}',
  },

  check({ object, ref }, { store, params, report }) {
    const selector = object.spec?.selector;
    if (!selector) return;
    if (isEmptySelector(selector)) {
      if (ref.apiVersion === V1BETA1) report('empty', PATH, { at: 'key' });
      return;
    }
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const miss = missOf(store, namespace, selector, ref.name, params.needWorkloads);
    if (miss)
      report(miss.kind, ...missOptions(miss, PATH, { selector: formatSelector(selector), namespace }));
  },
});
