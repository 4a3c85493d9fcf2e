import { longRunning } from '../../../kube/workload.ts';
import { budgetOf, handlerOf, timingOf } from '../../probes.ts';
import { objectRule } from '../../rule.ts';

/** How much more patient the liveness probe becomes: long enough for the pod to drain and recover. */
const PATIENCE = 3;

export const probesIdentical = objectRule()({
  id: 'probes-identical',
  group: 'probes',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'crashloop-by-liveness',
  sources: ['kube-score/pod-probes-identical'],
  params: { allowLongerLiveness: true },
  messages: {
    identical:
      'Liveness and readiness of container {container} ask the same and give up after {seconds} s both: a pod that only needs a pause is restarted instead of drained.',
    raise: 'Make liveness more patient: failureThreshold {threshold}',
    remove: 'Remove the liveness probe',
  },

  check({ object }, { params, report }) {
    for (const { container, label, path } of longRunning(object)) {
      const { livenessProbe: liveness, readinessProbe: readiness } = container;
      if (!liveness || !readiness) continue;
      const handler = JSON.stringify(sorted(handlerOf(liveness)));
      if (handler === '{}' || handler !== JSON.stringify(sorted(handlerOf(readiness)))) continue;
      if (params.allowLongerLiveness && budgetOf(liveness) > budgetOf(readiness)) continue;
      const threshold = Math.ceil((budgetOf(readiness) * PATIENCE) / timingOf(liveness).periodSeconds);
      report('identical', [...path, 'livenessProbe'], {
        at: 'key',
        data: { container: label, seconds: budgetOf(liveness) },
        fixes: [
          {
            title: 'raise',
            data: { threshold },
            edits: [{ op: 'set', path: [...path, 'livenessProbe', 'failureThreshold'], value: threshold }],
          },
          { title: 'remove', edits: [{ op: 'delete', path: [...path, 'livenessProbe'] }] },
        ],
      });
    }
  },
});

/** A copy with keys in order, so that equal maps have equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
