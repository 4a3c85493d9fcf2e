import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const priorityClassMissing = objectRule()({
  id: 'priority-class-missing',
  group: 'workloads',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'pod-priority-preemption',
  sources: ['polaris/priorityClassNotSet'],
  messages: {
    missing:
      'Without priorityClassName the pods have the standard priority: on a full cluster others may push them out.',
  },

  check({ object }, { report }) {
    const base = templatePath(object.kind);
    const spec = podTemplateOf(object)?.spec;
    if (base && spec && !spec.priorityClassName)
      report('missing', [...base, 'spec', 'priorityClassName'], { at: 'key' });
  },
});
