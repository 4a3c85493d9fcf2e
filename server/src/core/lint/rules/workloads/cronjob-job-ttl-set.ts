import type { CronJob } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const cronjobJobTtlSet = objectRule<CronJob>()({
  id: 'cronjob-job-ttl-set',
  group: 'workloads',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: ['CronJob'],
  case: 'finished-jobs-pile-up',
  sources: ['kube-linter/job-ttl-seconds-after-finished'],
  messages: {
    set: 'ttlSecondsAfterFinished {seconds} deletes Jobs that the history limits of the CronJob mean to keep.',
    remove: 'Remove ttlSecondsAfterFinished',
  },

  check({ object }, { report }) {
    const seconds = object.spec?.jobTemplate?.spec?.ttlSecondsAfterFinished;
    if (typeof seconds !== 'number') return;
    const path = ['spec', 'jobTemplate', 'spec', 'ttlSecondsAfterFinished'];
    report('set', path, {
      data: { seconds },
      fixes: [{ title: 'remove', edits: [{ op: 'delete', path }] }],
    });
  },
});
