/** The containers of pods as a diagnosis sees them: which one counts, and whether it is in trouble now. */
import type { Resource } from '../kube/store.ts';
import type { Container, ContainerStatus, Pod } from '../kube/types.ts';
import { containersOf, type PlacedContainer } from '../kube/workload.ts';
import type { Path } from '../path.ts';
import type { Scene } from './scene.ts';

export type Termination = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

export interface ContainerFact {
  pod: Resource<Pod>;
  name: string;
  role: PlacedContainer['role'];
  spec: Container;
  /** Path of the container in the pod. */
  path: Path;
  status?: ContainerStatus;
  /** Path of its status in the pod. */
  statusPath: Path;
  /** `state.waiting.reason`, or ''. */
  waiting: string;
  waitingMessage: string;
  /** How it last ended: `state.terminated`, else `lastState.terminated`. */
  ended?: Termination;
  /** Path of `ended` in the pod. */
  endedPath: Path;
}

const MINUTE = 60_000;
/** Grace of a young container: readiness is asked the moment it starts and nearly always fails once. */
const START_GRACE = 5_000;

export const conditionOf = (pod: Pod, type: string) =>
  pod.status?.conditions?.find((condition) => condition.type === type);

export const isFinished = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** The node lifecycle controller flips Ready without touching the containers' own flags. */
export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

export const ageOf = (now: number, time: string | undefined): number => {
  const then = Date.parse(time ?? '');
  return Number.isNaN(then) ? 0 : now - then;
};

/** All containers of a pod in the order of its spec. */
export function factsOf(pod: Resource<Pod>): ContainerFact[] {
  const { status } = pod.object;
  return containersOf(pod.object).flatMap(({ container, path, role }) => {
    const name = container.name;
    if (!name) return [];
    const list = path[1] === 'initContainers' ? 'initContainerStatuses' : 'containerStatuses';
    const at = (status?.[list] ?? []).findIndex((found) => found.name === name);
    const own = status?.[list]?.[at];
    const state = own?.state?.terminated ? 'state' : 'lastState';
    const ended = own?.[state]?.terminated;
    const statusPath: Path = ['status', list, Math.max(at, 0)];
    return [
      {
        pod,
        name,
        role,
        spec: container,
        path,
        ...(own ? { status: own } : {}),
        statusPath,
        waiting: own?.state?.waiting?.reason ?? '',
        waitingMessage: own?.state?.waiting?.message ?? '',
        ...(ended ? { ended } : {}),
        endedPath: [...statusPath, state, 'terminated'],
      },
    ];
  });
}

/**
 * The containers that decide what the pod does now. While a regular init container has not completed, it and the
 * sidecars started before it count; what stands behind it only waits.
 */
export function activeContainers(pod: Resource<Pod>): ContainerFact[] {
  const facts = factsOf(pod);
  const blocking = facts.findIndex(
    ({ role, status }) =>
      (role === 'init' && status?.state?.terminated?.exitCode !== 0) ||
      (role === 'sidecar' && status?.started !== true && !status?.state?.running),
  );
  const initialized = conditionOf(pod.object, 'Initialized')?.status === 'True';
  if (blocking < 0 || initialized) return facts.filter(({ role }) => role !== 'init');
  return facts.slice(0, blocking + 1).filter(({ role }, at) => role === 'sidecar' || at === blocking);
}

/**
 * True while a container keeps ending: it waits for its restart, stays ended with an error, or ended a short while
 * ago. One restart that lies behind a container that has been ready since is history.
 */
export function isCrashing({ pod, role, status, waiting, ended }: ContainerFact, now: number): boolean {
  // What ends in a pod that is asked to go ends on request.
  if (pod.object.metadata.deletionTimestamp) return false;
  if (waiting === 'CrashLoopBackOff' || waiting === 'RunContainerError') return true;
  if (!status || !ended) return false;
  if (status.state?.terminated) {
    return ended.exitCode !== 0 || (role !== 'init' && pod.object.status?.phase === 'Running');
  }
  const since = ageOf(now, ended.finishedAt);
  if (status.ready && isSteady(status, ended, now)) return false;
  if (role === 'init') return !status.state?.terminated && since < 10 * MINUTE;
  if (!status.ready) return since < 15 * MINUTE;
  return since < (status.restartCount >= 5 ? 60 : status.restartCount >= 2 ? 10 : 3) * MINUTE;
}

/** True when a container that has ended a few times now outlives its former life: it had to wait for something. */
function isSteady({ restartCount, state }: ContainerStatus, ended: Termination, now: number): boolean {
  const lived = Date.parse(ended.finishedAt ?? '') - Date.parse(ended.startedAt ?? '');
  if (restartCount > 3 || !state?.running || Number.isNaN(lived)) return false;
  return ageOf(now, state.running.startedAt) >= Math.max(15_000, 3 * lived);
}

/** True for a container that runs and is not ready, its first seconds aside. */
export function isUnready({ status, role }: ContainerFact, now: number): boolean {
  if (!status?.state?.running || role === 'init') return false;
  if (status.ready) return false;
  return ageOf(now, status.state.running.startedAt) >= START_GRACE;
}

/** True when a pod is not doing what it should: pending, failing, crashing, or running and not ready. */
export function isStruggling(pod: Resource<Pod>, now: number): boolean {
  const { status, metadata } = pod.object;
  if (status?.phase === 'Succeeded') return false;
  if (status?.phase === 'Failed') return true;
  if (metadata.deletionTimestamp) return now > Date.parse(metadata.deletionTimestamp) + 30_000;
  if (!isReady(pod.object)) return ageOf(now, status?.startTime ?? metadata.creationTimestamp) >= START_GRACE;
  return activeContainers(pod).some((fact) => isCrashing(fact, now));
}

/** Pods that count: neither done, nor failed ones that their owner has replaced, nor in the middle of a normal end. */
export function livePods(scene: Scene): Resource<Pod>[] {
  return remember(scene, 'livePods', () =>
    scene.pods.filter((pod) => {
      const { status, metadata } = pod.object;
      if (status?.phase === 'Succeeded') return false;
      if (status?.phase === 'Failed') return scene.object === pod || !isReplaced(scene, pod);
      if (!metadata.deletionTimestamp) return true;
      return scene.now > Date.parse(metadata.deletionTimestamp) + 30_000;
    }),
  );
}

/** A failed pod never runs again: when its controller has others that do, it is history. Jobs count their own failures. */
function isReplaced(scene: Scene, pod: Resource<Pod>): boolean {
  const owner = scene.ownersOf(pod)[0];
  if (!owner) return false;
  const siblings = scene
    .childrenOf(owner)
    .filter(({ ref }) => ref.kind === 'Pod' && ref.name !== pod.ref.name) as Resource<Pod>[];
  if (owner.ref.kind === 'Job')
    return (
      siblings.some(({ object }) => object.status?.phase === 'Succeeded') ||
      (scene.object !== owner && isSuperseded(scene, owner))
    );
  if (isOwnFault(pod.object) && scene.now - failedAt(pod.object) < 10 * MINUTE) return false;
  return siblings.some(({ object }) => !isFinished(object) && !object.metadata.deletionTimestamp);
}

/** A failed run of a CronJob is history once a later one has completed. */
export function isSuperseded(scene: Scene, job: Resource): boolean {
  const cron = scene.ownersOf(job).find(({ ref }) => ref.kind === 'CronJob');
  const made = job.object.metadata.creationTimestamp ?? '';
  return (
    cron !== undefined &&
    scene
      .childrenOf(cron)
      .some(
        ({ object }) =>
          (object.metadata.creationTimestamp ?? '') > made &&
          conditionOf(object as Pod, 'Complete')?.status === 'True',
      )
  );
}

/** What a pod did to itself its successor will do too; what its node did to it is over with it. */
const isOwnFault = ({ status }: Pod): boolean =>
  isOwnEviction(status?.message ?? '') || status?.reason === 'SysctlForbidden';

/** True for the kubelet's words about a pod that outgrew its own limits. */
export const isOwnEviction = (message: string): boolean =>
  /exceeds the limit|exceeded its local ephemeral|exceeds the total limit/.test(message);

/** When a pod failed: its conditions and containers changed for the last time then. */
function failedAt({ status, metadata }: Pod): number {
  const times = [
    ...(status?.conditions ?? []).map(({ lastTransitionTime }) => lastTransitionTime),
    ...(status?.containerStatuses ?? []).map(({ state }) => state?.terminated?.finishedAt),
    metadata.creationTimestamp,
  ];
  return Math.max(...times.map((time) => Date.parse(time ?? '') || 0));
}

/** The containers of all live pods that decide what their pod does now. */
export const containersInScene = (scene: Scene): ContainerFact[] =>
  remember(scene, 'containers', () => livePods(scene).flatMap(activeContainers));

export const crashing = (scene: Scene): ContainerFact[] =>
  remember(scene, 'crashing', () => containersInScene(scene).filter((fact) => isCrashing(fact, scene.now)));

const memory = new WeakMap<Scene, Map<string, unknown>>();

/** Facts that several modes need are worked out once a scene. */
export function remember<T>(scene: Scene, key: string, work: () => T): T {
  const known = memory.get(scene) ?? new Map<string, unknown>();
  memory.set(scene, known);
  if (!known.has(key)) known.set(key, work());
  return known.get(key) as T;
}
