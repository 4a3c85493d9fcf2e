import { AUTOSCALERS, boundsOf } from '../../hpaBounds.ts';
import { objectRule } from '../../rule.ts';

export const hpaMinEqualsMax = objectRule()({
  id: 'hpa-min-equals-max',
  group: 'workloads',
  severity: 'info',
  scope: 'object',
  kinds: AUTOSCALERS,
  case: 'hpa-bounds',
  sources: ['polaris/hpaMaxAvailability'],
  messages: {
    equal: 'The lower and the upper bound are {max} both: the autoscaler never scales.',
    raise: 'Raise the upper bound to {higher}',
  },

  check({ object }, { report }) {
    const { min = object.kind === 'ScaledObject' ? 0 : 1, max, maxPath } = boundsOf(object);
    if (max === undefined || min !== max) return;
    const higher = max + 1;
    report('equal', maxPath, {
      data: { max },
      fixes: [{ title: 'raise', data: { higher }, edits: [{ op: 'set', path: maxPath, value: higher }] }],
    });
  },
});
