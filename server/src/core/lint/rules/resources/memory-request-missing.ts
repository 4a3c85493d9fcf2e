import { missingResourceRule } from '../../missingResource.ts';

export const memoryRequestMissing = missingResourceRule({
  id: 'memory-request-missing',
  list: 'requests',
  resource: 'memory',
  severity: 'info',
  enabled: true,
  case: 'resource-requests-missing',
  sources: ['kube-score/container-resources', 'polaris/memoryRequestsMissing', 'popeye/106'],
  standard: '128Mi',
  messages: {
    missing:
      'Container {container} has no memory request: the scheduler counts it as nothing, and a full node evicts it first.',
    set: 'Request {value} of memory',
  },
});
