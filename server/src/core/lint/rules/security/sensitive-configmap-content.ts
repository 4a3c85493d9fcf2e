import type { ConfigMap } from '../../../kube/types.ts';
import { type FixSpec, objectRule } from '../../rule.ts';
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
    toSecret: 'Make it a Secret; who refers to it has to name the Secret then',
    value:
      'The value of key {key} is a key or token: ConfigMaps are readable to many, and shown in plain text.',
  },

  check({ object }, { params, report }) {
    const fixes = toSecret(object);
    for (const [key, value] of Object.entries(object.data ?? {})) {
      const found = secretIn(key, value, params.keyPattern, params.valuePattern);
      if (found) report(found, ['data', key], { at: 'key', data: { key }, fixes });
    }
  },
});

/** `data` of a Secret is encoded, `stringData` is text; what is binary is encoded in both. */
function toSecret({ binaryData }: ConfigMap): FixSpec<'toSecret'>[] {
  if (binaryData !== undefined) return [];
  return [
    {
      title: 'toSecret',
      edits: [
        { op: 'set', path: ['kind'], value: 'Secret' },
        { op: 'rename', path: ['data'], key: 'stringData' },
      ],
    },
  ];
}
