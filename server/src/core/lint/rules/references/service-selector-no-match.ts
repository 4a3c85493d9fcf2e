import { RUNTIME_LABELS } from '../../../kube/nearestLabels.ts';
import { formatSelector, matchesLabels } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Workload } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import {
  agreeWith,
  declaredPart,
  formatHas,
  formatWanted,
  formatWorkload,
  isMadeByOperator,
  missPath,
  nearestWorkload,
  podLabelsPath,
} from '../../selectorMiss.ts';

const PATH = ['spec', 'selector'];

export const serviceSelectorNoMatch = objectRule<Service>()({
  id: 'service-selector-no-match',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['Service'],
  case: 'service-selector-mismatch',
  sources: ['kube-score/service-targets-pod', 'kube-linter/dangling-service', 'popeye/1100'],
  params: { ignoredLabels: RUNTIME_LABELS, needWorkloads: true },
  messages: {
    none: 'Selector {selector} is on no pod of namespace {namespace}; the Service has no endpoints.',
    differs:
      'Selector {selector} is on no pod of namespace {namespace}: the pods of {workload} have {labels}; the Service has no endpoints.',
    lacks:
      'Selector {selector} is on no pod of namespace {namespace}: the pods of {workload} have no {labels}; the Service has no endpoints.',
    onWorkloadOnly:
      '{workload} carries {labels} on itself and not on its pods; the Service selects pods and has no endpoints.',
    elsewhere:
      'Selector {selector} is on pods of namespace {other} and on none of {namespace}; a Service selects pods of its own namespace.',
    theLabels: 'Pod labels of {workload}',
    useLabels: 'Select the pods of {workload}',
    labelPods: 'Label the pods of {workload} with {labels}',
  },

  check({ object, ref }, { store, params, report }) {
    const { selector: written, type } = object.spec ?? {};
    if (!written || type === 'ExternalName') return;
    const selector = declaredPart(written, params.ignoredLabels);
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    if (!selector || store.workloadsWithLabels(namespace, selector).length > 0) return;
    if (isMadeByOperator(store, namespace, selector)) return;

    const data = { selector: formatSelector(selector), namespace };
    if (params.needWorkloads && store.workloads(namespace).length === 0) {
      const elsewhere = store
        .workloads()
        .find(({ template }) => matchesLabels(selector, template.metadata?.labels));
      if (elsewhere)
        report('elsewhere', PATH, {
          at: 'key',
          data: { ...data, other: elsewhere.ref.namespace ?? DEFAULT_NAMESPACE },
          related: [theLabels(elsewhere)],
        });
      return;
    }

    const near = nearestWorkload(store, namespace, selector, ref.name);
    if (!near) {
      report('none', PATH, { at: 'key', data });
      return;
    }
    const { target, differences } = near;
    const workload = formatWorkload(target);
    const related = [theLabels(target)];
    const missing = differences.filter(({ has }) => has === undefined);
    if (differences.every(({ key, wanted }) => target.object.metadata.labels?.[key] === wanted)) {
      const labels = formatWanted(differences);
      report('onWorkloadOnly', missPath(PATH, differences), {
        data: { workload, labels },
        related,
        fixes: [
          {
            title: 'labelPods',
            data: { workload, labels },
            edits: differences.map(({ key, wanted }) => ({
              op: 'set',
              path: [...podLabelsPath(target), key],
              value: wanted,
              resource: target,
            })),
          },
        ],
      });
      return;
    }
    // Without a label left the Service would select nothing by design: no fix then.
    const keeps = Object.keys(written).length > missing.length;
    report(missing.length < differences.length ? 'differs' : 'lacks', missPath(PATH, differences), {
      data: {
        ...data,
        workload,
        labels: formatHas(differences) || missing.map(({ key }) => key).join(','),
      },
      related,
      fixes: keeps ? [{ title: 'useLabels', data: { workload }, edits: agreeWith(PATH, differences) }] : [],
    });
  },
});

const theLabels = (workload: Workload) => ({
  resource: workload,
  path: podLabelsPath(workload),
  message: 'theLabels' as const,
  data: { workload: formatWorkload(workload) },
});
