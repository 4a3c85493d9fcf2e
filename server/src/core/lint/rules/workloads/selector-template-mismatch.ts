import { matchesSelector } from '../../../kube/selector.ts';
import type { WorkloadObject } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { CONTROLLERS, selectorOf } from '../../workloads.ts';

const LABELS = ['spec', 'template', 'metadata', 'labels'];

export const selectorTemplateMismatch = objectRule<WorkloadObject>()({
  id: 'selector-template-mismatch',
  group: 'workloads',
  severity: 'error',
  scope: 'object',
  kinds: CONTROLLERS,
  case: 'workload-selector-mismatch',
  sources: [
    'kube-score/deployment-pod-selector-labels-match-template-metadata-labels',
    'kube-score/statefulset-pod-selector-labels-match-template-metadata-labels',
    'kube-linter/mismatching-selector',
  ],
  messages: {
    differs:
      'The selector wants {key}={wanted}, the pod template has {key}={has}: the API server refuses the workload.',
    missing:
      'The selector wants {key}={wanted}, which the pod template does not have: the API server refuses the workload.',
    expressions:
      'The expressions of the selector do not match the labels of the pod template: the API server refuses the workload.',
    theLabel: 'the pod template has {key}={has}',
    setLabel: 'Label the pods {key}={wanted}',
  },

  check(resource, { report }) {
    const own = selectorOf(resource.object);
    if (!own) return;
    const labels = resource.object.spec?.template?.metadata?.labels;
    const { matchLabels, matchExpressions } = own.selector;
    const wrong = Object.entries(matchLabels ?? {}).filter(([key, wanted]) => labels?.[key] !== wanted);
    const [first] = wrong;
    if (first) {
      const [key, wanted] = first;
      const has = labels?.[key];
      const data = { key, wanted, has };
      report(has === undefined ? 'missing' : 'differs', [...own.path, key], {
        data,
        related: has === undefined ? [] : [{ resource, path: [...LABELS, key], message: 'theLabel', data }],
        fixes: [
          {
            title: 'setLabel',
            data,
            safe: wrong.length === 1,
            edits: wrong.map(([key, value]) => ({ op: 'set', path: [...LABELS, key], value })),
          },
        ],
      });
    } else if (matchExpressions && !matchesSelector({ matchExpressions }, labels))
      report('expressions', ['spec', 'selector', 'matchExpressions'], { at: 'key' });
  },
});
