/** What a diagnosis could not look at. "Not checked" is never shown as healthy. */
import { isStruggling, livePods } from './containers.ts';
import type { Say } from './diagnose.ts';
import { EVERYWHERE, type Gap, type GapReason } from './observed.ts';
import type { ObservedIndex } from './observedIndex.ts';
import type { NotChecked } from './report.ts';
import type { Scene } from './scene.ts';

export interface NotCheckedNote {
  check: string;
  kind: string;
  namespace?: string;
  reason?: GapReason;
  detail?: string;
}

const EVENT_LIFETIME = 3_600_000;

/** Kinds that some failure mode reads; a gap in any other kind costs the diagnosis nothing. */
const READ_KINDS = new Set([
  'APIService',
  'ConfigMap',
  'CronJob',
  'CSINode',
  'DaemonSet',
  'Deployment',
  'EndpointSlice',
  'Event',
  'HorizontalPodAutoscaler',
  'Ingress',
  'IngressClass',
  'Job',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'ResourceQuota',
  'Secret',
  'Service',
  'ServiceAccount',
  'StatefulSet',
  'StorageClass',
  'logs',
]);

/** Gaps of the scene's namespaces, what modes asked for in vain, and events that have expired. */
export function collectGaps(
  scene: Scene,
  { observed }: ObservedIndex,
  notes: readonly NotCheckedNote[],
  say: Say,
  isFaulty: boolean,
): NotChecked[] {
  const found = new Map<string, NotChecked>();
  const add = (key: string, entry: NotChecked): void => {
    if (!found.has(key)) found.set(key, entry);
  };
  const namespaces = new Set([
    scene.subject.namespace,
    scene.subject.kind === 'Namespace' ? scene.subject.name : undefined,
    'kube-system',
    ...scene.pods.map(({ ref }) => ref.namespace),
    ...scene.services.map(({ ref }) => ref.namespace),
  ]);
  const relevant = observed.gaps.filter(
    (gap) =>
      READ_KINDS.has(gap.kind) &&
      (gap.namespace === undefined || namespaces.has(gap.namespace)) &&
      (gap.name === undefined || isNearby(scene, gap.name)),
  );
  // One entry a reason: a namespace that is not in a snapshot is one thing to know, not fifteen.
  const sameReason = ({ namespace = '', reason, detail }: Gap) => `${namespace}|${reason}|${detail}`;
  for (const [key, gaps] of Map.groupBy(relevant, sameReason)) {
    const [{ namespace, reason, detail }] = gaps as [Gap, ...Gap[]];
    const kinds = [...new Set(gaps.map(({ kind, name }) => (name ? `${kind} ${name}` : kind)))].join(', ');
    const check = namespace ? say('checkKindIn', { kind: kinds, namespace }) : kinds;
    add(key, { check, reason, detail });
  }
  for (const note of notes) {
    const gap = scene.gapOf(note.kind, note.namespace);
    const [pod = '', container = ''] = note.check.split('/');
    add(`${note.check}|${note.namespace ?? ''}`, {
      check:
        note.kind === 'logs'
          ? say('checkLogs', { pod, container })
          : note.kind === 'stats'
            ? say('checkStats', { node: note.check })
            : note.namespace === EVERYWHERE
              ? say('checkElsewhere', { kind: note.kind })
              : note.check,
      reason: note.reason ?? gap?.reason ?? 'unavailable',
      detail: note.detail ?? gap?.detail ?? say('notRead'),
    });
  }
  if (isFaulty && !scene.gapOf('Event', scene.subject.namespace)) addExpired(scene, say, add);
  return [...found.values()];
}

/** A gap of one object (a log, a node's statistics) matters when that object is in the scene. */
const isNearby = ({ pods, nodes }: Scene, name: string): boolean =>
  pods.some(({ ref }) => name === ref.name || name.startsWith(`${ref.name}/`)) ||
  nodes.some(({ ref }) => ref.name === name);

/** A pod that has been in trouble for longer than events live and has none: their absence proves nothing. */
function addExpired(scene: Scene, say: Say, add: (key: string, entry: NotChecked) => void): void {
  for (const pod of livePods(scene)) {
    if (!scene.subjectPods.has(pod) || !isStruggling(pod, scene.now)) continue;
    if (scene.now - (Date.parse(pod.object.metadata.creationTimestamp ?? '') || scene.now) < EVENT_LIFETIME)
      continue;
    if (scene.eventsOf(pod).length > 0) continue;
    add(`events|${pod.ref.name}`, {
      check: say('checkEvents', { kind: 'Pod', name: pod.ref.name }),
      reason: 'evidence-expired',
      detail: say('eventsExpired'),
    });
  }
}
