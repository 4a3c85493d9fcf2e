import { isolationRule } from '../../isolation.ts';

export const podNoNetworkPolicy = isolationRule({
  id: 'pod-no-network-policy',
  sources: [
    'kube-score/pod-networkpolicy',
    'kube-linter/non-isolated-pod',
    'polaris/missingNetworkPolicy',
    'popeye/1204',
    'popeye/1205',
  ],
  messages: {
    open: 'No NetworkPolicy of namespace {namespace} selects these pods: everything may connect to them, and they to everything.',
    fix: 'Create NetworkPolicy {name} in this file: only pods of its namespace may connect',
  },
});
