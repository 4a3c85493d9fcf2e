import { parseIntOrPercent, scaled } from '../../../kube/intOrPercent.ts';
import { scalerOf, wantedReplicas } from '../../../kube/scaling.ts';
import type { WorkloadObject } from '../../../kube/types.ts';
import { mountsClaim } from '../../claims.ts';
import { objectRule } from '../../rule.ts';

const ROLLING = ['spec', 'strategy', 'rollingUpdate'];
const QUARTER = { kind: 'percent', value: 25 } as const;

export const rollingUpdateDowntime = objectRule<WorkloadObject>()({
  id: 'rolling-update-downtime',
  group: 'workloads',
  severity: 'warning',
  scope: 'workspace',
  kinds: ['Deployment'],
  case: 'rollout-downtime',
  messages: {
    allGone:
      'maxUnavailable {value} covers all {replicas} {replicas:replica|replicas}: a rollout may stop every old pod before a new one is ready.',
    bothZero:
      'maxUnavailable and maxSurge are both 0: no pod may go and none may come, so the API server refuses it.',
    oneByOne: 'Start a new pod before an old one goes',
  },

  check(resource, { store, report }) {
    const strategy = resource.object.spec?.strategy;
    const rolling = strategy?.rollingUpdate;
    if (!rolling || (strategy.type ?? 'RollingUpdate') !== 'RollingUpdate') return;
    const unavailable = parseIntOrPercent(rolling.maxUnavailable) ?? QUARTER;
    const surge = parseIntOrPercent(rolling.maxSurge) ?? QUARTER;
    const fixes = [
      {
        title: 'oneByOne' as const,
        edits: [
          { op: 'set' as const, path: [...ROLLING, 'maxUnavailable'], value: 0 },
          { op: 'set' as const, path: [...ROLLING, 'maxSurge'], value: 1 },
        ],
      },
    ];
    if (unavailable.value === 0 && surge.value === 0) {
      report('bothZero', [...ROLLING, 'maxUnavailable'], { severity: 'error', fixes });
      return;
    }
    const replicas = scalerOf(store, resource)?.min ?? wantedReplicas(resource) ?? 1;
    const down = scaled(unavailable, replicas, 'down');
    // Two shares that both round to nothing would stand still: one pod may go then.
    const stuck = down === 0 && scaled(surge, replicas, 'up') === 0;
    if (replicas < 1 || (stuck ? 1 : down) < replicas) return;
    // A volume that only one pod can have forces this.
    if (mountsClaim(resource.object, store)) return;
    report('allGone', [...ROLLING, rolling.maxUnavailable === undefined ? 'maxSurge' : 'maxUnavailable'], {
      data: { value: rolling.maxUnavailable ?? '25%', replicas },
      fixes,
    });
  },
});
