import { isGone, lifecycleRule } from '../../lifecycleRule.ts';

export const removedApiVersion = lifecycleRule({
  id: 'removed-api-version',
  severity: 'error',
  isTold: isGone,
  messages: {
    replaced:
      '{apiVersion} {kind} is not served since {removed}, {successor} is; the API server refuses the object.',
    alone:
      '{apiVersion} {kind} is not served since {removed}, and nothing takes its place; the API server refuses the object.',
  },
});
