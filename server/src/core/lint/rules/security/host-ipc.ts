import { hostNamespaceRule } from '../../hostNamespace.ts';

export const hostIpc = hostNamespaceRule({
  id: 'host-ipc',
  field: 'hostIPC',
  sources: ['kube-linter/host-ipc', 'polaris/hostIPCSet'],
  messages: {
    shared: 'The pod shares the memory segments and queues of the processes on its node.',
    remove: 'Remove hostIPC',
  },
});
