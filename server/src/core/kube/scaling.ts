/** How many pods a workload runs, and what changes that number. */
import { valueAt } from '../path.ts';
import { groupOf } from './ref.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from './store.ts';
import type { HorizontalPodAutoscaler, WorkloadObject } from './types.ts';

/** Kinds with `spec.replicas`. */
export const SCALABLE_KINDS: readonly string[] = [
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'DeploymentConfig',
  'Rollout',
];

export interface Scaler {
  resource: Resource;
  /** Path of the lower bound in the scaler's object. */
  minPath: readonly string[];
  min: number;
}

/** Lower bounds by kind, with their defaults: an HPA never goes below 1, KEDA goes down to 0. */
const SCALERS = [
  { kind: 'HorizontalPodAutoscaler', minPath: ['spec', 'minReplicas'], standard: 1 },
  { kind: 'ScaledObject', minPath: ['spec', 'minReplicaCount'], standard: 0 },
] as const;

/** The autoscaler that targets a workload: an HPA, or a ScaledObject of KEDA. */
export function scalerOf(store: Store, { ref }: Pick<Resource, 'ref'>): Scaler | undefined {
  const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
  for (const { kind, minPath, standard } of SCALERS)
    for (const resource of store.list<HorizontalPodAutoscaler>(kind, namespace)) {
      const target = resource.object.spec?.scaleTargetRef;
      const wanted = target?.kind ?? (kind === 'ScaledObject' ? 'Deployment' : undefined);
      if (target?.name !== ref.name || wanted !== ref.kind) continue;
      const { apiVersion } = target;
      if (typeof apiVersion === 'string' && groupOf(apiVersion) !== groupOf(ref.apiVersion)) continue;
      const min = valueAt(resource.object, minPath);
      return { resource, minPath, min: typeof min === 'number' ? min : standard };
    }
  return undefined;
}

/** Pods that a workload wants: `spec.replicas`, 1 when absent; undefined for kinds that do not count that way. */
export function wantedReplicas({ object, ref }: Resource): number | undefined {
  if (ref.kind === 'Pod') return 1;
  if (!SCALABLE_KINDS.includes(ref.kind)) return undefined;
  const replicas = (object as WorkloadObject).spec?.replicas;
  return typeof replicas === 'number' ? replicas : 1;
}
