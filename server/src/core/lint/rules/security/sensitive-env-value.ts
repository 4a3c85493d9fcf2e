import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';
import { SECRET_NAMES, SECRET_VALUES, secretIn } from '../../secretText.ts';

export const sensitiveEnvValue = objectRule()({
  id: 'sensitive-env-value',
  group: 'security',
  severity: 'warning',
  confidence: 'likely',
  scope: 'object',
  kinds: 'pods',
  case: 'secret-in-plain-text',
  sources: ['kube-linter/env-var-secret', 'polaris/sensitiveContainerEnvVar'],
  params: { namePattern: SECRET_NAMES, valuePattern: SECRET_VALUES },
  messages: {
    name: 'Variable {name} has its value in the manifest: everyone who reads the manifest or the pod reads the secret.',
    value:
      'The value of variable {name} is a key or token: everyone who reads the manifest or the pod reads it.',
    useSecret: 'Take it from key {key} of Secret {secret}',
  },

  check({ object, ref }, { params, report }) {
    for (const { container, path } of containersOf(object))
      for (const [index, variable] of (container.env ?? []).entries()) {
        const { name = '', value } = variable ?? {};
        const found = secretIn(name, value, params.namePattern, params.valuePattern);
        if (!found) continue;
        const place = [...path, 'env', index];
        const data = { name, key: name, secret: ref.name };
        report(found, [...place, 'value'], {
          data,
          fixes: [
            {
              title: 'useSecret',
              data,
              edits: [
                {
                  op: 'set',
                  path: [...place, 'valueFrom'],
                  value: { secretKeyRef: { name: ref.name, key: name } },
                },
                { op: 'delete', path: [...place, 'value'] },
              ],
            },
          ],
        });
      }
  },
});
