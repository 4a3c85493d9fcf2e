/** Jobs that have failed or do not start, CronJobs that do not fire. */
import type { Resource } from '../../../kube/store.ts';
import type { CronJob, Job, Pod } from '../../../kube/types.ts';
import { ageOf, conditionOf, isSuperseded } from '../../containers.ts';
import { messageOf, millisOf } from '../../eventFacts.ts';
import { describeCommand, eventsEvidence, fieldEvidence, kubectl, sourceOf } from '../../evidence.ts';
import { ageText } from '../../ladder.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';

const jobs = ({ owners }: Scene): Resource<Job>[] =>
  owners.filter(({ ref }) => ref.kind === 'Job') as Resource<Job>[];

const FAILURES: Record<
  string,
  { reasons: readonly string[]; case: string; symptom: boolean; message: string; path: string[] }
> = {
  'job-backoff-limit': {
    reasons: ['BackoffLimitExceeded'],
    case: 'job-backoff-limit',
    symptom: true,
    message:
      'Job {name} has failed: its pods failed {failed} {failed:time|times}, and backoffLimit is {limit}.',
    path: ['spec', 'backoffLimit'],
  },
  'job-deadline-exceeded': {
    reasons: ['DeadlineExceeded'],
    case: 'job-backoff-limit',
    symptom: false,
    message: 'Job {name} was ended because it ran longer than its activeDeadlineSeconds ({deadline}).',
    path: ['spec', 'activeDeadlineSeconds'],
  },
  'job-failure-policy': {
    reasons: ['PodFailurePolicy', 'MaxFailedIndexesExceeded', 'FailedIndexes'],
    case: 'job-backoff-limit',
    symptom: true,
    message: 'Job {name} has failed by its own rules ({reason}): {message}.',
    path: ['spec'],
  },
};

const failureMode = (id: string, row: (typeof FAILURES)[string]): FailureMode =>
  defineMode({
    id,
    step: 'controller',
    severity: 'error',
    confidence: 'certain',
    case: row.case,
    ...(row.symptom
      ? { symptom: true }
      : { explains: ['exit-143-sigterm', 'exit-137-not-oom', 'pod-active-deadline-exceeded'] }),
    messages: { failed: row.message },
    detect(scene, { report }) {
      for (const job of jobs(scene)) {
        const failed = conditionOf(job.object as Pod, 'Failed');
        if (failed?.status !== 'True' || !row.reasons.includes(failed.reason ?? '')) continue;
        if (scene.object !== job && isSuperseded(scene, job)) continue;
        const { spec, status } = job.object;
        report('failed', job, {
          data: {
            name: job.ref.name,
            failed: status?.failed ?? 0,
            limit: spec?.backoffLimit ?? 6,
            deadline: spec?.activeDeadlineSeconds ?? '?',
            reason: failed.reason,
            message: (failed.message ?? '').replace(/\.$/, ''),
          },
          path: row.path,
          evidence: [
            {
              source: sourceOf(job.ref),
              path: 'status.conditions[Failed]',
              text: [failed.reason, failed.message].filter(Boolean).join(': '),
            },
          ],
          affects: scene.childrenOf(job),
          commands: describeCommand(job.ref),
        });
      }
    },
  });

export const jobFailureModes: readonly FailureMode[] = Object.entries(FAILURES).map(([id, row]) =>
  failureMode(id, row),
);

export const jobSuspended = defineMode({
  id: 'job-suspended',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'workload-switched-off',
  messages: { suspended: 'Job {name} is suspended (spec.suspend true): none of its pods is started.' },
  detect(scene, { report }) {
    for (const job of jobs(scene)) {
      if (job.object.spec?.suspend !== true) continue;
      report('suspended', job, {
        data: { name: job.ref.name },
        path: ['spec', 'suspend'],
        evidence: [fieldEvidence(job, ['spec', 'suspend'])],
        commands: describeCommand(job.ref),
      });
    }
  },
});

const NOT_FIRING = new Set([
  'UnparseableSchedule',
  'InvalidSchedule',
  'UnknownTimeZone',
  'TooManyMissedTimes',
  'MissSchedule',
  'FailedCreate',
]);

/** What of its spec an event is about, where that is not the schedule. */
const FIELDS: Record<string, string> = { UnknownTimeZone: 'timeZone', FailedCreate: 'jobTemplate' };

export const cronJobNotFiring = defineMode({
  id: 'cronjob-not-firing',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'cronjob-missed-starts',
  messages: {
    suspended: 'CronJob {name} is suspended (spec.suspend true): it starts no Jobs.',
    event: 'CronJob {name} with schedule {schedule} does not start Jobs: {reason}.',
    overlap:
      'CronJob {name} skips its runs because Job {job} of {age} ago still runs and concurrencyPolicy is Forbid.',
  },
  detect(scene, { report }) {
    for (const owner of scene.owners) {
      if (owner.ref.kind !== 'CronJob') continue;
      const cron = owner as Resource<CronJob>;
      const { spec, status } = cron.object;
      const data = { name: cron.ref.name, schedule: spec?.schedule };
      const commands = [...describeCommand(cron.ref), ...kubectl(cron.ref.namespace, 'get', 'jobs')];
      if (spec?.suspend) {
        const evidence = [fieldEvidence(cron, ['spec', 'suspend'])];
        report('suspended', cron, { data, path: ['spec', 'suspend'], evidence, commands });
        continue;
      }
      const lastRun = Date.parse(status?.lastScheduleTime ?? '') || 0;
      const event = scene
        .eventsOf(cron)
        .find((found) => NOT_FIRING.has(found.reason ?? '') && millisOf(found) > lastRun);
      if (event) {
        const path = ['spec', FIELDS[event.reason ?? ''] ?? 'schedule'];
        report('event', cron, {
          data: { ...data, reason: messageOf(event).replace(/\.$/, '') },
          path,
          evidence: [
            ...eventsEvidence([event]),
            // Who refuses a Job says why; its template is long.
            ...(event.reason === 'FailedCreate' ? [] : [fieldEvidence(cron, path)]),
          ],
          commands,
        });
        continue;
      }
      const blocked = scene.eventsOf(cron).find(({ reason }) => reason === 'JobAlreadyActive');
      const [active] = status?.active ?? [];
      if (spec?.concurrencyPolicy !== 'Forbid' || !blocked || !active?.name) continue;
      const job = scene.find<Job>('Job', cron.ref.namespace, active.name);
      if (!job || ageOf(scene.now, job.object.metadata.creationTimestamp) < 60_000) continue;
      report('overlap', cron, {
        data: { ...data, job: active.name, age: ageText(scene, job.object.metadata.creationTimestamp) },
        path: ['spec', 'concurrencyPolicy'],
        severity: 'warning',
        evidence: [...eventsEvidence([blocked]), fieldEvidence(cron, ['spec', 'concurrencyPolicy'])],
        affects: [job],
        commands,
      });
    }
  },
});
