import { capabilitiesOf, DEFAULT_CAPABILITIES } from '../../../kube/effectiveSecurity.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const capabilitiesNotDropped = objectRule()({
  id: 'capabilities-not-dropped',
  group: 'security',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'linux-capabilities',
  sources: ['polaris/insecureCapabilities'],
  podSecurity: 'restricted',
  messages: {
    kept: 'Container {container} keeps the capabilities that the runtime gives to every container.',
    drop: 'Drop all capabilities',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of containersOf(object)) {
      const { drop } = capabilitiesOf(container);
      if (drop.includes('ALL') || DEFAULT_CAPABILITIES.every((name) => drop.includes(name))) continue;
      const place = [...path, 'securityContext', 'capabilities', 'drop'];
      report('kept', place, {
        at: 'key',
        data: { container: label },
        fixes: [{ title: 'drop', edits: [{ op: 'set', path: place, value: ['ALL'] }] }],
      });
    }
  },
});
