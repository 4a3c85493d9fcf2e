/** A numeric targetPort that leads to nothing, told by what the pods declare, probe and say in their logs. */
import type { Evidence } from '../../../finding.ts';
import { mentionsPort } from '../../../kube/ports.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Pod, Service, ServicePort } from '../../../kube/types.ts';
import { longRunning } from '../../../kube/workload.ts';
import type { Path } from '../../../path.ts';
import type { Listener, ProbeRun } from '../../../probe/check.ts';
import { activeContainers, isFinished, isReady } from '../../containers.ts';
import { type FailedCall, failedCalls } from '../../dependencies.ts';
import { declaredPorts, endpointsOf, offeredPorts, targetPortOf } from '../../endpoints.ts';
import { describeCommand, fieldEvidence, kubectl, logEvidence } from '../../evidence.ts';
import { listeningPort } from '../../logText.ts';
import { defineMode } from '../../mode.ts';
import { probedPorts, probeEvidence, probeOf, probingPod } from '../../probed.ts';
import type { Scene } from '../../scene.ts';
import { listenersOf, socketEvidence } from './sockets.ts';

/** Ports that a pod is known to answer on: declared, asked by a readiness probe that passes, or named in its log. */
function knownPorts(scene: Scene, pod: Resource<Pod>): { ports: Set<number>; said?: Evidence } {
  const ports = new Set(declaredPorts(pod).flatMap(({ containerPort }) => containerPort ?? []));
  let said: Evidence | undefined;
  for (const { container } of longRunning(pod.object)) {
    const probe = container.readinessProbe;
    const asked = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
    if (typeof asked === 'number') ports.add(asked);
    const log = scene.logOf(pod, container.name ?? '', false);
    const listens = log === undefined ? undefined : listeningPort(log);
    if (!listens) continue;
    ports.add(listens.port);
    said ??= logEvidence(pod, container.name ?? '', false, listens.line);
  }
  return { ports, ...(said ? { said } : {}) };
}

/** What told the ports of a pod: those of its first container that declares any, else the probe that asks for one. */
function placeOfPorts(pod: Resource<Pod>): Path {
  const { containers = [] } = pod.object.spec ?? {};
  const declares = containers.findIndex(({ ports = [] }) => ports.length > 0);
  if (declares >= 0) return ['spec', 'containers', declares, 'ports'];
  const probed = containers.findIndex(({ readinessProbe }) => readinessProbe);
  return ['spec', 'containers', Math.max(probed, 0), probed >= 0 ? 'readinessProbe' : 'ports'];
}

/** Complaints of other pods' logs about a connection that this Service refused. */
function refusals(scene: Scene, service: Resource, port: ServicePort): FailedCall[] {
  return scene.pods
    .flatMap((pod) => activeContainers(pod))
    .flatMap((fact) =>
      failedCalls(scene, fact, (pod, container, previous) => scene.logOf(pod, container, previous)),
    )
    .filter(
      ({ error, resolution }) =>
        error.symptom === 'refused' &&
        resolution.kind === 'service' &&
        resolution.service === service &&
        (error.port === undefined || error.port === port.port),
    );
}

const isMentioned = (pods: readonly Resource<Pod>[], port: number): boolean =>
  pods.some(({ object }) => longRunning(object).some(({ container }) => mentionsPort(container, port)));

/** True when another port of the Service leads to a port that its pods are known to have. */
const othersFit = (
  { object: { spec } }: Resource<Service>,
  known: readonly { ports: Set<number> }[],
  except: number,
): boolean =>
  (spec?.ports ?? []).some(
    ({ port, targetPort = port }, at) =>
      at !== except &&
      (typeof targetPort === 'string' ||
        known.some(({ ports }) => targetPort !== undefined && ports.has(targetPort))),
  );

interface ClosedPort {
  service: Resource<Service>;
  /** Index of the Service's port. */
  at: number;
  target: number;
  pod: Resource<Pod>;
  listeners: readonly Listener[];
  run: ProbeRun;
}

/** Ports that a Service sends to and on which nobody listens, by the sockets that an active test read in a ready pod. */
function closedPorts(scene: Scene): ClosedPort[] {
  const pod = probingPod(scene);
  const run = probeOf(scene);
  const listeners = pod && isReady(pod.object) ? listenersOf(scene, pod) : undefined;
  if (!pod || !run || !listeners?.some(({ scope }) => scope !== 'loopback')) return [];
  return scene.services
    .filter((service) => endpointsOf(scene, service).selected.includes(pod))
    .flatMap((service) =>
      (service.object.spec?.ports ?? []).flatMap((port, at): ClosedPort[] => {
        const target = targetPortOf(pod, port);
        if (target === undefined || (port.protocol ?? 'TCP') !== 'TCP') return [];
        return listeners.some((listener) => listener.port === target)
          ? []
          : [{ service, at, target, pod, listeners, run }];
      }),
    );
}

export const serviceTargetPortWrongNumber = defineMode({
  id: 'service-target-port-wrong-number',
  step: 'service',
  severity: 'error',
  confidence: 'likely',
  case: 'targetport-mismatch',
  explains: ['probe-depends-on-remote'],
  messages: {
    declared: 'targetPort {port} of Service {service} is no port of its pods; they offer {offers}.',
    said: 'targetPort {port} of Service {service} is no port of its pods; their application listens on {listens}.',
  },
  detect(scene, { report }) {
    for (const { service, at, target, pod, listeners, run } of closedPorts(scene)) {
      const open = [
        ...new Set(listeners.filter(({ scope }) => scope !== 'loopback').map(({ port }) => port)),
      ];
      report('said', service, {
        data: { port: target, service: service.ref.name, listens: open.sort((a, b) => a - b).join(', ') },
        path: [
          'spec',
          'ports',
          at,
          ...(service.object.spec?.ports?.[at]?.targetPort === undefined ? ['port'] : ['targetPort']),
        ],
        confidence: 'certain',
        evidence: [
          fieldEvidence(service, ['spec', 'ports', at]),
          ...listeners.slice(0, 3).map((socket) => socketEvidence(run, socket)),
        ],
        affects: [pod],
        commands: describeCommand(service.ref),
      });
    }
    for (const service of scene.services) {
      if (service.object.spec?.type === 'ExternalName') continue;
      const pods = endpointsOf(scene, service).selected.filter(
        ({ object }) => !isFinished(object) && isReady(object),
      );
      if (pods.length === 0) continue;
      for (const [at, port] of (service.object.spec?.ports ?? []).entries()) {
        const target = port.targetPort ?? port.port;
        if (typeof target !== 'number' || (port.protocol ?? 'TCP') !== 'TCP') continue;
        const known = pods.map((pod) => knownPorts(scene, pod));
        // A declaration is informational: one pod that declares nothing may listen anywhere.
        if (known.some(({ ports }) => ports.size === 0 || ports.has(target))) continue;
        // Sockets that were seen are surer than what is declared.
        if (pods.some((pod) => listenersOf(scene, pod)?.some((listener) => listener.port === target)))
          continue;
        const complaints = refusals(scene, service, port);
        const tried = probedPorts(scene).find((entry) => entry.service === service && entry.port === port);
        const closed = tried?.direct.filter(({ symptom }) => symptom === 'refused') ?? [];
        if (tried?.direct.some(({ outcome }) => outcome === 'ok')) continue;
        const said = known.find((entry) => entry.said)?.said;
        // A second port that nobody declares (metrics, debugging) is common and works.
        if (
          !said &&
          complaints.length === 0 &&
          closed.length === 0 &&
          (isMentioned(pods, target) || othersFit(service, known, at))
        )
          continue;
        report(said ? 'said' : 'declared', service, {
          data: {
            port: target,
            service: service.ref.name,
            offers: offeredPorts(pods) || [...(known[0]?.ports ?? [])].join(', '),
            listens: [...(known.find((entry) => entry.said)?.ports ?? [])].join(', '),
          },
          path: ['spec', 'ports', at, ...(port.targetPort === undefined ? ['port'] : ['targetPort'])],
          ...(said || complaints.length > 0 || closed.length > 0 ? { confidence: 'certain' as const } : {}),
          evidence: [
            fieldEvidence(service, ['spec', 'ports', at]),
            ...(said ? [said] : []),
            ...pods.slice(0, 1).map((pod) => fieldEvidence(pod, placeOfPorts(pod))),
            ...complaints
              .slice(0, 1)
              .map(({ fact, error, previous }) => logEvidence(fact.pod, fact.name, previous, error.line)),
            ...(tried ? closed.slice(0, 1).map((result) => probeEvidence(tried.run, result)) : []),
          ],
          affects: [...pods, ...complaints.map(({ fact }) => fact.pod)],
          commands: [
            ...describeCommand(service.ref),
            ...kubectl(service.ref.namespace ?? DEFAULT_NAMESPACE, 'get', 'pods', '-o', 'wide'),
          ],
        });
      }
    }
  },
});
