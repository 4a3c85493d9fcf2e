import type { Job } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

const DAY = 86_400;

export const jobTtlMissing = objectRule<Job>()({
  id: 'job-ttl-missing',
  group: 'workloads',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: ['Job'],
  case: 'finished-jobs-pile-up',
  sources: ['kube-linter/job-ttl-seconds-after-finished'],
  messages: {
    missing: 'Without ttlSecondsAfterFinished the Job and its pods stay until somebody deletes them.',
    set: 'Delete it {seconds} s after it finished',
  },

  check({ object }, { report }) {
    const ownedByCronJob = object.metadata.ownerReferences?.some(({ kind }) => kind === 'CronJob');
    if (!object.spec || ownedByCronJob || typeof object.spec.ttlSecondsAfterFinished === 'number') return;
    const path = ['spec', 'ttlSecondsAfterFinished'];
    report('missing', path, {
      at: 'key',
      fixes: [{ title: 'set', data: { seconds: DAY }, edits: [{ op: 'set', path, value: DAY }] }],
    });
  },
});
