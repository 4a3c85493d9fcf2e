import { longRunning } from '../../../kube/workload.ts';
import { nearest } from '../../../nearest.ts';
import type { Path } from '../../../path.ts';
import { handlerPort, handlersOf } from '../../probes.ts';
import { objectRule } from '../../rule.ts';

export const probePortNameMissing = objectRule()({
  id: 'probe-port-name-missing',
  group: 'probes',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'probe-port-mismatch',
  sources: ['kube-linter/liveness-port', 'kube-linter/readiness-port', 'kube-linter/startup-port'],
  messages: {
    missing: 'Port name {name} is on no port of container {container}, only {names}; the probe always fails.',
    none: 'Port name {name} is on no port of container {container}, which names none; the probe always fails.',
    quoted: 'Quoted, "{name}" is a port name and no port number; the probe always fails.',
    udp: 'Port {name} of container {container} is a {protocol} port: a probe connects over TCP and always fails.',
    useName: 'Use port name {near}',
    useNumber: 'Write the number {name} without quotes',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of longRunning(object))
      for (const { handler, path: at } of handlersOf(container)) {
        const used = handlerPort(handler);
        if (typeof used?.port !== 'string') continue;
        const name = used.port;
        const ports = container.ports ?? [];
        const place: Path = [...path, ...at, ...used.path];
        const declared = ports.find((port) => port.name === name);
        const data = { name, container: label };
        if (declared) {
          const protocol = declared.protocol ?? 'TCP';
          if (protocol !== 'TCP') report('udp', place, { data: { ...data, protocol } });
        } else if (/^\d+$/.test(name)) {
          const edits = [{ op: 'set' as const, path: place, value: Number(name) }];
          report('quoted', place, { data, fixes: [{ title: 'useNumber', data, edits }] });
        } else {
          const names = ports.flatMap((port) => port.name ?? []);
          const near = nearest(name, names) ?? (names.length === 1 ? names[0] : undefined);
          report(names.length > 0 ? 'missing' : 'none', place, {
            data: { ...data, names: names.join(', ') },
            fixes:
              near === undefined
                ? []
                : [{ title: 'useName', data: { near }, edits: [{ op: 'set', path: place, value: near }] }],
          });
        }
      }
  },
});
