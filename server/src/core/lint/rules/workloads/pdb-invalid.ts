import type { IntOrString, PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

const FIELDS = ['minAvailable', 'maxUnavailable'] as const;

export const pdbInvalid = objectRule<PodDisruptionBudget>()({
  id: 'pdb-invalid',
  group: 'workloads',
  severity: 'error',
  scope: 'object',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-invalid',
  sources: ['kube-linter/pdb-max-unavailable', 'kube-linter/pdb-min-available'],
  messages: {
    both: 'A budget takes minAvailable or maxUnavailable, not both: the API server refuses it.',
    negative: '{field} {value} is negative: the API server refuses the budget.',
    notPercent: '{field} "{value}" is text: it takes a number, or a percentage such as 50%.',
    above: '{field} {value} is above 100%: the API server refuses the budget.',
    keepMin: 'Keep minAvailable',
    keepMax: 'Keep maxUnavailable',
    useNumber: 'Write the number {value} without quotes',
    usePercent: 'Write {value}%',
  },

  check({ object }, { report }) {
    const spec = object.spec ?? {};
    if (isSet(spec.minAvailable) && isSet(spec.maxUnavailable))
      report('both', ['spec', 'minAvailable'], {
        at: 'key',
        fixes: [
          { title: 'keepMin', edits: [{ op: 'delete', path: ['spec', 'maxUnavailable'] }] },
          { title: 'keepMax', edits: [{ op: 'delete', path: ['spec', 'minAvailable'] }] },
        ],
      });
    for (const field of FIELDS) {
      const value = spec[field];
      if (!isSet(value)) continue;
      const path = ['spec', field];
      const data = { field, value };
      if (typeof value === 'number') {
        if (value < 0) report('negative', path, { data });
      } else if (!/^\d+%$/.test(value)) {
        const isNumber = /^\d+$/.test(value);
        report('notPercent', path, {
          data,
          fixes: isNumber
            ? [
                { title: 'useNumber', data, edits: [{ op: 'set', path, value: Number(value) }] },
                { title: 'usePercent', data, edits: [{ op: 'set', path, value: `${value}%` }] },
              ]
            : [],
        });
      } else if (Number.parseInt(value, 10) > 100) report('above', path, { data });
    }
  },
});

const isSet = (value: IntOrString | undefined | null): value is IntOrString =>
  value !== undefined && value !== null;
