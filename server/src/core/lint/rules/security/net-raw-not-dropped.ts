import { capabilitiesOf } from '../../../kube/effectiveSecurity.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const netRawNotDropped = objectRule()({
  id: 'net-raw-not-dropped',
  group: 'security',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'linux-capabilities',
  sources: ['kube-linter/drop-net-raw-capability'],
  messages: {
    kept: 'Container {container} keeps NET_RAW: it may forge packets on the pod network.',
    added: 'Container {container} gets NET_RAW: it may forge packets on the pod network.',
    drop: 'Drop NET_RAW',
  },

  check({ object }, { report }) {
    for (const { container, label, path } of containersOf(object)) {
      const { add, drop } = capabilitiesOf(container);
      const place = [...path, 'securityContext', 'capabilities'];
      const data = { container: label };
      const added = add.findIndex((name) => name === 'NET_RAW' || name === 'ALL');
      if (added >= 0) report('added', [...place, 'add', added], { data });
      else if (!drop.includes('NET_RAW') && !drop.includes('ALL'))
        report('kept', [...place, 'drop'], {
          at: 'key',
          data,
          fixes: [{ title: 'drop', edits: [{ op: 'append', path: [...place, 'drop'], value: 'NET_RAW' }] }],
        });
    }
  },
});
