import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { tellDuplicates } from '../../duplicates.ts';
import { objectRule } from '../../rule.ts';

export const duplicateVolumeName = objectRule()({
  id: 'duplicate-volume-name',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'duplicate-list-entries',
  messages: {
    duplicate: 'Two volumes of the pod have the name {name}; the API server refuses the object.',
    theFirst: 'The first volume {name}',
    rename: 'Rename the second to {free}',
  },

  check(resource, { report }) {
    const base = templatePath(resource.ref.kind);
    const volumes = podTemplateOf(resource.object)?.spec?.volumes;
    if (!base || !volumes) return;
    const names = volumes.map(({ name }, index) => ({
      name,
      path: [...base, 'spec', 'volumes', index, 'name'],
    }));
    tellDuplicates(resource, names, 'duplicate', report);
  },
});
