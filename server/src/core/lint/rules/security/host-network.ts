import { hostNamespaceRule } from '../../hostNamespace.ts';

export const hostNetwork = hostNamespaceRule({
  id: 'host-network',
  field: 'hostNetwork',
  sources: ['kube-linter/host-network', 'polaris/hostNetworkSet'],
  messages: {
    shared:
      'The pod uses the network of its node: it sees all of its traffic, and NetworkPolicies do not apply to it.',
    remove: 'Remove hostNetwork',
  },
});
