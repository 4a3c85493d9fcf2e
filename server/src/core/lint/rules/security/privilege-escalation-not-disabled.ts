import { capabilitiesOf } from '../../../kube/effectiveSecurity.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const privilegeEscalationNotDisabled = objectRule()({
  id: 'privilege-escalation-not-disabled',
  group: 'security',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'privilege-escalation',
  sources: ['polaris/privilegeEscalationAllowed'],
  podSecurity: 'restricted',
  messages: {
    unset:
      'Container {container} does not deny allowPrivilegeEscalation: programs may gain more rights than they were started with.',
    deny: 'Deny it',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of containersOf(object)) {
      const security = container.securityContext;
      if (typeof security?.allowPrivilegeEscalation === 'boolean' || security?.privileged === true) continue;
      if (capabilitiesOf(container).add.includes('SYS_ADMIN')) continue;
      const place = [...path, 'securityContext', 'allowPrivilegeEscalation'];
      report('unset', place, {
        data: { container: label },
        fixes: [{ title: 'deny', edits: [{ op: 'set', path: place, value: false }] }],
      });
    }
  },
});
