import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const procMountUnmasked = objectRule()({
  id: 'proc-mount-unmasked',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'container-hardening',
  sources: ['kube-linter/unsafe-proc-mount', 'polaris/procMount'],
  podSecurity: 'baseline',
  messages: {
    unmasked: 'procMount {value} shows container {container} the parts of /proc that are hidden for safety.',
    remove: 'Remove procMount',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of containersOf(object)) {
      const value = container.securityContext?.procMount;
      if (value === undefined || value === null || value === 'Default') continue;
      const place = [...path, 'securityContext', 'procMount'];
      report('unmasked', place, {
        data: { container: label, value },
        fixes: [{ title: 'remove', edits: [{ op: 'delete', path: place }] }],
      });
    }
  },
});
