import { declaredPorts, mentionsPort, protocolOf, targetPortOf } from '../../../kube/ports.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { longRunning } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const serviceTargetPortUndeclared = objectRule<Service>()({
  id: 'service-target-port-undeclared',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['Service'],
  case: 'targetport-mismatch',
  sources: ['popeye/1106'],
  messages: {
    undeclared:
      'Port {target} is not among the ports that {workloads} declare: {offered}; connections are refused unless something listens there.',
    undeclaredDefault:
      'Without targetPort the Service sends to port {target}, which is not among the ports that {workloads} declare: {offered}.',
    thePorts: 'The ports of {workload}',
    usePort: 'Send to port {port}',
  },

  check({ object, ref }, { store, report }) {
    const { selector, ports = [], type } = object.spec ?? {};
    if (!selector || type === 'ExternalName' || ports.length === 0) return;
    const workloads = store.workloadsWithLabels(ref.namespace ?? DEFAULT_NAMESPACE, selector);
    const [first] = workloads;
    if (!first) return;
    const declared = workloads.map((workload) => declaredPorts(workload));
    // A pod that declares nothing may listen anywhere.
    if (declared.some((list) => list.length === 0)) return;
    const all = declared.flat();
    for (const [index, port] of ports.entries()) {
      const target = targetPortOf(port);
      if (typeof target !== 'number' || all.some(({ port }) => port.containerPort === target)) continue;
      if (workloads.some(({ object }) => longRunning(object).some((c) => mentionsPort(c.container, target))))
        continue;
      const usable = all.filter((candidate) => protocolOf(candidate.port) === protocolOf(port));
      const numbers = [...new Set(usable.flatMap(({ port }) => port.containerPort ?? []))];
      const written = port.targetPort !== undefined;
      report(
        written ? 'undeclared' : 'undeclaredDefault',
        ['spec', 'ports', index, written ? 'targetPort' : 'port'],
        {
          data: {
            target,
            workloads: workloads.map(({ ref }) => `${ref.kind}/${ref.name}`).join(', '),
            offered: [...new Set(all.flatMap(({ port }) => port.containerPort ?? []))].join(', '),
          },
          related: [
            {
              resource: first,
              path: declared[0]?.[0]?.path.slice(0, -1) ?? [],
              message: 'thePorts',
              data: { workload: `${first.ref.kind}/${first.ref.name}` },
            },
          ],
          fixes: numbers.slice(0, 3).map((number) => ({
            title: 'usePort',
            data: { port: number },
            edits: [{ op: 'set', path: ['spec', 'ports', index, 'targetPort'], value: number }],
          })),
        },
      );
    }
  },
});
