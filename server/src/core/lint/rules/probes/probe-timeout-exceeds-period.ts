import { longRunning } from '../../../kube/workload.ts';
import { probesOf, timingOf } from '../../probes.ts';
import { objectRule } from '../../rule.ts';

export const probeTimeoutExceedsPeriod = objectRule()({
  id: 'probe-timeout-exceeds-period',
  group: 'probes',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'probe-timing',
  messages: {
    exceeds:
      'timeoutSeconds {timeout} is above periodSeconds {period}: attempts do not overlap, so a hanging one delays those after it.',
    lowerTimeout: 'Lower the timeout to {period} s',
    raisePeriod: 'Raise the period to {timeout} s',
  },

  check({ object }, { report }) {
    for (const { container, path } of longRunning(object))
      for (const { field, probe } of probesOf(container)) {
        const { timeoutSeconds: timeout, periodSeconds: period } = timingOf(probe);
        if (timeout <= period) continue;
        const data = { timeout, period };
        const place = [...path, field];
        report('exceeds', [...place, 'timeoutSeconds'], {
          data,
          fixes: [
            {
              title: 'lowerTimeout',
              data,
              edits: [{ op: 'set', path: [...place, 'timeoutSeconds'], value: period }],
            },
            {
              title: 'raisePeriod',
              data,
              edits: [{ op: 'set', path: [...place, 'periodSeconds'], value: timeout }],
            },
          ],
        });
      }
  },
});
