import { capabilitiesOf, effectiveSecurity } from '../../../kube/effectiveSecurity.ts';
import { containersOf, podTemplateOf } from '../../../kube/workload.ts';
import { hasLegacyAppArmor, hasLegacySeccomp } from '../../legacyProfiles.ts';
import { objectRule } from '../../rule.ts';

export const linuxHardeningMissing = objectRule()({
  id: 'linux-hardening-missing',
  group: 'security',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'container-hardening',
  sources: ['polaris/linuxHardening'],
  messages: {
    none: 'Container {container} is restricted by none of AppArmor, seccomp, SELinux and dropped capabilities.',
    seccomp: 'Use the seccomp profile of the runtime',
  },

  check({ object }, { report }) {
    const template = podTemplateOf(object);
    for (const { container, label, path } of containersOf(object)) {
      const { seccompType, appArmorType, hasSeLinux } = effectiveSecurity(template?.spec, container);
      const { add, drop } = capabilitiesOf(container);
      const name = container.name ?? '';
      if (isProfile(seccompType) || isProfile(appArmorType) || hasSeLinux) continue;
      if (drop.length > 0 && !add.includes('ALL')) continue;
      if (hasLegacyAppArmor(template, name) || hasLegacySeccomp(template, name)) continue;
      const place = [...path, 'securityContext', 'seccompProfile'];
      report('none', place, {
        data: { container: label },
        fixes: [{ title: 'seccomp', edits: [{ op: 'set', path: place, value: { type: 'RuntimeDefault' } }] }],
      });
    }
  },
});

const isProfile = (type: string | undefined): boolean =>
  type !== undefined && type !== '' && type !== 'Unconfined';
