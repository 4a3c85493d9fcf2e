import { formatSelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { NetworkPolicy } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { missOf, missOptions } from '../../selectorMiss.ts';

const PATH = ['spec', 'podSelector'];

export const networkpolicySelectsNothing = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-selects-nothing',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['NetworkPolicy'],
  case: 'networkpolicy-without-pods',
  sources: ['kube-score/networkpolicy-targets-pod', 'kube-linter/dangling-networkpolicy', 'popeye/1200'],
  params: { needWorkloads: true },
  messages: {
    none: 'Selector {selector} is on no pod of namespace {namespace}; the policy protects nobody.',
    near: 'Selector {selector} is on no pod of namespace {namespace}, the pods of {workload} have {labels}; the policy protects nobody.',
    elsewhere:
      'Selector {selector} is on pods of namespace {other} and on none of {namespace}; a policy protects pods of its own namespace.',
    theLabels: 'Pod labels of {workload}',
    useLabels: 'Select the pods of {workload}',
  },

  check({ object, ref }, { store, params, report }) {
    const selector = object.spec?.podSelector;
    if (!selector) return;
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const miss = missOf(store, namespace, selector, ref.name, params.needWorkloads);
    if (miss)
      report(miss.kind, ...missOptions(miss, PATH, { selector: formatSelector(selector), namespace }));
  },
});
