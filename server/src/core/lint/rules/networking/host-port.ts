import { containersOf, podTemplateOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const hostPort = objectRule()({
  id: 'host-port',
  group: 'networking',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'hostport-conflict',
  sources: ['polaris/hostPortSet'],
  podSecurity: 'baseline',
  params: { exemptKinds: ['DaemonSet'] as readonly string[] },
  messages: {
    taken: 'hostPort {port} is taken on the node: only one such pod fits on each node, and the others wait.',
    remove: 'Remove hostPort',
  },

  check({ object, ref }, { params, report }) {
    // On the node's network every port is a port of the node: that is told by host-network.
    if (params.exemptKinds.includes(ref.kind) || podTemplateOf(object)?.spec?.hostNetwork === true) return;
    for (const { container, path } of containersOf(object))
      for (const [index, port] of (container.ports ?? []).entries()) {
        if (!port?.hostPort) continue;
        const place = [...path, 'ports', index, 'hostPort'];
        report('taken', place, {
          data: { port: port.hostPort },
          fixes: [{ title: 'remove', edits: [{ op: 'delete', path: place }] }],
        });
      }
  },
});
