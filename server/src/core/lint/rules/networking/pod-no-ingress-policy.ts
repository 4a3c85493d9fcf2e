import { isolationRule } from '../../isolation.ts';

export const podNoIngressPolicy = isolationRule({
  id: 'pod-no-ingress-policy',
  direction: 'ingress',
  sources: ['kube-score/pod-networkpolicy', 'polaris/missingNetworkPolicy', 'popeye/1204'],
  messages: {
    open: 'No NetworkPolicy for ingress selects these pods: everything may connect to them.',
    fix: 'Add {type} to policyTypes of {policy}; what no rule allows is denied then',
  },
});
