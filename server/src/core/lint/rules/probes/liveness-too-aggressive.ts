import { longRunning } from '../../../kube/workload.ts';
import { budgetOf, handlerOf, timingOf } from '../../probes.ts';
import { objectRule } from '../../rule.ts';

const STARTUP_FAILURES = 30;

export const livenessTooAggressive = objectRule()({
  id: 'liveness-too-aggressive',
  group: 'probes',
  severity: 'warning',
  confidence: 'hint',
  scope: 'object',
  kinds: 'pods',
  case: 'crashloop-by-liveness',
  params: { minDelay: 10, minBudget: 30 },
  messages: {
    aggressive:
      'Liveness of container {container} gives up {seconds} s after the start, without a startup probe: a slow start is killed and begins again.',
    startupProbe: 'Add a startup probe that allows {allowed} s',
  },

  check({ object }, { params, report }) {
    for (const { container, label, path } of longRunning(object)) {
      const { livenessProbe: liveness, startupProbe } = container;
      if (!liveness || startupProbe) continue;
      const { initialDelaySeconds, periodSeconds } = timingOf(liveness);
      if (initialDelaySeconds >= params.minDelay || budgetOf(liveness) >= params.minBudget) continue;
      const value = { ...handlerOf(liveness), periodSeconds, failureThreshold: STARTUP_FAILURES };
      report('aggressive', [...path, 'livenessProbe'], {
        at: 'key',
        data: { container: label, seconds: initialDelaySeconds + budgetOf(liveness) },
        fixes: [
          {
            title: 'startupProbe',
            data: { allowed: periodSeconds * STARTUP_FAILURES },
            edits: [{ op: 'set', path: [...path, 'startupProbe'], value }],
          },
        ],
      });
    }
  },
});
