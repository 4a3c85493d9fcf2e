import { isBuiltinGroup } from '../../../kube/object.ts';
import { groupOf } from '../../../kube/ref.ts';
import type { Service } from '../../../kube/types.ts';
import { containersOf } from '../../../kube/workload.ts';
import { tellDuplicates } from '../../duplicates.ts';
import { objectRule } from '../../rule.ts';

export const duplicatePortName = objectRule<Service>()({
  id: 'duplicate-port-name',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'duplicate-list-entries',
  sources: ['kube-score/container-ports-check'],
  messages: {
    inService: 'Two ports of the Service have the name {name}; the API server refuses the object.',
    inContainer:
      'Two ports of container {container} have the name {name}; the API server refuses the object.',
    inPod: 'Two containers of the pod have a port {name}; who asks for it by name gets the first.',
    theFirst: 'The first port {name}',
    rename: 'Rename the second to {free}',
  },

  check(resource, { report }) {
    const { object, ref } = resource;
    if (ref.kind === 'Service' && isBuiltinGroup(groupOf(ref.apiVersion))) {
      const ports = object.spec?.ports ?? [];
      const names = ports.map(({ name }, index) => ({ name, path: ['spec', 'ports', index, 'name'] }));
      tellDuplicates(resource, names, 'inService', report);
      return;
    }
    const perContainer = containersOf(object).map(({ container, label, path }) => ({
      container: label,
      names: (container.ports ?? []).map(({ name }, index) => ({
        name,
        path: [...path, 'ports', index, 'name'],
      })),
    }));
    for (const { container, names } of perContainer)
      tellDuplicates(resource, names, 'inContainer', report, { data: { container } });
    // Once a container: what is twice in one of them has been told.
    const once = perContainer.flatMap(({ names }) =>
      names.filter(({ name }, index) => names.findIndex((other) => other.name === name) === index),
    );
    tellDuplicates(resource, once, 'inPod', report, { severity: 'warning' });
  },
});
