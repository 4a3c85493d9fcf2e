import { boundsOf } from '../../hpaBounds.ts';
import { objectRule } from '../../rule.ts';

export const hpaMinReplicas = objectRule()({
  id: 'hpa-min-replicas',
  group: 'workloads',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: ['HorizontalPodAutoscaler'],
  case: 'hpa-bounds',
  sources: [
    'kube-score/horizontalpodautoscaler-replicas',
    'kube-linter/hpa-minimum-three-replicas',
    'polaris/hpaMinAvailability',
  ],
  params: { minReplicas: 2 },
  messages: {
    low: 'The autoscaler goes down to {min} of at least {wanted} replicas.',
    raise: 'Go no lower than {wanted}',
  },

  check({ object }, { params, report }) {
    const { min = 1, minPath } = boundsOf(object);
    const wanted = params.minReplicas;
    if (min >= wanted) return;
    report('low', minPath, {
      data: { min, wanted },
      fixes: [{ title: 'raise', data: { wanted }, edits: [{ op: 'set', path: minPath, value: wanted }] }],
    });
  },
});
