import { effectiveSecurity } from '../../../kube/effectiveSecurity.ts';
import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

const GROUP = 10_001;

export const runAsRootGroup = objectRule()({
  id: 'run-as-root-group',
  group: 'security',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'container-runs-as-root',
  sources: ['kube-linter/run-as-non-root'],
  messages: {
    root: 'Container {container} runs with the group of root: runAsGroup is 0.',
    own: 'Run with group {group}',
  },

  check({ object }, { report }) {
    const spec = podTemplateOf(object)?.spec;
    const base = templatePath(object.kind);
    if (!base) return;
    const told = new Set<string>();
    for (const { container, label, path } of containersOf(object)) {
      if (effectiveSecurity(spec, container).runAsGroup !== 0) continue;
      const own = container.securityContext?.runAsGroup === 0;
      const place = [...(own ? path : [...base, 'spec']), 'securityContext', 'runAsGroup'];
      // One value of the pod is one finding, however many containers it reaches.
      if (told.has(place.join('/'))) continue;
      told.add(place.join('/'));
      report('root', place, {
        data: { container: label },
        fixes: [{ title: 'own', data: { group: GROUP }, edits: [{ op: 'set', path: place, value: GROUP }] }],
      });
    }
  },
});
