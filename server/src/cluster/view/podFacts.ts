/** What the tree keeps of a pod: a few hundred bytes instead of the whole object. */

import { lastExit, podStatusLine } from '../../core/kube/podStatus.ts';
import type { ObjectRef } from '../../core/kube/ref.ts';
import type { Pod } from '../../core/kube/types.ts';
import type { Health } from '../../protocol.ts';

export interface PodFacts {
  ref: ObjectRef;
  uid: string;
  status: string;
  ready: string;
  isReady: boolean;
  restarts: number;
  phase: string;
  node?: string;
  createdAt?: string;
  deletedAt?: string;
  /** When it stopped being ready, or began to wait. */
  unreadySince?: string;
  lastExit?: { code: number; at?: string };
  /** The scheduler's or kubelet's own words. */
  message?: string;
  containers: string[];
  /** The controller that owns it, and the label that ReplicaSets of a Deployment put on their pods. */
  owner?: { apiVersion: string; kind: string; name: string; uid?: string };
  templateHash?: string;
  labels: Readonly<Record<string, string>>;
}

export function podFacts(pod: Pod): PodFacts {
  const { metadata, spec, status } = pod;
  const { namespace = 'default', name = '' } = metadata;
  const line = podStatusLine(pod);
  const exit = lastExit(pod);
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const readyCondition = status?.conditions?.find(({ type }) => type === 'Ready');
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting?.message)?.state?.waiting;
  const message = scheduled?.status === 'False' ? scheduled.message : (waiting?.message ?? status?.message);
  const hash = metadata.labels?.['pod-template-hash'];
  return {
    ref: { apiVersion: 'v1', kind: 'Pod', namespace, name },
    uid: metadata.uid ?? `${namespace}/${name}`,
    ...line,
    phase: status?.phase ?? '',
    containers: [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].flatMap(
      ({ name: container }) => container ?? [],
    ),
    labels: metadata.labels ?? {},
    ...(spec?.nodeName ? { node: spec.nodeName } : {}),
    ...(metadata.creationTimestamp ? { createdAt: metadata.creationTimestamp } : {}),
    ...(metadata.deletionTimestamp ? { deletedAt: metadata.deletionTimestamp } : {}),
    ...(readyCondition?.lastTransitionTime ? { unreadySince: readyCondition.lastTransitionTime } : {}),
    ...(exit
      ? { lastExit: { code: exit.exitCode, ...(exit.finishedAt ? { at: exit.finishedAt } : {}) } }
      : {}),
    ...(message ? { message } : {}),
    ...(owner ? { owner } : {}),
    ...(hash ? { templateHash: hash } : {}),
  };
}

/** Waiting for these is what a new pod does. */
const NORMAL_WAIT = /^(Pending|ContainerCreating|PodInitializing|Init:\d+\/\d+|Running|NotReady|)$/;
/** A pod that has just started may take this long to become ready, one that is being made this long to start. */
const START_MS = 60_000;
const CREATE_MS = 180_000;
/** A restart that lies further back is history. */
const RECENT_MS = 10 * 60_000;
const TERMINATE_MS = 30_000;

export function podHealth(pod: PodFacts, now: number): Health {
  const age = (time: string | undefined): number => now - (Date.parse(time ?? '') || now);
  if (pod.phase === 'Succeeded') return 'finished';
  if (pod.phase === 'Failed') return 'failing';
  if (pod.status === 'Unknown' || pod.phase === 'Unknown') return 'unknown';
  if (pod.deletedAt) return age(pod.deletedAt) > TERMINATE_MS ? 'failing' : 'progressing';
  if (pod.isReady)
    return pod.lastExit && age(pod.lastExit.at) < RECENT_MS && pod.restarts > 0 ? 'warning' : 'healthy';
  if (!NORMAL_WAIT.test(pod.status)) return pod.status === 'SchedulingGated' ? 'progressing' : 'failing';
  // Pending with the scheduler's refusal, and not just created.
  if (pod.phase === 'Pending' && !pod.node) return pod.message ? 'failing' : 'progressing';
  const limit = pod.phase === 'Pending' ? CREATE_MS : START_MS;
  return age(pod.unreadySince ?? pod.createdAt) > limit ? 'failing' : 'progressing';
}
