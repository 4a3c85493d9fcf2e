import { hostNamespaceRule } from '../../hostNamespace.ts';

export const hostPid = hostNamespaceRule({
  id: 'host-pid',
  field: 'hostPID',
  sources: ['kube-linter/host-pid', 'polaris/hostPIDSet'],
  messages: {
    shared: 'The pod sees the processes of its node, with their environment and files.',
    remove: 'Remove hostPID',
  },
});
