/** What the kubelet's probes found: the newest Unhealthy event of a container, taken apart. */
import type { Event, Probe } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import {
  ageOf,
  type ContainerFact,
  containersInScene,
  isCrashing,
  isUnready,
  remember,
} from '../../containers.ts';
import { involved, messageOf, millisOf } from '../../eventFacts.ts';
import { lastLines, listeningPort } from '../../logText.ts';
import type { Scene } from '../../scene.ts';
import { isStarting } from '../../starting.ts';

export type ProbeKind = 'readiness' | 'liveness' | 'startup';

export interface ProbeFailure {
  fact: ContainerFact;
  kind: ProbeKind;
  probe: Probe | undefined;
  /** Path of the probe in the pod. */
  path: Path;
  event: Event;
  /** What stands behind `Readiness probe failed: `. */
  text: string;
  /** `probe errored and resulted in …`: the probe itself could not run. */
  errored: boolean;
  /** The server's own word that somebody spoke plain HTTP to its HTTPS port; the kubelet only tells the status 400. */
  plainToTls?: string;
  /** True while the container still has tries left from its start: what time alone may mend is no fault yet. */
  early: boolean;
}

const FIELD = { readiness: 'readinessProbe', liveness: 'livenessProbe', startup: 'startupProbe' } as const;
const TEXT =
  /^(Readiness|Liveness|Startup) probe (failed|errored(?: and resulted in \w+ state)?): ?([\s\S]*)$/;

const isOf = (event: Event, { name, path }: ContainerFact): boolean => {
  const field = involved(event)?.fieldPath;
  const list = path[1] === 'initContainers' ? 'spec.initContainers' : 'spec.containers';
  return !field || field === `${list}{${name}}`;
};

/**
 * Probes that hold a container back now. A readiness event counts while its container is not ready; a liveness or
 * startup event while the container keeps being restarted, or has not started yet.
 */
export function probeFailures(scene: Scene): ProbeFailure[] {
  return remember(scene, 'probeFailures', () =>
    containersInScene(scene).flatMap((fact) => {
      const found = new Map<ProbeKind, ProbeFailure>();
      for (const event of scene.eventsOf(fact.pod)) {
        if (event.reason !== 'Unhealthy' || !isOf(event, fact)) continue;
        const match = TEXT.exec(messageOf(event));
        if (!match) continue;
        const kind = match[1]?.toLowerCase() as ProbeKind;
        if (found.has(kind) || !counts(scene, fact, kind, event)) continue;
        const plainToTls = /statuscode: 400/.test(match[3] ?? '') ? saidPlain(scene, fact) : undefined;
        found.set(kind, {
          ...(plainToTls ? { plainToTls } : {}),
          fact,
          kind,
          probe: fact.spec[FIELD[kind]],
          path: [...fact.path, FIELD[kind]],
          event,
          text: match[3] ?? '',
          errored: match[2] !== 'failed',
          early: isStarting(fact, scene.now),
        });
      }
      return [...found.values()];
    }),
  );
}

/** Go's server, nginx, Apache. */
const PLAIN_TO_TLS =
  /client sent an HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port/i;

function saidPlain(scene: Scene, fact: ContainerFact): string | undefined {
  for (const previous of [false, true]) {
    const line = lastLines(scene.logOf(fact.pod, fact.name, previous) ?? '', 40).findLast((text) =>
      PLAIN_TO_TLS.test(text.slice(0, 1000)),
    );
    if (line) return line.trimEnd();
  }
  return undefined;
}

function counts(scene: Scene, fact: ContainerFact, kind: ProbeKind, event: Event): boolean {
  if (kind === 'readiness') {
    if (!isUnready(fact, scene.now)) return false;
    const started = Date.parse(fact.status?.state?.running?.startedAt ?? '');
    return Number.isNaN(started) || millisOf(event) >= started - 1000;
  }
  if (kind === 'startup') return fact.status?.started !== true;
  return isCrashing(fact, scene.now) || !fact.status?.ready;
}

export interface Kill {
  fact: ContainerFact;
  /** `liveness`, `startup`, or the postStart hook: what the Killing event names. */
  by: 'liveness' | 'startup' | 'postStart';
  event: Event;
}

/** `Container app failed liveness probe, will be restarted`; a native sidecar is an `Init container`. */
const KILLED = /^(?:Container|Init container) (\S+) failed (liveness|startup) probe/;

/** Containers that the kubelet keeps killing. One kill of long ago is history. */
export function kills(scene: Scene): Kill[] {
  return remember(scene, 'kills', () =>
    containersInScene(scene).flatMap((fact): Kill[] => {
      if (!isCrashing(fact, scene.now) && fact.status?.ready) return [];
      for (const event of scene.eventsOf(fact.pod)) {
        if (
          event.reason !== 'Killing' ||
          ageOf(scene.now, new Date(millisOf(event)).toISOString()) > 3_600_000
        )
          continue;
        const match = KILLED.exec(messageOf(event));
        if (match?.[1] === fact.name) return [{ fact, by: match[2] as 'liveness' | 'startup', event }];
        if (messageOf(event) === 'FailedPostStartHook' && isOf(event, fact))
          return [{ fact, by: 'postStart', event }];
      }
      return [];
    }),
  );
}

/** The port a probe asks, after names are looked up in its own container. */
export function probePort({
  fact,
  probe,
}: Pick<ProbeFailure, 'fact' | 'probe'>): number | string | undefined {
  const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
  if (typeof port !== 'string') return port;
  return fact.spec.ports?.find(({ name }) => name === port)?.containerPort ?? port;
}

export function probePortPath({ probe, path }: Pick<ProbeFailure, 'probe' | 'path'>): Path {
  if (probe?.httpGet) return [...path, 'httpGet', 'port'];
  if (probe?.tcpSocket) return [...path, 'tcpSocket', 'port'];
  return probe?.grpc ? [...path, 'grpc', 'port'] : path;
}

/** Where the application says it listens: in its log, else on the only port it declares. */
export function listensOn(
  scene: Scene,
  fact: ContainerFact,
): { port: number; line?: string; declared: boolean } | undefined {
  const log = scene.logOf(fact.pod, fact.name, false);
  const said = log === undefined ? undefined : listeningPort(log);
  if (said) return { ...said, declared: false };
  const ports = (fact.spec.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  const only = ports.length === 1 ? ports[0]?.containerPort : undefined;
  return only === undefined ? undefined : { port: only, declared: true };
}
