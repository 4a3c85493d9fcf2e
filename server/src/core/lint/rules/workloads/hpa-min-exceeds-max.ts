import { AUTOSCALERS, boundsOf } from '../../hpaBounds.ts';
import { objectRule } from '../../rule.ts';

export const hpaMinExceedsMax = objectRule()({
  id: 'hpa-min-exceeds-max',
  group: 'workloads',
  severity: 'error',
  scope: 'object',
  kinds: AUTOSCALERS,
  case: 'hpa-bounds',
  messages: {
    exceeds: 'The lower bound {min} is above the upper bound {max}: the autoscaler is refused.',
    swap: 'Swap the bounds',
  },

  check({ object }, { report }) {
    const { min, max, minPath, maxPath } = boundsOf(object);
    if (min === undefined || max === undefined || min <= max) return;
    const data = { min, max };
    report('exceeds', minPath, {
      data,
      fixes: [
        {
          title: 'swap',
          edits: [
            { op: 'set', path: minPath, value: max },
            { op: 'set', path: maxPath, value: min },
          ],
        },
      ],
    });
  },
});
