import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { uniqueNameRule } from '../../duplicates.ts';

export const duplicateVolumeName = uniqueNameRule({
  id: 'duplicate-volume-name',
  messages: {
    duplicate: 'Two volumes of the pod have the name {name}; the API server refuses the object.',
    theFirst: 'The first volume {name}',
  },

  namesOf(object) {
    const base = templatePath(object.kind) ?? [];
    const volumes = podTemplateOf(object)?.spec?.volumes ?? [];
    return volumes.map(({ name }, index) => ({ name, path: [...base, 'spec', 'volumes', index, 'name'] }));
  },
});
