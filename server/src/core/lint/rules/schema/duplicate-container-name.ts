import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { tellDuplicates } from '../../duplicates.ts';
import { objectRule } from '../../rule.ts';

export const duplicateContainerName = objectRule()({
  id: 'duplicate-container-name',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'duplicate-list-entries',
  messages: {
    duplicate: 'Two containers of the pod have the name {name}; the API server refuses the object.',
    theFirst: 'The first container {name}',
    rename: 'Rename the second to {free}',
  },

  check(resource, { report }) {
    const base = templatePath(resource.ref.kind);
    const ephemeral = podTemplateOf(resource.object)?.spec?.ephemeralContainers ?? [];
    const names = [
      ...containersOf(resource.object).map(({ container, path }) => ({
        name: container.name,
        path: [...path, 'name'],
      })),
      ...ephemeral.map(({ name }, index) => ({
        name,
        path: [...(base ?? []), 'spec', 'ephemeralContainers', index, 'name'],
      })),
    ];
    tellDuplicates(resource, names, 'duplicate', report);
  },
});
