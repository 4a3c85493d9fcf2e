import { declaredPorts, protocolOf } from '../../../kube/ports.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { objectRule } from '../../rule.ts';

export const serviceTargetPortNameMissing = objectRule<Service>()({
  id: 'service-target-port-name-missing',
  group: 'references',
  severity: 'error',
  scope: 'workspace',
  kinds: ['Service'],
  case: 'targetport-mismatch',
  sources: ['popeye/1106'],
  messages: {
    missing:
      'Port name {name} is on none of the containers of {workloads}; they declare {offered}, and this port of the Service has no endpoints.',
    missingAll:
      'Port name {name} is on none of the containers of {workloads}, which declare no port; this port of the Service has no endpoints.',
    theContainer: 'The containers of {workload}',
    useName: 'Use port name {name}',
    namePort: 'Name container port {port} of {workload} {name}',
  },

  check({ object, ref }, { store, report }) {
    const { selector, ports = [], type } = object.spec ?? {};
    if (!selector || type === 'ExternalName') return;
    const named = ports.flatMap((port, index) =>
      typeof port.targetPort === 'string' && /[a-z]/i.test(port.targetPort)
        ? [{ port, name: port.targetPort, index }]
        : [],
    );
    if (named.length === 0) return;
    const workloads = store.workloadsWithLabels(ref.namespace ?? DEFAULT_NAMESPACE, selector);
    const [first] = workloads;
    if (!first) return;
    const declared = workloads.flatMap((workload) =>
      declaredPorts(workload).map((declaredPort) => ({ ...declaredPort, workload })),
    );
    for (const { port, name, index } of named) {
      // The same name with another protocol is another mistake, with another rule.
      if (declared.some((candidate) => candidate.port.name === name)) continue;
      const usable = declared.filter((candidate) => protocolOf(candidate.port) === protocolOf(port));
      const names = [...new Set(usable.flatMap((candidate) => candidate.port.name ?? []))];
      const nameless = usable.filter((candidate) => candidate.port.name === undefined);
      const byNumber =
        nameless.find((candidate) => candidate.port.containerPort === port.port) ?? onlyOne(nameless);
      const choices = names.length <= 3 ? names : [nearest(name, names) ?? names[0] ?? ''];
      report(declared.length > 0 ? 'missing' : 'missingAll', ['spec', 'ports', index, 'targetPort'], {
        data: {
          name,
          workloads: workloads.map(({ ref }) => `${ref.kind}/${ref.name}`).join(', '),
          offered: declared.map(({ port }) => formatPort(port)).join(', '),
        },
        related: [
          {
            resource: first,
            path: declaredPorts(first)[0]?.path.slice(0, -1) ?? [],
            message: 'theContainer',
            data: { workload: `${first.ref.kind}/${first.ref.name}` },
          },
        ],
        fixes: [
          ...choices.map((choice) => ({
            title: 'useName' as const,
            data: { name: choice },
            edits: [{ op: 'set' as const, path: ['spec', 'ports', index, 'targetPort'], value: choice }],
          })),
          ...(byNumber
            ? [
                {
                  title: 'namePort' as const,
                  data: {
                    port: byNumber.port.containerPort,
                    workload: `${byNumber.workload.ref.kind}/${byNumber.workload.ref.name}`,
                    name,
                  },
                  edits: [
                    {
                      op: 'set' as const,
                      path: [...byNumber.path, 'name'],
                      value: name,
                      resource: byNumber.workload,
                    },
                  ],
                },
              ]
            : []),
        ],
      });
    }
  },
});

const onlyOne = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

const formatPort = ({ name, containerPort }: { name?: string; containerPort?: number }): string =>
  name === undefined ? String(containerPort ?? '?') : `${name} (${containerPort ?? '?'})`;
