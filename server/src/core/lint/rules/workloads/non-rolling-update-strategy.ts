import type { WorkloadObject } from '../../../kube/types.ts';
import { mountsClaim } from '../../claims.ts';
import { objectRule } from '../../rule.ts';

const ROLLING = ['RollingUpdate', 'Rolling'];

export const nonRollingUpdateStrategy = objectRule<WorkloadObject>()({
  id: 'non-rolling-update-strategy',
  group: 'workloads',
  severity: 'info',
  scope: 'workspace',
  kinds: ['Deployment', 'apps.openshift.io/DeploymentConfig'],
  case: 'rollout-downtime',
  sources: ['kube-score/deployment-strategy', 'kube-linter/no-rolling-update-strategy'],
  params: { allowWithRwo: true },
  messages: {
    stops: 'Strategy {type} stops all pods before it starts new ones: every rollout is an outage.',
    roll: 'Roll the update out pod by pod',
  },

  check({ object }, { store, params, report }) {
    const type = object.spec?.strategy?.type;
    if (type === undefined || ROLLING.includes(type)) return;
    // A volume that only one pod can have has to be let go of first.
    if (params.allowWithRwo && mountsClaim(object, store)) return;
    const path = ['spec', 'strategy', 'type'];
    report('stops', path, {
      data: { type },
      fixes:
        object.kind === 'Deployment'
          ? [{ title: 'roll', edits: [{ op: 'set', path, value: 'RollingUpdate' }] }]
          : [],
    });
  },
});
