import {
  formatSelector,
  isEmptySelector,
  type LabelSelector,
  type Labels,
  matchesSelector,
} from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodAffinityTerm } from '../../../kube/types.ts';
import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { nearest } from '../../../nearest.ts';
import { objectRule } from '../../rule.ts';
import { looksInto } from '../../workloads.ts';

export const topologySpreadSelectorMismatch = objectRule()({
  id: 'topology-spread-selector-mismatch',
  group: 'workloads',
  severity: 'warning',
  confidence: 'likely',
  scope: 'object',
  kinds: 'pods',
  case: 'topology-spread-ineffective',
  messages: {
    spread:
      'Selector {selector} does not match the labels of these pods: the constraint counts none of them and spreads nothing.',
    elsewhere:
      'The anti-affinity looks at namespace {namespaces} only: it does not keep these pods, of namespace {namespace}, from each other.',
    here: 'Look at the own namespace',
    antiAffinity:
      'Selector {selector} nearly matches the labels of these pods: the anti-affinity keeps them away from others, not from each other.',
    useLabels: 'Select {labels}',
  },

  check({ object, ref }, { report }) {
    const template = podTemplateOf(object);
    const base = templatePath(object.kind);
    const labels = template?.metadata?.labels;
    if (!base || !labels) return;
    const tell = (
      message: 'spread' | 'antiAffinity',
      selector: LabelSelector,
      path: (string | number)[],
    ): void => {
      const own = ownLabels(selector, labels);
      report(message, path, {
        at: 'key',
        data: { selector: formatSelector(selector) },
        fixes: own
          ? [
              {
                title: 'useLabels',
                data: { labels: formatSelector(own) },
                edits: [{ op: 'set', path, value: { matchLabels: own } }],
              },
            ]
          : [],
      });
    };

    for (const [i, { labelSelector } = {}] of (template.spec?.topologySpreadConstraints ?? []).entries())
      if (labelSelector && !matchesSelector(labelSelector, labels))
        tell('spread', labelSelector, [...base, 'spec', 'topologySpreadConstraints', i, 'labelSelector']);

    const anti = template.spec?.affinity?.podAntiAffinity;
    const at = [...base, 'spec', 'affinity', 'podAntiAffinity'];
    const terms: { term: PodAffinityTerm | undefined; path: (string | number)[] }[] = [
      ...(anti?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term, i) => ({
        term,
        path: [...at, 'requiredDuringSchedulingIgnoredDuringExecution', i],
      })),
      ...(anti?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one, i) => ({
        term: one?.podAffinityTerm,
        path: [...at, 'preferredDuringSchedulingIgnoredDuringExecution', i, 'podAffinityTerm'],
      })),
    ];
    // Keeping away from other pods is what anti-affinity is for as well: only a slip is told.
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    if (
      terms.some(
        ({ term }) => term && looksInto(term, namespace) && matchesSelector(term.labelSelector, labels),
      )
    )
      return;
    for (const { term, path } of terms) {
      if (!term?.labelSelector) continue;
      if (matchesSelector(term.labelSelector, labels))
        report('elsewhere', [...path, 'namespaces'], {
          at: 'key',
          data: { namespaces: term.namespaces?.join(', '), namespace },
          fixes: [{ title: 'here', edits: [{ op: 'delete', path: [...path, 'namespaces'] }] }],
        });
      else if (isSlip(term.labelSelector, labels))
        tell('antiAffinity', term.labelSelector, [...path, 'labelSelector']);
    }
  },
});

/** The pods' own values of the keys that a selector names; undefined when they have not all of them. */
function ownLabels(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels,
): Labels | undefined {
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
  const own: Record<string, string> = {};
  for (const key of keys) {
    const value = labels[key];
    if (value === undefined) return undefined;
    own[key] = value;
  }
  return keys.length > 0 ? own : undefined;
}

const isSlip = (selector: LabelSelector, labels: Labels): boolean =>
  !isEmptySelector(selector) &&
  Object.entries(selector.matchLabels ?? {}).some(([key, value]) => {
    const own = labels[key];
    return own !== undefined && own !== value && nearest(value, [own]) !== undefined;
  });
