import { containersOf } from '../../../kube/workload.ts';
import { duplicatesIn } from '../../duplicates.ts';
import { objectRule } from '../../rule.ts';

export const duplicateEnvVar = objectRule()({
  id: 'duplicate-env-var',
  group: 'schema',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'duplicate-list-entries',
  sources: ['kube-score/environment-variable-key-duplication', 'kube-linter/duplicate-env-var'],
  messages: {
    duplicate: 'Variable {name} of container {container} is set again below; this value is lost.',
    theLast: 'The value that counts',
    remove: 'Delete the lost value of {name}',
  },

  check(resource, { report }) {
    for (const { container, label, path: at } of containersOf(resource.object)) {
      const variables = (container.env ?? []).map(({ name }, index) => ({
        name,
        path: [...at, 'env', index, 'name'],
      }));
      for (const { name, first, again } of duplicatesIn(variables)) {
        const last = again.at(-1);
        if (!last) continue;
        const lost = [first, ...again.slice(0, -1)];
        report('duplicate', first.path, {
          data: { name, container: label },
          related: [{ resource, path: last.path, message: 'theLast' }],
          fixes: [
            {
              title: 'remove',
              data: { name },
              edits: lost.map(({ path }) => ({ op: 'delete', path: path.slice(0, -1) })),
            },
          ],
        });
      }
    }
  },
});
