import { capabilityName } from '../../../kube/effectiveSecurity.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const dangerousCapabilityAdded = objectRule()({
  id: 'dangerous-capability-added',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'linux-capabilities',
  sources: ['polaris/dangerousCapabilities'],
  podSecurity: 'baseline',
  params: {
    list: [
      'ALL',
      'SYS_ADMIN',
      'NET_ADMIN',
      'SYS_PTRACE',
      'SYS_MODULE',
      'SYS_RAWIO',
      'SYS_BOOT',
      'SYS_TIME',
      'DAC_READ_SEARCH',
      'MAC_ADMIN',
      'MAC_OVERRIDE',
      'BPF',
      'PERFMON',
      'NET_RAW',
    ] as readonly string[],
  },
  messages: {
    added: 'Container {container} gets capability {name}, which reaches beyond the container.',
    remove: 'Remove {name}',
  },

  check({ object }, { params, report }) {
    for (const { container, label, path } of containersOf(object)) {
      const add = container.securityContext?.capabilities?.add;
      for (const [index, written] of (Array.isArray(add) ? add : []).entries()) {
        if (typeof written !== 'string') continue;
        const name = capabilityName(written);
        if (!params.list.includes(name)) continue;
        const place = [...path, 'securityContext', 'capabilities', 'add', index];
        report('added', place, {
          data: { container: label, name },
          fixes: [{ title: 'remove', data: { name }, edits: [{ op: 'delete', path: place }] }],
        });
      }
    }
  },
});
