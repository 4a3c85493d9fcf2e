/** Containers that the kubelet ends: liveness, startup, postStart. The exit code is then the kubelet's doing. */
import type { Resource } from '../../../kube/store.ts';
import { containersInScene } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { eventEvidence } from '../../eventFacts.ts';
import {
  describeCommand,
  endedEvidence,
  fieldEvidence,
  logCommand,
  logEvidence,
  waitingEvidence,
} from '../../evidence.ts';
import { defineMode, type ModeReport } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { type Kill, kills, listensOn, probeFailures, probePort, probePortPath } from './facts.ts';

/** The exit codes that a killed container may show: its own, when it handles SIGTERM, or a signal's. */
const ENDINGS = [
  'exit-137-not-oom',
  'exit-143-sigterm',
  'exit-0-restart-loop',
  'exit-1-app-error',
  'exit-2-shell-misuse',
  'exit-255-or-unknown',
  'crash-loop-backoff',
  'pod-running-not-ready',
];

/** How long a container may live before the liveness probe ends it, in milliseconds. */
function window({ fact }: Kill): { from: number; to: number } {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = fact.spec.livenessProbe ?? {};
  const grace = fact.pod.object.spec?.terminationGracePeriodSeconds ?? 30;
  const from = initialDelaySeconds + (failureThreshold - 1) * periodSeconds;
  return { from: from * 1000, to: (from + 2 * periodSeconds + grace) * 1000 };
}

/** True when every life that is known ended right when the probe's patience did: the container never got ready. */
function diedAtOnce(kill: Kill): boolean {
  const { ended } = kill.fact;
  const lived = Date.parse(ended?.finishedAt ?? '') - Date.parse(ended?.startedAt ?? '');
  const { from, to } = window(kill);
  return lived >= from - 2000 && lived <= to;
}

/** A container that a probe kills: whether the probe asks the wrong port, and what is to be said of it. */
function killing(
  scene: Scene,
  { fact, event }: Kill,
  kind: 'liveness' | 'startup',
): { isOther: boolean; guilty: Resource; details: ModeReport } {
  const field = `${kind}Probe` as const;
  const place = { fact, probe: fact.spec[field], path: [...fact.path, field] };
  const failure = probeFailures(scene).find((found) => found.fact === fact && found.kind === kind);
  const port = probePort(place);
  const listens = listensOn(scene, fact);
  const isOther = listens !== undefined && port !== undefined && listens.port !== port;
  const { guilty, path } = declared(scene, fact.pod, isOther ? probePortPath(place) : place.path);
  const details: ModeReport = {
    data: {
      workload: nameOf(topOwner(scene, fact.pod)),
      container: fact.name,
      port,
      listens: listens?.port,
      answer: failure?.text.trim().split('\n')[0]?.slice(0, 300).replace(/\.$/, '') ?? 'failed',
    },
    path,
    evidence: [
      eventEvidence(event),
      ...(failure ? [eventEvidence(failure.event)] : []),
      fieldEvidence(fact.pod, place.path),
      ...(listens?.line ? [logEvidence(fact.pod, fact.name, false, listens.line)] : []),
      ...endedEvidence(fact),
    ],
    affects: [fact.pod],
    commands: [...describeCommand(fact.pod.ref), ...logCommand(fact)],
  };
  return { isOther, guilty, details };
}

const STARTING = /\b(?:starting|initiali[sz]ing|loading|migrat|warming|booting)/i;

export const livenessRestartLoop = defineMode({
  id: 'liveness-misconfigured-restart-loop',
  step: 'probes',
  severity: 'error',
  confidence: 'certain',
  case: 'crashloop-by-liveness',
  explains: ENDINGS,
  messages: {
    otherPort:
      'The liveness probe of {workload} asks port {port} and kills container {container}, which listens on {listens}.',
    answer:
      'The liveness probe of {workload} kills container {container} ({restarts} {restarts:restart|restarts}): {answer}.',
  },
  detect(scene, { report }) {
    for (const kill of kills(scene)) {
      if (kill.by !== 'liveness' || isSlowStart(kill, scene)) continue;
      const { isOther, guilty, details } = killing(scene, kill, 'liveness');
      report(isOther ? 'otherPort' : 'answer', guilty, {
        ...details,
        data: { ...details.data, restarts: kill.fact.status?.restartCount },
      });
    }
  },
});

/** A start that takes longer than the probe waits: no startup probe, lives of exactly that length, a log that still starts. */
function isSlowStart(kill: Kill, scene: Scene): boolean {
  const { fact } = kill;
  if (fact.spec.startupProbe || !diedAtOnce(kill)) return false;
  const log = scene.logOf(fact.pod, fact.name, true);
  if (log === undefined) return false;
  return STARTING.test(log) && listensOn(scene, fact)?.line === undefined;
}

export const livenessSlowStart = defineMode({
  id: 'liveness-probe-slow-start',
  step: 'probes',
  severity: 'error',
  confidence: 'likely',
  case: 'crashloop-by-liveness',
  explains: ENDINGS,
  messages: {
    slow: 'The liveness probe of {workload} kills container {container} after {lived} s, while it is still starting; there is no startupProbe.',
  },
  detect(scene, { report }) {
    for (const kill of kills(scene)) {
      if (kill.by !== 'liveness' || !isSlowStart(kill, scene)) continue;
      const { fact } = kill;
      const { guilty, path } = declared(scene, fact.pod, [...fact.path, 'livenessProbe']);
      const lived = Date.parse(fact.ended?.finishedAt ?? '') - Date.parse(fact.ended?.startedAt ?? '');
      const line =
        (scene.logOf(fact.pod, fact.name, true) ?? '').split('\n').find((text) => STARTING.test(text)) ?? '';
      report('slow', guilty, {
        data: {
          workload: nameOf(topOwner(scene, fact.pod)),
          container: fact.name,
          lived: Math.round(lived / 1000),
        },
        path,
        evidence: [
          eventEvidence(kill.event),
          fieldEvidence(fact.pod, [...fact.path, 'livenessProbe']),
          logEvidence(fact.pod, fact.name, true, line.trimEnd()),
          ...endedEvidence(fact),
        ],
        affects: [fact.pod],
        commands: logCommand(fact),
      });
    }
  },
});

export const startupProbeExhausted = defineMode({
  id: 'startup-probe-exhausted',
  step: 'probes',
  severity: 'error',
  confidence: 'certain',
  case: 'crashloop-by-liveness',
  explains: ENDINGS,
  messages: {
    otherPort:
      'The startup probe of {workload} asks port {port}; container {container} listens on {listens} and is killed after {seconds} s.',
    exhausted:
      'Container {container} of {workload} is killed because its startup probe fails for {seconds} s: {answer}.',
  },
  detect(scene, { report }) {
    for (const kill of kills(scene)) {
      if (kill.by !== 'startup') continue;
      const { isOther, guilty, details } = killing(scene, kill, 'startup');
      const {
        initialDelaySeconds = 0,
        periodSeconds = 10,
        failureThreshold = 3,
      } = kill.fact.spec.startupProbe ?? {};
      report(isOther ? 'otherPort' : 'exhausted', guilty, {
        ...details,
        data: { ...details.data, seconds: initialDelaySeconds + failureThreshold * periodSeconds },
      });
    }
  },
});

export const postStartHookFailed = defineMode({
  id: 'poststart-hook-failed',
  step: 'started',
  severity: 'error',
  confidence: 'certain',
  case: 'poststart-healthcheck-crashloop',
  explains: ENDINGS,
  messages: {
    failed:
      'The postStart hook of container {container} in {workload} fails, so the kubelet kills the container: {hook}.',
  },
  detect(scene, { report }) {
    for (const fact of containersInScene(scene)) {
      const isWaiting = fact.waiting === 'PostStartHookError';
      const kill = kills(scene).find((found) => found.fact === fact && found.by === 'postStart');
      if (!isWaiting && !kill) continue;
      const hook = fact.spec.lifecycle?.postStart;
      const event =
        scene.eventsOf(fact.pod).find(({ reason }) => reason === 'FailedPostStartHook') ?? kill?.event;
      const place = [...fact.path, 'lifecycle', 'postStart'];
      const { guilty, path } = declared(scene, fact.pod, place);
      report('failed', guilty, {
        data: {
          workload: nameOf(topOwner(scene, fact.pod)),
          container: fact.name,
          hook:
            hook?.exec?.command?.join(' ') ??
            (hook?.httpGet ? `GET ${hook.httpGet.path ?? '/'}` : 'postStart'),
        },
        path,
        evidence: [
          ...(event ? [eventEvidence(event)] : []),
          ...waitingEvidence(fact),
          fieldEvidence(fact.pod, place),
          ...endedEvidence(fact),
        ],
        affects: [fact.pod],
        commands: [...describeCommand(fact.pod.ref), ...logCommand(fact)],
      });
    }
  },
});
