/** Rules that ask every container that stays for a probe: a matter of policy, so they are off until asked for. */
import { matchesGlob } from '../glob.ts';
import { longRunning } from '../kube/workload.ts';
import type { ProbeField } from './probes.ts';
import { objectRule, type Rule } from './rule.ts';

/** Pods of these end, and a probe would only cut them short. */
const ENDING = ['Job', 'CronJob'];

export interface MissingProbe {
  id: string;
  field: ProbeField;
  sources: readonly string[];
  messages: { missing: string; probePort: string };
}

export const missingProbeRule = ({ id, field, sources, messages }: MissingProbe): Rule =>
  objectRule()({
    id,
    group: 'probes',
    severity: 'hint',
    enabled: false,
    scope: 'object',
    kinds: 'pods',
    case: 'probes-missing',
    sources,
    /** Globs of container names that need no probe. */
    params: { exempt: [] as readonly string[] },
    messages,

    check({ object }, { params, report }) {
      if (ENDING.includes(object.kind)) return;
      for (const { container, label, path } of longRunning(object)) {
        if (container[field] || params.exempt.some((glob) => matchesGlob(glob, container.name ?? '')))
          continue;
        const first = (container.ports ?? []).find(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
        const port = first?.name ?? first?.containerPort;
        report('missing', [...path, field], {
          data: { container: label },
          fixes:
            port === undefined
              ? []
              : [
                  {
                    title: 'probePort',
                    data: { port },
                    edits: [{ op: 'set', path: [...path, field], value: { tcpSocket: { port } } }],
                  },
                ],
        });
      }
    },
  });
