import { missingResourceRule } from '../../missingResource.ts';

export const cpuRequestMissing = missingResourceRule({
  id: 'cpu-request-missing',
  list: 'requests',
  resource: 'cpu',
  severity: 'info',
  enabled: true,
  case: 'resource-requests-missing',
  sources: [
    'kube-score/container-resources',
    'kube-linter/unset-cpu-requirements',
    'polaris/cpuRequestsMissing',
    'popeye/106',
  ],
  standard: '100m',
  messages: {
    missing:
      'Container {container} has no CPU request: the scheduler counts it as nothing, and a busy node gives it what is left.',
    set: 'Request {value} of CPU',
  },
});
