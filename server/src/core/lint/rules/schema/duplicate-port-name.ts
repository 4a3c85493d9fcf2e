import { isBuiltinGroup } from '../../../kube/object.ts';
import { groupOf } from '../../../kube/ref.ts';
import type { Service } from '../../../kube/types.ts';
import { containersOf } from '../../../kube/workload.ts';
import { duplicatesIn, freeName, type Named } from '../../duplicates.ts';
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
    const tell = (
      names: readonly Named[],
      message: 'inService' | 'inContainer' | 'inPod',
      container?: string,
    ): void => {
      for (const { name, first, again } of duplicatesIn(names))
        for (const { path } of again) {
          const free = freeName(
            name,
            names.map((other) => other.name),
          );
          report(message, path, {
            ...(message === 'inPod' ? { severity: 'warning' } : {}),
            data: { name, container },
            related: [{ resource, path: first.path, message: 'theFirst', data: { name } }],
            fixes: [{ title: 'rename', data: { free }, edits: [{ op: 'set', path, value: free }] }],
          });
        }
    };

    if (ref.kind === 'Service' && isBuiltinGroup(groupOf(ref.apiVersion))) {
      const ports = object.spec?.ports ?? [];
      tell(
        ports.map(({ name }, index) => ({ name, path: ['spec', 'ports', index, 'name'] })),
        'inService',
      );
      return;
    }
    const perContainer = containersOf(object).map(({ container, path }) => ({
      container: container.name ?? '?',
      names: (container.ports ?? []).map(({ name }, index) => ({
        name,
        path: [...path, 'ports', index, 'name'],
      })),
    }));
    for (const { container, names } of perContainer) tell(names, 'inContainer', container);
    // Once a container: what is twice in one of them has been told.
    tell(
      perContainer.flatMap(({ names }) =>
        names.filter(({ name }, index) => names.findIndex((other) => other.name === name) === index),
      ),
      'inPod',
    );
  },
});
