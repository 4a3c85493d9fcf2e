import type { Service, ServicePort } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const servicePortNameMissing = objectRule<Service>()({
  id: 'service-port-name-missing',
  group: 'references',
  severity: 'error',
  scope: 'object',
  kinds: ['Service'],
  case: 'service-port-names',
  messages: {
    missing:
      'The port has no name beside others: the API server refuses a Service of several ports unless all have names.',
    name: 'Name it {name}',
  },

  check({ object }, { report }) {
    const ports = object.spec?.ports ?? [];
    if (ports.length < 2) return;
    const taken = new Set(ports.flatMap((port) => port?.name || []));
    for (const [index, port] of ports.entries()) {
      if (!port || port.name) continue;
      const name = nameFor(port, taken);
      taken.add(name);
      const path = ['spec', 'ports', index, 'name'];
      report('missing', path, {
        fixes: [{ title: 'name', safe: true, data: { name }, edits: [{ op: 'set', path, value: name }] }],
      });
    }
  },
});

/** The name that the pods use, else one made of the number; one that is taken gets the protocol as well. */
function nameFor({ targetPort, port, protocol }: ServicePort, taken: ReadonlySet<string>): string {
  if (typeof targetPort === 'string' && targetPort !== '' && !taken.has(targetPort)) return targetPort;
  const name = `port-${port ?? ''}`;
  return taken.has(name) ? `${name}-${(protocol ?? 'TCP').toLowerCase()}` : name;
}
