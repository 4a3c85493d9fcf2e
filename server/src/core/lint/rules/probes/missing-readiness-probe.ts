import { findTargetPort } from '../../../kube/ports.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../../../kube/store.ts';
import type { Container, Service } from '../../../kube/types.ts';
import { longRunning, podTemplateOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

/** Pods of these end: nobody waits for them to be ready. */
const ENDING = ['Job', 'CronJob'];

export const missingReadinessProbe = objectRule()({
  id: 'missing-readiness-probe',
  group: 'probes',
  severity: 'warning',
  scope: 'workspace',
  kinds: 'pods',
  case: 'probes-missing',
  sources: ['kube-score/pod-probes'],
  messages: {
    missing:
      'No container has a readiness probe: Service {service} sends requests as soon as the process starts, and goes on when it hangs.',
    other:
      'Container {container} has no readiness probe: Service {service} sends requests to it while another container answers for it.',
    theService: 'Service {service} selects these pods',
    probePort: 'Add a readiness probe on port {port}',
  },

  check(resource, { store, report }) {
    if (ENDING.includes(resource.ref.kind)) return;
    const service = serviceOf(store, resource);
    if (!service) return;
    const containers = longRunning(resource.object);
    const first = containers.find(({ role }) => role === 'main') ?? containers[0];
    if (!first) return;
    const owner = ownerOf(service, resource, containers);
    const anyProbe = containers.some(({ container }) => container.readinessProbe);
    if (anyProbe && (!owner || owner.container.readinessProbe)) return;

    const { container, label, path } = owner ?? first;
    const data = { service: service.ref.name, container: label };
    const port = portOf(container);
    report(anyProbe ? 'other' : 'missing', [...path, 'readinessProbe'], {
      data,
      ...(anyProbe ? { severity: 'info' } : {}),
      related: [{ resource: service, path: ['spec', 'selector'], message: 'theService', data }],
      fixes:
        port === undefined
          ? []
          : [
              {
                title: 'probePort',
                data: { port },
                edits: [{ op: 'set', path: [...path, 'readinessProbe'], value: { tcpSocket: { port } } }],
              },
            ],
    });
  },
});

/** A Service that sends to these pods once they are ready. */
function serviceOf(store: Store, { object, ref }: Resource): Resource<Service> | undefined {
  return store
    .servicesSelecting(ref.namespace ?? DEFAULT_NAMESPACE, podTemplateOf(object)?.metadata?.labels)
    .find(({ object: { spec } }) => spec?.type !== 'ExternalName' && spec?.publishNotReadyAddresses !== true);
}

/** The container that the Service's ports lead to, when all of them lead to declared ports of one container. */
function ownerOf(
  service: Resource<Service>,
  workload: Pick<Resource, 'object'>,
  containers: ReturnType<typeof longRunning>,
): (typeof containers)[number] | undefined {
  const owners = new Set(
    (service.object.spec?.ports ?? []).map((port) => findTargetPort(workload, port)?.container),
  );
  const [owner] = owners;
  return owners.size === 1 ? containers.find(({ container }) => container === owner) : undefined;
}

/** The port to probe: the only one, or the one that is named for it. */
function portOf(container: Container): number | string | undefined {
  const ports = (container.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
  const port = ports.find(({ name }) => /^(http|https|web|grpc|main)$/.test(name ?? '')) ?? ports[0];
  return port?.name ?? port?.containerPort;
}
