import { effectiveSecurity } from '../../../kube/effectiveSecurity.ts';
import { containersOf, podTemplateOf } from '../../../kube/workload.ts';
import { hasLegacySeccomp } from '../../legacyProfiles.ts';
import { objectRule } from '../../rule.ts';

export const seccompProfileMissing = objectRule()({
  id: 'seccomp-profile-missing',
  group: 'security',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'container-hardening',
  sources: ['kube-score/container-seccomp-profile'],
  podSecurity: 'restricted',
  messages: {
    missing: 'Container {container} has no seccomp profile: it may make every system call.',
    seccomp: 'Use the seccomp profile of the runtime',
  },

  check({ object }, { report }) {
    const template = podTemplateOf(object);
    for (const { container, label, path } of containersOf(object)) {
      const name = container.name ?? '';
      if (effectiveSecurity(template?.spec, container).seccompType || hasLegacySeccomp(template, name))
        continue;
      const place = [...path, 'securityContext', 'seccompProfile'];
      report('missing', place, {
        data: { container: label },
        fixes: [{ title: 'seccomp', edits: [{ op: 'set', path: place, value: { type: 'RuntimeDefault' } }] }],
      });
    }
  },
});
