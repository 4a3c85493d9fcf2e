/** What the tree keeps of a workload, and what its own status says. */

import type { KubeObject } from '../../core/kube/object.ts';
import type { ObjectRef } from '../../core/kube/ref.ts';
import type { Condition, CronJob, Job, WorkloadObject } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { Health } from '../../protocol.ts';

export interface WorkloadFacts {
  ref: ObjectRef;
  uid: string;
  owner?: { apiVersion: string; kind: string; name: string; uid?: string };
  /** How many pods it wants; undefined when it wants none at all times (a Job that is done, a CronJob). */
  wanted: number;
  readyCount: number;
  /** `1/3`; for a Job what has completed. */
  ready: string;
  /** What its conditions say by themselves; pods may say worse. */
  health: Health;
  summary: string;
}

export function workloadFacts(object: KubeObject): WorkloadFacts {
  const { namespace = 'default', name = '', uid, ownerReferences } = object.metadata;
  const owner = ownerReferences?.find(({ controller }) => controller);
  const base = {
    ref: { apiVersion: object.apiVersion, kind: object.kind, namespace, name },
    uid: uid ?? `${object.kind}/${namespace}/${name}`,
    ...(owner ? { owner } : {}),
  };
  if (object.kind === 'Job') return { ...base, ...jobState(object as Job) };
  if (object.kind === 'CronJob') return { ...base, ...cronState(object as CronJob) };
  return { ...base, ...replicaState(object as WorkloadObject) };
}

type State = Omit<WorkloadFacts, 'ref' | 'uid' | 'owner'>;

function replicaState({ kind, spec, status = {} }: WorkloadObject): State {
  const daemon = kind === 'DaemonSet';
  const wanted = daemon ? (status.desiredNumberScheduled ?? 0) : (spec?.replicas ?? 1);
  const readyCount = (daemon ? status.numberReady : status.readyReplicas) ?? 0;
  const base = { wanted, readyCount, ready: `${readyCount}/${wanted}` };
  const broken = failedCondition(status.conditions);
  if (broken) return { ...base, health: 'failing', summary: conditionText(broken) };
  if (wanted === 0)
    return { ...base, health: 'healthy', summary: daemon ? t('fits no node') : t('scaled to 0') };
  return { ...base, health: readyCount >= wanted ? 'healthy' : 'progressing', summary: '' };
}

/** A rollout that hit its deadline, or pods that cannot even be made. */
const failedCondition = (conditions: Condition[] = []): Condition | undefined =>
  conditions.find(
    ({ type, status, reason }) =>
      (type === 'ReplicaFailure' && status === 'True') ||
      (type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded'),
  );

function jobState({ spec, status = {} }: Job): State {
  const wanted = spec?.completions ?? spec?.parallelism ?? 1;
  const done = status.succeeded ?? 0;
  const base = { wanted: 0, readyCount: done, ready: `${done}/${wanted}` };
  const is = (type: string): Condition | undefined =>
    status.conditions?.find((condition) => condition.type === type && condition.status === 'True');
  const failed = is('Failed') ?? is('FailureTarget');
  if (failed) return { ...base, health: 'failing', summary: conditionText(failed) };
  if (is('Complete')) return { ...base, health: 'finished', summary: '' };
  if (spec?.suspend) return { ...base, health: 'healthy', summary: t('suspended') };
  return { ...base, health: 'progressing', summary: '' };
}

const cronState = ({ spec, status }: CronJob): State => ({
  wanted: 0,
  readyCount: 0,
  ready: t('{count} active', { count: status?.active?.length ?? 0 }),
  health: 'healthy',
  summary: spec?.suspend ? t('suspended') : (spec?.schedule ?? ''),
});

const conditionText = ({ reason = '', message = '' }: Condition): string => {
  const text = [reason, message]
    .filter((part) => part !== '')
    .join(': ')
    .replace(/\s+/g, ' ');
  return text.length > 140 ? `${text.slice(0, 139)}…` : text;
};
