import { containersOf } from '../../../kube/workload.ts';
import { duplicatesIn } from '../../duplicates.ts';
import { objectRule } from '../../rule.ts';

export const duplicateMountPath = objectRule()({
  id: 'duplicate-mount-path',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'duplicate-list-entries',
  messages: {
    duplicate: 'Container {container} mounts two volumes at {path}; the API server refuses the object.',
    theFirst: 'The first mount at {path}',
    remove: 'Delete the second mount at {path}',
  },

  check(resource, { report }) {
    for (const { container, label, path: at } of containersOf(resource.object)) {
      const mounts = (container.volumeMounts ?? []).map(({ mountPath }, index) => ({
        name: mountPath,
        path: [...at, 'volumeMounts', index, 'mountPath'],
      }));
      for (const { name: path, first, again } of duplicatesIn(mounts))
        for (const mount of again)
          report('duplicate', mount.path, {
            data: { container: label, path },
            related: [{ resource, path: first.path, message: 'theFirst', data: { path } }],
            fixes: [
              { title: 'remove', data: { path }, edits: [{ op: 'delete', path: mount.path.slice(0, -1) }] },
            ],
          });
    }
  },
});
