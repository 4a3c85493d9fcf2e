import type { Handler } from '../../../kube/types.ts';
import { longRunning, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

/** https://pkg.go.dev/k8s.io/api/core/v1#PodSpec */
const DEFAULT_GRACE = 30;

export const gracePeriodShorterThanPrestop = objectRule()({
  id: 'grace-period-shorter-than-prestop',
  group: 'probes',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'graceful-shutdown-race',
  params: { margin: 5 },
  messages: {
    short:
      'preStop of container {container} sleeps {sleep} s of the {grace} s grace period: {rest} s are left for the process to end before it is killed.',
    none: 'preStop of container {container} sleeps {sleep} s, the grace period ends after {grace} s: the process is killed without a chance to end.',
    raise: 'Raise terminationGracePeriodSeconds to {wanted}',
  },

  check({ object }, { params, report }) {
    const spec = podTemplateOf(object)?.spec;
    const base = templatePath(object.kind);
    if (!spec || !base) return;
    const grace = spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE;
    for (const { container, label, path } of longRunning(object)) {
      const sleep = sleepOf(container.lifecycle?.preStop);
      if (sleep === undefined || grace >= sleep + params.margin) continue;
      const wanted = sleep + DEFAULT_GRACE;
      report(grace > sleep ? 'short' : 'none', [...path, 'lifecycle', 'preStop'], {
        at: 'key',
        data: { container: label, sleep, grace, rest: grace - sleep },
        fixes: [
          {
            title: 'raise',
            safe: true,
            data: { wanted },
            edits: [{ op: 'set', path: [...base, 'spec', 'terminationGracePeriodSeconds'], value: wanted }],
          },
        ],
      });
    }
  },
});

/** Seconds that a hook sleeps: its own action, or a `sleep N` in its command. */
function sleepOf(hook: Handler | undefined): number | undefined {
  if (typeof hook?.sleep?.seconds === 'number') return hook.sleep.seconds;
  const command = hook?.exec?.command;
  const script = Array.isArray(command) ? command.filter((word) => typeof word === 'string').join(' ') : '';
  const seconds = [...script.matchAll(/\bsleep\s+(\d+)(?![\w.])/g)].map((match) => Number(match[1]));
  return seconds.length > 0 ? seconds.reduce((sum, one) => sum + one, 0) : undefined;
}
