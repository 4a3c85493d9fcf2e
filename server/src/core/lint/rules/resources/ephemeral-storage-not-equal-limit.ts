import { unequalResourceRule } from '../../unequalResource.ts';

export const ephemeralStorageNotEqualLimit = unequalResourceRule({
  id: 'ephemeral-storage-not-equal-limit',
  resource: 'ephemeral-storage',
  sources: ['kube-score/container-ephemeral-storage-request-equals-limit'],
  messages: {
    differs:
      'Container {container} requests {request} of ephemeral storage and may use {limit}: above its request it is evicted first.',
    noLimit:
      'Container {container} requests {request} of ephemeral storage without a limit: above its request it is evicted first.',
    raiseRequest: 'Request the limit of {limit}',
    setLimit: 'Limit ephemeral storage to the request of {request}',
  },
});
