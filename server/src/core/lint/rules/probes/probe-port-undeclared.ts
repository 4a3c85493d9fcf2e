import { mentionsPort } from '../../../kube/ports.ts';
import { longRunning } from '../../../kube/workload.ts';
import { handlerPort, handlersOf } from '../../probes.ts';
import { objectRule } from '../../rule.ts';

export const probePortUndeclared = objectRule()({
  id: 'probe-port-undeclared',
  group: 'probes',
  severity: 'info',
  confidence: 'hint',
  scope: 'object',
  kinds: 'pods',
  case: 'probe-port-mismatch',
  sources: ['kube-linter/liveness-port', 'kube-linter/readiness-port', 'kube-linter/startup-port'],
  params: { scanArgs: true },
  messages: {
    other:
      'The probe asks port {port}, container {container} declares {ports}: it fails unless something listens there.',
    none: 'The probe asks port {port}, which container {container} does not declare.',
    udp: 'The probe asks port {port}, which container {container} declares for {protocol} only: a probe connects over TCP.',
    usePort: 'Probe port {near}',
    declare: 'Declare port {port}',
  },

  check({ object }, { params, report }) {
    for (const { container, label, path } of longRunning(object))
      for (const { handler, path: at } of handlersOf(container)) {
        const used = handlerPort(handler);
        // A handler with a host of its own asks somebody else.
        if (typeof used?.port !== 'number' || (handler.httpGet?.host ?? handler.tcpSocket?.host)) continue;
        const port = used.port;
        const declared = (container.ports ?? []).filter(({ containerPort }) => containerPort === port);
        if (declared.some(({ protocol }) => (protocol ?? 'TCP') === 'TCP')) continue;
        if (params.scanArgs && mentionsPort(container, port)) continue;
        const place = [...path, ...at, ...used.path];
        const data = { port, container: label };
        const protocol = declared[0]?.protocol;
        if (protocol) {
          report('udp', place, { data: { ...data, protocol }, severity: 'warning' });
          continue;
        }
        const ports = (container.ports ?? []).filter((one) => (one.protocol ?? 'TCP') === 'TCP');
        const only = ports.length === 1 ? ports[0] : undefined;
        const near = handler.grpc ? only?.containerPort : (only?.name ?? only?.containerPort);
        report(ports.length > 0 ? 'other' : 'none', place, {
          data: { ...data, ports: ports.map(({ containerPort }) => containerPort).join(', ') },
          // Declared ports are information for people; a container that declares none hides nothing.
          ...(ports.length > 0 ? {} : { severity: 'hint' }),
          fixes: [
            ...(near === undefined
              ? []
              : [
                  {
                    title: 'usePort' as const,
                    data: { near },
                    edits: [{ op: 'set' as const, path: place, value: near }],
                  },
                ]),
            {
              title: 'declare',
              data,
              edits: [{ op: 'append', path: [...path, 'ports'], value: { containerPort: port } }],
            },
          ],
        });
      }
  },
});
