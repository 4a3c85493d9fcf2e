import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const hostNetworkDnsPolicy = objectRule()({
  id: 'host-network-dns-policy',
  group: 'networking',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'host-network-dns',
  messages: {
    fallsBack:
      'On the network of the node dnsPolicy ClusterFirst asks the resolver of the node: names of Services do not resolve.',
    withHostNet: 'Ask the cluster DNS: ClusterFirstWithHostNet',
  },

  check({ object }, { report }) {
    const spec = podTemplateOf(object)?.spec;
    const base = templatePath(object.kind);
    if (!base || spec?.hostNetwork !== true || (spec.dnsPolicy ?? 'ClusterFirst') !== 'ClusterFirst') return;
    const path = [...base, 'spec', 'dnsPolicy'];
    report('fallsBack', spec.dnsPolicy === undefined ? [...base, 'spec', 'hostNetwork'] : path, {
      ...(spec.dnsPolicy === undefined ? { at: 'key' as const } : {}),
      fixes: [
        { title: 'withHostNet', safe: true, edits: [{ op: 'set', path, value: 'ClusterFirstWithHostNet' }] },
      ],
    });
  },
});
