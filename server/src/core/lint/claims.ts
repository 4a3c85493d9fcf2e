/** Volumes that only one node can have at a time. */
import type { KubeObject } from '../kube/object.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import type { PersistentVolumeClaim } from '../kube/types.ts';
import { podTemplateOf, templatePath } from '../kube/workload.ts';
import type { Path } from '../path.ts';

const SHARED_MODES = ['ReadWriteMany', 'ReadOnlyMany'];

export interface MountedClaim {
  name: string;
  /** Path of the claim's name in the workload. */
  path: Path;
  claim: Resource<PersistentVolumeClaim> | undefined;
}

/** The claims that the pods of a workload share, with their declarations. */
export function claimsOf(object: KubeObject, store: Store): MountedClaim[] {
  const base = templatePath(object.kind);
  if (!base) return [];
  const namespace = object.metadata.namespace || DEFAULT_NAMESPACE;
  return (podTemplateOf(object)?.spec?.volumes ?? []).flatMap((volume, index) => {
    const name = volume?.persistentVolumeClaim?.claimName;
    if (!name) return [];
    const path = [...base, 'spec', 'volumes', index, 'persistentVolumeClaim', 'claimName'];
    return [
      { name, path, claim: store.find<PersistentVolumeClaim>('PersistentVolumeClaim', namespace, name) },
    ];
  });
}

/** True when a claim can be on one node only. */
export function isSingleNode({ claim }: MountedClaim): boolean {
  const modes = claim?.object.spec?.accessModes ?? [];
  return modes.length > 0 && !modes.some((mode) => SHARED_MODES.includes(mode));
}

/** True when the pods share a claim that may be on one node only: one that is not declared here counts as well. */
export const mountsClaim = (object: KubeObject, store: Store): boolean =>
  claimsOf(object, store).some((mounted) => !mounted.claim || isSingleNode(mounted));
