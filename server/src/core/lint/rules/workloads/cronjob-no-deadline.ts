import type { CronJob } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

const SECONDS = 200;

export const cronjobNoDeadline = objectRule<CronJob>()({
  id: 'cronjob-no-deadline',
  group: 'workloads',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: ['CronJob'],
  case: 'cronjob-missed-starts',
  sources: ['kube-score/cronjob-has-deadline'],
  messages: {
    missing: 'Without startingDeadlineSeconds a start that was missed is made up at any later hour.',
    set: 'Start no later than {seconds} s after the time',
  },

  check({ object }, { report }) {
    if (!object.spec || typeof object.spec.startingDeadlineSeconds === 'number') return;
    const path = ['spec', 'startingDeadlineSeconds'];
    report('missing', path, {
      at: 'key',
      fixes: [{ title: 'set', data: { seconds: SECONDS }, edits: [{ op: 'set', path, value: SECONDS }] }],
    });
  },
});
