import { isGoing, lifecycleRule } from '../../lifecycleRule.ts';

export const deprecatedApiVersion = lifecycleRule({
  id: 'deprecated-api-version',
  severity: 'warning',
  isTold: isGoing,
  messages: {
    replaced:
      '{apiVersion} {kind} is deprecated since {deprecated} and not served from {removed} on; {successor} is there already.',
    alone: '{apiVersion} {kind} is deprecated since {deprecated} and not served from {removed} on.',
  },
});
