import { missingResourceRule } from '../../missingResource.ts';

export const cpuLimitMissing = missingResourceRule({
  id: 'cpu-limit-missing',
  list: 'limits',
  resource: 'cpu',
  severity: 'hint',
  enabled: false,
  case: 'cpu-throttling-probe-timeouts',
  sources: [
    'kube-score/container-resources',
    'kube-linter/unset-cpu-requirements',
    'polaris/cpuLimitsMissing',
    'popeye/106',
    'popeye/107',
  ],
  standard: '500m',
  messages: {
    missing: 'Container {container} has no CPU limit: it may use all the time that its node has to spare.',
    set: 'Limit CPU to {value}',
  },
});
