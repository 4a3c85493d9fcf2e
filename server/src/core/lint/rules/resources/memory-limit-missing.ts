import { missingResourceRule } from '../../missingResource.ts';

export const memoryLimitMissing = missingResourceRule({
  id: 'memory-limit-missing',
  list: 'limits',
  resource: 'memory',
  severity: 'info',
  enabled: true,
  case: 'oomkilled-vs-node-oom',
  sources: [
    'kube-score/container-resources',
    'kube-linter/unset-memory-requirements',
    'polaris/memoryLimitsMissing',
    'popeye/106',
    'popeye/107',
  ],
  standard: '128Mi',
  messages: {
    missing: 'Container {container} has no memory limit: it can grow until the node evicts its neighbours.',
    set: 'Limit memory to {value}',
  },
});
