import { capabilitiesOf } from '../../../kube/effectiveSecurity.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const allowPrivilegeEscalation = objectRule()({
  id: 'allow-privilege-escalation',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'privilege-escalation',
  sources: ['kube-linter/privilege-escalation-container', 'polaris/privilegeEscalationAllowed'],
  podSecurity: 'restricted',
  messages: {
    allowed: 'Container {container} lets programs gain more rights than they were started with.',
    implied:
      '{cause} of container {container} lets programs gain more rights, whatever allowPrivilegeEscalation says.',
    deny: 'Deny it',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of containersOf(object)) {
      const { privileged, allowPrivilegeEscalation } = container.securityContext ?? {};
      const place = [...path, 'securityContext'];
      const data = { container: label };
      const admin = capabilitiesOf(container).add.indexOf('SYS_ADMIN');
      if (privileged === true)
        report('implied', [...place, 'privileged'], {
          at: 'key',
          severity: 'info',
          data: { ...data, cause: 'privileged' },
        });
      else if (admin >= 0)
        report('implied', [...place, 'capabilities', 'add', admin], {
          severity: 'info',
          data: { ...data, cause: 'SYS_ADMIN' },
        });
      else if (allowPrivilegeEscalation === true) {
        const field = [...place, 'allowPrivilegeEscalation'];
        report('allowed', field, {
          data,
          fixes: [{ title: 'deny', edits: [{ op: 'set', path: field, value: false }] }],
        });
      }
    }
  },
});
