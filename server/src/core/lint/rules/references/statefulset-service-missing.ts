import { matchesLabels } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Service, WorkloadObject } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { objectBeside, selectingLabels, servicePorts } from '../../newObjects.ts';
import { type FixSpec, objectRule } from '../../rule.ts';

const PATH = ['spec', 'serviceName'];

export const statefulsetServiceMissing = objectRule<WorkloadObject>()({
  id: 'statefulset-service-missing',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['StatefulSet'],
  case: 'statefulset-headless-dns',
  sources: ['kube-score/statefulset-has-servicename'],
  messages: {
    noName: 'The StatefulSet names no Service; its pods have no DNS names of their own.',
    missing:
      'Service {name} is not declared in namespace {namespace}; the pods of the StatefulSet have no DNS names of their own.',
    notSelected:
      'Service {name} does not select the pods of the StatefulSet; they have no DNS names of their own.',
    theSelector: 'The selector of Service {name}',
    useService: 'Use Service {near}',
    create: 'Create the headless Service {name} in this file',
  },

  check(resource, { store, report }) {
    const { object, ref } = resource;
    const { spec } = object;
    if (!spec) return;
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const labels = spec.template?.metadata?.labels ?? {};
    const name = spec.serviceName;
    const named = name
      ? store.get<Service>({ apiVersion: 'v1', kind: 'Service', namespace, name })
      : undefined;
    if (named && selects(named, labels)) return;

    const services = store
      .list<Service>('Service', namespace, '')
      .filter(({ object }) => object.spec?.type !== 'ExternalName');
    const selecting = services.filter((service) => selects(service, labels));
    const headless = selecting.find(({ object }) => object.spec?.clusterIP === 'None');
    const useService = (near: string | undefined) =>
      near === undefined
        ? []
        : [
            {
              title: 'useService' as const,
              data: { near },
              edits: [{ op: 'set' as const, path: PATH, value: near }],
            },
          ];

    if (name === undefined || name === '') {
      report('noName', PATH, { at: 'key', fixes: useService(headless?.ref.name) });
      return;
    }
    const service = services.find((candidate) => candidate.ref.name === name);
    if (!service) {
      if (services.length === 0) return;
      const near = nearest(
        name,
        services.map((candidate) => candidate.ref.name),
      );
      report('missing', PATH, {
        data: { name, namespace },
        fixes: [...useService(near ?? headless?.ref.name), ...headlessService(resource, name)],
      });
      return;
    }
    // A Service without selector may have its endpoints written by hand; pods without labels are half typed.
    if (!service.object.spec?.selector || Object.keys(labels).length === 0 || selects(service, labels))
      return;
    report('notSelected', PATH, {
      data: { name },
      related: [{ resource: service, path: ['spec', 'selector'], message: 'theSelector', data: { name } }],
      fixes: useService(headless?.ref.name),
    });
  },
});

/** The Service that the StatefulSet names. */
function headlessService(resource: Resource, name: string): FixSpec<'create'>[] {
  const selector = selectingLabels(resource);
  if (!selector) return [];
  const ports = servicePorts(resource);
  const spec = { clusterIP: 'None', selector, ...(ports.length > 0 ? { ports } : {}) };
  const create = objectBeside(resource, { apiVersion: 'v1', kind: 'Service', name, spec });
  return [{ title: 'create', data: { name }, create }];
}

function selects({ object }: Resource<Service>, labels: Record<string, string>): boolean {
  const selector = object.spec?.selector ?? {};
  return Object.keys(selector).length > 0 && matchesLabels(selector, labels);
}
