/** The places that a subject's traffic goes to: resolvers, Services, what is behind them, and hosts outside. */
import { activeContainers, isFinished, isReady } from '../diagnosis/containers.ts';
import { type HostReference, hostReferences, resolveHost } from '../diagnosis/dependencies.ts';
import { endpointsOf, targetPortOf } from '../diagnosis/endpoints.ts';
import { dnsPods } from '../diagnosis/ladder.ts';
import { callsInScene } from '../diagnosis/modes/service/remote.ts';
import type { Scene } from '../diagnosis/scene.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../kube/store.ts';
import type { Pod, Service, ServicePort } from '../kube/types.ts';
import { longRunning } from '../kube/workload.ts';
import { hostPort, type ProbeCheck, type ProbeTarget, type Untested } from './check.ts';
import type { SayProbe } from './say.ts';

/** A name that every cluster has, whatever its domain is called. */
export const CLUSTER_NAME = 'kubernetes.default.svc';

const MAX_ENDPOINTS = 3;
const MAX_PORTS = 3;
const MAX_DNS_PODS = 2;

interface Wanted {
  checks: ProbeCheck[];
  untested: Untested[];
}

/** The pod's resolvers, and past them the DNS pods: a Service that is broken and a server that is are two faults. */
export function dnsChecks(scene: Scene): ProbeCheck[] {
  const servers = dnsPods(scene).filter(({ object }) => isReady(object) && object.status?.podIP);
  const dns = scene.find<Service>('Service', 'kube-system', 'kube-dns');
  const port = dns?.object.spec?.ports?.find((entry) => entry.port === 53 && entry.protocol === 'UDP');
  return [
    { kind: 'lookup', name: CLUSTER_NAME },
    ...servers.slice(0, MAX_DNS_PODS).map(
      (pod): ProbeCheck => ({
        kind: 'ask',
        name: CLUSTER_NAME,
        address: pod.object.status?.podIP ?? '',
        port: (port && targetPortOf(pod, port)) ?? 53,
        pod: pod.ref,
      }),
    ),
  ];
}

/** What the pod's environment, arguments and failing log lines name. */
export function dependencyChecks(scene: Scene, pod: Resource<Pod>, say: SayProbe): Wanted {
  const namespace = pod.ref.namespace ?? DEFAULT_NAMESPACE;
  const checks: ProbeCheck[] = [];
  const untested: Untested[] = [];
  const add = (wanted: Wanted): void => {
    checks.push(...wanted.checks);
    untested.push(...wanted.untested);
  };
  for (const { fact, error, resolution, port } of callsInScene(scene)) {
    if (fact.pod !== pod) continue;
    if (error.host) checks.push({ kind: 'lookup', name: error.host });
    if (resolution.kind === 'service') add(serviceChecks(scene, resolution.service, port?.port, say));
  }
  for (const fact of activeContainers(pod))
    for (const reference of hostReferences(fact)) {
      const resolution = resolveHost(scene, namespace, reference.host);
      const service = resolution.kind === 'service' ? resolution.service : undefined;
      checks.push({
        kind: 'lookup',
        name: reference.host,
        ...(service ? { service: service.ref } : {}),
      });
      if (service) add(serviceChecks(scene, service, portOf(reference), say));
      // A name in a namespace that was not read: it is tried as it stands.
      else if (
        resolution.kind === 'external' ||
        (resolution.kind === 'missing' && resolution.namespace !== namespace)
      )
        checks.push(...hostChecks(reference));
    }
  return { checks, untested };
}

const SCHEME_PORTS: Record<string, number> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  amqp: 5672,
  mongodb: 27_017,
};

function portOf({ port, text, host }: HostReference): number | undefined {
  if (port !== undefined) return port;
  const scheme = /([a-z][a-z0-9+.-]*):\/\//i.exec(text.slice(0, text.toLowerCase().indexOf(host)))?.[1];
  return scheme ? SCHEME_PORTS[scheme.toLowerCase()] : undefined;
}

function hostChecks(reference: HostReference): ProbeCheck[] {
  const port = portOf(reference);
  const { host } = reference;
  return port === undefined ? [] : [{ kind: 'connect', address: host, port, target: { role: 'host', host } }];
}

/** A Service's address, and each of its endpoints without it. `only`: one of its ports. */
export function serviceChecks(
  scene: Scene,
  service: Resource<Service>,
  only: number | undefined,
  say: SayProbe,
): Wanted {
  const { spec } = service.object;
  const checks: ProbeCheck[] = [];
  const untested: Untested[] = [];
  if (spec?.type === 'ExternalName') return { checks, untested };
  const all = spec?.ports ?? [];
  const asked = only === undefined ? all : all.filter(({ port }) => port === only);
  for (const port of (asked.length > 0 ? asked : all).slice(0, MAX_PORTS)) {
    const { port: number, protocol = 'TCP' } = port;
    if (number === undefined) continue;
    if (protocol !== 'TCP') {
      untested.push({
        check: say('udp', { port: number, protocol, service: service.ref.name }),
        detail: say('udpWhy', { protocol }),
      });
      continue;
    }
    const address = spec?.clusterIP;
    if (address && address !== 'None')
      checks.push({
        kind: 'connect',
        address,
        port: number,
        target: { role: 'service', service: service.ref, port: number },
      });
    checks.push(...endpointChecks(scene, service, port));
  }
  return { checks, untested };
}

function endpointChecks(scene: Scene, service: Resource<Service>, port: ServicePort): ProbeCheck[] {
  const endpoints = endpointsFor(scene, service, port);
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const tried = (ready.length > 0 ? ready : endpoints).slice(0, MAX_ENDPOINTS);
  return tried.flatMap((endpoint, at): ProbeCheck[] => {
    const { address, podPort, pod, node } = endpoint;
    const target: ProbeTarget = {
      role: 'endpoint',
      service: service.ref,
      port: port.port ?? 0,
      protocol: port.protocol ?? 'TCP',
      ready: endpoint.ready,
      ...(pod ? { pod: pod.ref } : {}),
      ...(node ? { node } : {}),
    };
    const path = pod && probePath(pod, podPort);
    return [
      { kind: 'connect', address, port: podPort, target },
      ...(at === 0 && path
        ? [{ kind: 'http', url: `http://${hostPort(address, podPort)}${path}`, target } as const]
        : []),
      // The first endpoint speaks for the size of packets: the way to a node is one.
      ...(at === 0 && endpoint.ready ? [{ kind: 'packets', address, target } as const] : []),
    ];
  });
}

interface Endpoint {
  address: string;
  podPort: number;
  ready: boolean;
  pod?: Resource<Pod>;
  node?: string;
}

function endpointsFor(scene: Scene, service: Resource<Service>, port: ServicePort): Endpoint[] {
  const { slices, selected } = endpointsOf(scene, service);
  const namespace = service.ref.namespace ?? DEFAULT_NAMESPACE;
  const found = slices.flatMap(({ object }): Endpoint[] => {
    const known = (object.ports ?? []).find(
      (entry) =>
        (entry.name ?? '') === (port.name ?? '') && (entry.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    );
    if (known?.port === undefined) return [];
    const podPort = known.port;
    return (object.endpoints ?? []).flatMap(
      ({ addresses = [], conditions = {}, nodeName, targetRef }): Endpoint[] => {
        const [address] = addresses;
        const pod =
          targetRef?.kind === 'Pod' && targetRef.name
            ? scene.find<Pod>('Pod', namespace, targetRef.name)
            : undefined;
        if (!address || conditions.terminating) return [];
        return [
          {
            address,
            podPort,
            ready: conditions.ready !== false,
            ...(pod ? { pod } : {}),
            ...(nodeName ? { node: nodeName } : {}),
          },
        ];
      },
    );
  });
  if (found.length > 0) return found;
  return selected.flatMap((pod): Endpoint[] => {
    const podPort = targetPortOf(pod, port);
    const { status, spec } = pod.object;
    if (!status?.podIP || podPort === undefined || isFinished(pod.object)) return [];
    return [
      {
        address: status.podIP,
        podPort,
        ready: isReady(pod.object),
        pod,
        ...(spec?.nodeName ? { node: spec.nodeName } : {}),
      },
    ];
  });
}

/** The path of a readiness probe by HTTP on this port: a request that the kubelet makes all the time. */
function probePath(pod: Resource<Pod>, port: number): string | undefined {
  for (const { container } of longRunning(pod.object)) {
    const get = container.readinessProbe?.httpGet;
    if (!get || (get as { scheme?: string }).scheme === 'HTTPS') continue;
    const asked =
      typeof get.port === 'number'
        ? get.port
        : container.ports?.find(({ name }) => name === get.port)?.containerPort;
    if (asked === port) return get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`;
  }
  return undefined;
}
