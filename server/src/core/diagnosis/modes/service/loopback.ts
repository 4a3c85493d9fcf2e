/** Applications that listen on loopback only: they answer themselves and refuse everybody else. */
import type { Evidence } from '../../../finding.ts';
import { refKey } from '../../../kube/ref.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import type { ProbeTarget } from '../../../probe/check.ts';
import { activeContainers, type ContainerFact, isReady, livePods } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { endpointsOf, targetPortOf } from '../../endpoints.ts';
import { describeCommand, fieldEvidence, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { probedPorts, probeEvidence, probeOf } from '../../probed.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { callsInScene, WAITS } from './remote.ts';
import { isLoopbackOnly, listenersOf, socketEvidence } from './sockets.ts';

const ADDRESS = String.raw`(?:127\.0\.0\.1|localhost|\[::1\])`;
const SAYS = new RegExp(
  String.raw`\b(?:listen|serv|start|bound|bind|running)\w*\b[^\n]{0,60}?${ADDRESS}:(?<port>\d{2,5})\b`,
  'i',
);
const CALLS = /connection refused|dial tcp|connect to/i;

interface Loopback {
  fact: ContainerFact;
  port: number;
  evidence: Evidence[];
  /** True when the sockets themselves were seen. */
  sure: boolean;
  /** True when nothing says where it listens, only that it does not listen on the pod's address. */
  isGuess?: boolean;
}

/** Containers that listen on loopback only: by their sockets where an active test read them, else by their log. */
function loopbacks(scene: Scene, pod: Resource<Pod>): Loopback[] {
  const said = saidInLogs(scene, pod);
  const listeners = listenersOf(scene, pod);
  const run = probeOf(scene);
  if (!run) return said;
  if (!listeners) return withRefusals(scene, pod, said);
  return wantedPorts(scene, pod).flatMap((port): Loopback[] => {
    if (!isLoopbackOnly(listeners, port)) return [];
    const log = said.find((entry) => entry.port === port);
    const fact = log?.fact ?? containerFor(pod, port);
    if (!fact) return [];
    const sockets = listeners.filter((listener) => listener.port === port);
    const evidence = [...sockets.map((socket) => socketEvidence(run, socket)), ...(log?.evidence ?? [])];
    return [{ fact, port, evidence, sure: true }];
  });
}

/** A test from elsewhere saw the door closed: with a log that names loopback that is proof, without one a suspicion. */
function withRefusals(scene: Scene, pod: Resource<Pod>, said: Loopback[]): Loopback[] {
  const refused = probedPorts(scene).flatMap(({ run, direct }) =>
    direct.flatMap((result) =>
      result.symptom === 'refused' && result.check.kind === 'connect' && isOf(result.check.target, pod)
        ? [{ port: result.check.port, evidence: probeEvidence(run, result) }]
        : [],
    ),
  );
  const proven = said.map((entry): Loopback => {
    const seen = refused.find(({ port }) => port === entry.port);
    return seen ? { ...entry, sure: true, evidence: [...entry.evidence, seen.evidence] } : entry;
  });
  if (!isReady(pod.object)) return proven;
  return [
    ...proven,
    ...refused.flatMap(({ port, evidence }): Loopback[] => {
      const fact = activeContainers(pod).find(({ spec }) =>
        spec.ports?.some(({ containerPort }) => containerPort === port),
      );
      if (!fact || proven.some((entry) => entry.port === port)) return [];
      return [{ fact, port, evidence: [evidence], sure: false, isGuess: true }];
    }),
  ];
}

const isOf = (target: ProbeTarget, { ref }: Resource<Pod>): boolean =>
  target.role === 'endpoint' && target.pod !== undefined && refKey(target.pod) === refKey(ref);

/** Ports of the pod that its Services and readiness probes lead to. */
function wantedPorts(scene: Scene, pod: Resource<Pod>): number[] {
  const served = scene.services
    .filter((service) => endpointsOf(scene, service).selected.includes(pod))
    .flatMap(({ object }) => (object.spec?.ports ?? []).flatMap((port) => targetPortOf(pod, port) ?? []));
  const probed = activeContainers(pod).flatMap(({ spec }) => {
    const asked = spec.readinessProbe?.httpGet?.port ?? spec.readinessProbe?.tcpSocket?.port;
    if (typeof asked === 'number') return [asked];
    return spec.ports?.find(({ name }) => asked !== undefined && name === asked)?.containerPort ?? [];
  });
  return [...new Set([...served, ...probed])];
}

/** The container that declares the port; the first when none does. */
function containerFor(pod: Resource<Pod>, port: number): ContainerFact | undefined {
  const facts = activeContainers(pod);
  return (
    facts.find(({ spec }) => spec.ports?.some(({ containerPort }) => containerPort === port)) ?? facts[0]
  );
}

/** Containers whose log says that they listen on loopback, and nowhere that they listen on more. */
function saidInLogs(scene: Scene, pod: Resource<Pod>): Loopback[] {
  return activeContainers(pod).flatMap((fact): Loopback[] => {
    const log = scene.logOf(pod, fact.name, false);
    if (log === undefined) return [];
    const lines = log.split('\n').filter((line) => line.length < 1000 && !CALLS.test(line));
    const line = lines.find((text) => SAYS.test(text));
    const port = Number(line && SAYS.exec(line)?.groups?.port);
    if (
      line === undefined ||
      lines.some(
        (text) =>
          new RegExp(String.raw`(?:0\.0\.0\.0|\[::\]|[^\d\]]):${port}\b`).test(text) && !SAYS.test(text),
      )
    )
      return [];
    return [{ fact, port, evidence: [logEvidence(pod, fact.name, false, line.trimEnd())], sure: false }];
  });
}

export const appListensOnLoopback = defineMode({
  id: 'app-listens-on-loopback',
  step: 'service',
  severity: 'error',
  confidence: 'likely',
  case: 'bound-to-loopback',
  explains: [
    ...WAITS,
    'probe-depends-on-remote',
    'service-no-ready-endpoints',
    'ingress-backend-no-endpoints',
  ],
  messages: {
    loopback:
      'Container {container} of {workload} listens on loopback only (port {port}), so nobody outside the pod reaches it.',
    refuses:
      'Pod {pod} is ready and refuses connections to port {port}, which container {container} declares: its process listens on loopback only, or not at all.',
  },
  detect(scene, { report }) {
    const calls = callsInScene(scene);
    for (const pod of livePods(scene)) {
      for (const { fact, port, evidence, sure, isGuess } of loopbacks(scene, pod)) {
        const services = scene.services.filter(
          (service) =>
            service.ref.namespace === (pod.ref.namespace ?? DEFAULT_NAMESPACE) &&
            endpointsOf(scene, service).selected.includes(pod) &&
            service.object.spec?.ports?.some((entry) => targetPortOf(pod, entry) === port),
        );
        const probe = fact.spec.readinessProbe?.httpGet?.port ?? fact.spec.readinessProbe?.tcpSocket?.port;
        const isProbed =
          probe === port ||
          fact.spec.ports?.some((entry) => entry.name === probe && entry.containerPort === port);
        // An admin port on loopback is good practice: it only matters when somebody is sent there.
        if (services.length === 0 && !isProbed) continue;
        const refused = calls.filter(
          ({ error, resolution }) =>
            error.symptom === 'refused' &&
            resolution.kind === 'service' &&
            services.includes(resolution.service),
        );
        const at = (fact.spec.args ?? []).findIndex((text) => /127\.0\.0\.1|localhost/.test(String(text)));
        const place = declared(scene, pod, [...fact.path, ...(at < 0 ? [] : ['args', at])]);
        report(isGuess ? 'refuses' : 'loopback', place.guilty, {
          data: { container: fact.name, workload: nameOf(topOwner(scene, pod)), port, pod: pod.ref.name },
          path: place.path,
          ...(sure || refused.length > 0 ? { confidence: 'certain' as const } : {}),
          evidence: [
            ...evidence,
            ...(at < 0 ? [] : [fieldEvidence(pod, [...fact.path, 'args', at])]),
            ...refused
              .slice(0, 1)
              .map(({ fact: client, error, previous }) =>
                logEvidence(client.pod, client.name, previous, error.line),
              ),
          ],
          affects: [pod, ...services, ...refused.map(({ fact: client }) => client.pod)],
          commands: [...logCommand(fact), ...describeCommand(pod.ref)],
        });
      }
    }
  },
});
