import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { uniqueNameRule } from '../../duplicates.ts';

export const duplicateContainerName = uniqueNameRule({
  id: 'duplicate-container-name',
  messages: {
    duplicate: 'Two containers of the pod have the name {name}; the API server refuses the object.',
    theFirst: 'The first container {name}',
  },

  namesOf(object) {
    const base = templatePath(object.kind) ?? [];
    const ephemeral = podTemplateOf(object)?.spec?.ephemeralContainers ?? [];
    return [
      ...containersOf(object).map(({ container, path }) => ({
        name: container.name,
        path: [...path, 'name'],
      })),
      ...ephemeral.map(({ name }, index) => ({
        name,
        path: [...base, 'spec', 'ephemeralContainers', index, 'name'],
      })),
    ];
  },
});
