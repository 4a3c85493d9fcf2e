/** Pods that are not ready yet: what each waits for, and from when on its state says something. */
import type { MessageData } from '../finding.ts';
import type { Resource } from '../kube/store.ts';
import type { Pod, Probe } from '../kube/types.ts';
import { activeContainers, type ContainerFact, factsOf, isReady, livePods } from './containers.ts';
import { involved, millisOf } from './eventFacts.ts';
import { formatAge } from './ladder.ts';
import type { DiagnosisMessage } from './messages.ts';
import type { Step } from './report.ts';
import type { Scene } from './scene.ts';

export interface Stage {
  /** The step of the ladder it stands on. */
  step: Step;
  message: DiagnosisMessage;
  data: MessageData;
  /** Before this moment, in milliseconds, standing here is no fault. Absent: there is no such moment. */
  until?: number;
  /** True when the step may well end long before `until`. */
  open?: boolean;
}

export interface Waiting {
  pod: Resource<Pod>;
  stage: Stage;
  /** True while what it waits for may still come by itself. */
  isYoung: boolean;
}

const SECOND = 1000;
/** A scheduler that has not said a word by then is not there. */
const SCHEDULER = 30 * SECOND;
/** The kubelet's own limit for attaching and mounting: podAttachAndMountTimeout in pkg/kubelet/volumemanager. */
const MOUNT = 123 * SECOND;
/** containerd gives a pull up that stands still for so long: image_pull_progress_timeout of its CRI plugin. */
const PULL = 300 * SECOND;
/** An init container has no limit of its own; after a minute its log is worth a look. */
const INIT = 60 * SECOND;
const SETTLE = 5 * SECOND;

/** How long a probe may fail before the kubelet acts on it. https://pkg.go.dev/k8s.io/api/core/v1#Probe */
const windowOf = (probe: Probe | undefined): number =>
  probe
    ? ((probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3)) *
      SECOND
    : 0;

/** True for a container in its first life whose probes have not had the time they were given. */
export function isStarting(fact: ContainerFact, now: number): boolean {
  const { status } = fact;
  if (!status?.state?.running || status.restartCount > 0 || status.ready) return false;
  return now < endOfStart(fact);
}

const startOf = ({ status }: ContainerFact): number =>
  Date.parse(status?.state?.running?.startedAt ?? '') || 0;

function endOfStart(fact: ContainerFact): number {
  const { startupProbe, readinessProbe } = fact.spec;
  const readiness = fact.status?.started === false ? 0 : windowOf(readinessProbe);
  return startOf(fact) + Math.max(windowOf(startupProbe) + readiness, SETTLE);
}

/** Every live pod of the scene that is not ready, with the stage it stands on. */
export const waitingPods = (scene: Scene): Waiting[] =>
  livePods(scene).flatMap((pod) => {
    const { metadata, status } = pod.object;
    if (isReady(pod.object) || metadata.deletionTimestamp || status?.phase === 'Failed') return [];
    const stage = stageOf(scene, pod);
    return [{ pod, stage, isYoung: stage.until !== undefined && scene.now < stage.until }];
  });

function stageOf(scene: Scene, pod: Resource<Pod>): Stage {
  const { spec, status, metadata } = pod.object;
  const created = Date.parse(metadata.creationTimestamp ?? '') || 0;
  if (!spec?.nodeName)
    return {
      step: 'scheduled',
      message: 'waitsScheduler',
      data: age(scene, created),
      until: created + SCHEDULER,
    };
  const start = Date.parse(status?.startTime ?? '') || created;
  const fact = activeContainers(pod).find((each) => !isDone(each));
  if (!fact) return { step: 'probes', message: 'waitsReady', data: {}, until: start + SETTLE };
  const { status: own } = fact;
  if (own && own.restartCount > 0)
    return {
      step: 'running',
      message: 'waitsAgain',
      data: { container: fact.name, count: own.restartCount },
    };
  if (!own?.state?.running) return beforeStart(scene, pod, fact, start);
  return fact.role === 'init' ? initStage(scene, pod, fact) : probeStage(scene, fact);
}

/** A container that the next one, or the pod, no longer waits for. */
const isDone = ({ role, status }: ContainerFact): boolean =>
  role === 'init'
    ? status?.state?.terminated?.exitCode === 0
    : status?.ready === true || (role === 'sidecar' && status?.started === true && !status.state?.waiting);

/** Not running yet: its image is on the way, or the pod's volumes and network are. */
function beforeStart(scene: Scene, pod: Resource<Pod>, fact: ContainerFact, start: number): Stage {
  const field = fact.path[1] === 'initContainers' ? 'spec.initContainers' : 'spec.containers';
  const [newest] = scene
    .eventsOf(pod)
    .filter(
      (event) =>
        ['Pulling', 'Pulled', 'Failed', 'BackOff'].includes(event.reason ?? '') &&
        involved(event)?.fieldPath === `${field}{${fact.name}}`,
    );
  if (newest?.reason !== 'Pulling')
    return {
      step: 'volumes',
      message: 'waitsVolumes',
      data: { container: fact.name, ...age(scene, start) },
      until: start + MOUNT,
      open: true,
    };
  const since = millisOf(newest);
  return {
    step: 'image',
    message: 'waitsImage',
    data: { image: fact.spec.image, container: fact.name, ...age(scene, since) },
    until: since + PULL,
    open: true,
  };
}

function initStage(scene: Scene, pod: Resource<Pod>, fact: ContainerFact): Stage {
  const all = factsOf(pod).filter(({ role, path }) => role === 'init' || path[1] === 'initContainers');
  const since = startOf(fact);
  return {
    step: 'running',
    message: 'waitsInit',
    data: {
      container: fact.name,
      at: all.findIndex(({ name }) => name === fact.name) + 1,
      count: all.length,
      ...age(scene, since),
    },
    until: since + INIT,
    open: true,
  };
}

function probeStage(scene: Scene, fact: ContainerFact): Stage {
  const isStartup = fact.spec.startupProbe !== undefined && fact.status?.started !== true;
  const probe = isStartup ? fact.spec.startupProbe : fact.spec.readinessProbe;
  const since = startOf(fact);
  return {
    step: 'probes',
    message: probe ? (isStartup ? 'waitsStartupProbe' : 'waitsReadinessProbe') : 'waitsContainer',
    data: {
      container: fact.name,
      delay: probe?.initialDelaySeconds ?? 0,
      period: probe?.periodSeconds ?? 10,
      threshold: probe?.failureThreshold ?? 3,
      ...age(scene, since),
    },
    until: endOfStart(fact),
  };
}

const age = (scene: Scene, since: number): { age: string } => ({
  age: formatAge(scene.now - since),
});
