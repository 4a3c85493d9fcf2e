import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

const ALLOWED = ['OnFailure', 'Never'];

export const jobRestartPolicy = objectRule()({
  id: 'job-restart-policy',
  group: 'workloads',
  severity: 'error',
  scope: 'object',
  kinds: ['Job', 'CronJob'],
  case: 'restart-policy-by-kind',
  sources: ['kube-score/cronjob-restartpolicy'],
  messages: {
    missing: 'A {kind} without restartPolicy gets Always, which the API server refuses here.',
    wrong: 'restartPolicy {policy} is not possible in a {kind}: the API server takes OnFailure or Never.',
    onFailure: 'Restart the container in its pod: OnFailure',
    never: 'Make a new pod for each attempt: Never',
  },

  check({ object, ref }, { report }) {
    const spec = podTemplateOf(object)?.spec;
    const base = templatePath(ref.kind);
    // A template that is not there yet is told by the schema.
    if (!spec || !base || ALLOWED.includes(spec.restartPolicy ?? '')) return;
    const path = [...base, 'spec', 'restartPolicy'];
    report(spec.restartPolicy ? 'wrong' : 'missing', path, {
      data: { kind: ref.kind, policy: spec.restartPolicy },
      fixes: [
        { title: 'onFailure', edits: [{ op: 'set', path, value: 'OnFailure' }] },
        { title: 'never', edits: [{ op: 'set', path, value: 'Never' }] },
      ],
    });
  },
});
