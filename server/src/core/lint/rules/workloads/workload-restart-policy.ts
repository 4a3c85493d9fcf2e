import type { WorkloadObject } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { CONTROLLERS } from '../../workloads.ts';

export const workloadRestartPolicy = objectRule<WorkloadObject>()({
  id: 'workload-restart-policy',
  group: 'workloads',
  severity: 'error',
  scope: 'object',
  kinds: CONTROLLERS,
  case: 'restart-policy-by-kind',
  messages: {
    wrong: 'restartPolicy {policy} is not possible in a {kind}: the API server takes Always only.',
    remove: 'Remove restartPolicy',
  },

  check({ object, ref }, { report }) {
    const policy = object.spec?.template?.spec?.restartPolicy;
    if (policy === undefined || policy === null || policy === 'Always') return;
    const path = ['spec', 'template', 'spec', 'restartPolicy'];
    report('wrong', path, {
      data: { policy, kind: ref.kind },
      fixes: [{ title: 'remove', safe: true, edits: [{ op: 'delete', path }] }],
    });
  },
});
