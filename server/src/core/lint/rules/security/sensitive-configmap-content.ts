import type { ConfigMap } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { SECRET_NAMES, SECRET_VALUES, secretIn } from '../../secretText.ts';

export const sensitiveConfigmapContent = objectRule<ConfigMap>()({
  id: 'sensitive-configmap-content',
  group: 'security',
  severity: 'warning',
  confidence: 'likely',
  scope: 'object',
  kinds: ['ConfigMap'],
  case: 'secret-in-plain-text',
  sources: ['polaris/sensitiveConfigmapContent'],
  params: { keyPattern: SECRET_NAMES, valuePattern: SECRET_VALUES },
  messages: {
    name: 'Key {key} of a ConfigMap looks like a secret: ConfigMaps are readable to many, and shown in plain text.',
    value:
      'The value of key {key} is a key or token: ConfigMaps are readable to many, and shown in plain text.',
  },

  check({ object }, { params, report }) {
    for (const [key, value] of Object.entries(object.data ?? {})) {
      const found = secretIn(key, value, params.keyPattern, params.valuePattern);
      if (found) report(found, ['data', key], { at: 'key', data: { key } });
    }
  },
});
