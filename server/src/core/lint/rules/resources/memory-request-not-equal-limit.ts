import { unequalResourceRule } from '../../unequalResource.ts';

export const memoryRequestNotEqualLimit = unequalResourceRule({
  id: 'memory-request-not-equal-limit',
  resource: 'memory',
  sources: [
    'kube-score/container-memory-requests-equal-limits',
    'kube-score/container-resource-requests-equal-limits',
  ],
  messages: {
    differs:
      'Container {container} requests {request} of memory and may use {limit}: what is above its request is not reserved.',
    noLimit:
      'Container {container} requests {request} of memory without a limit: what is above its request is not reserved.',
    raiseRequest: 'Request the limit of {limit}',
    setLimit: 'Limit memory to the request of {request}',
  },
});
