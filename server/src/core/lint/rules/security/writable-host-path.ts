import { hostPathsOf } from '../../hostPaths.ts';
import { objectRule } from '../../rule.ts';

export const writableHostPath = objectRule()({
  id: 'writable-host-path',
  group: 'security',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'host-path-exposure',
  sources: ['kube-linter/writable-host-mount'],
  messages: {
    writable: 'Container {container} may write to {path} of the node.',
    readOnly: 'Mount it read-only',
  },

  check({ object }, { report }) {
    for (const { hostPath, mounts } of hostPathsOf(object))
      for (const { container, readOnly, path } of mounts)
        if (!readOnly)
          report('writable', [...path, 'readOnly'], {
            data: { container, path: hostPath },
            fixes: [{ title: 'readOnly', edits: [{ op: 'set', path: [...path, 'readOnly'], value: true }] }],
          });
  },
});
