import { isolationRule } from '../../isolation.ts';

export const podNoEgressPolicy = isolationRule({
  id: 'pod-no-egress-policy',
  direction: 'egress',
  sources: ['kube-score/pod-networkpolicy', 'polaris/missingNetworkPolicy', 'popeye/1204'],
  messages: {
    open: 'No NetworkPolicy for egress selects these pods: they may connect to everything.',
    fix: 'Add {type} to policyTypes of {policy}; what no rule allows is denied then',
  },
});
