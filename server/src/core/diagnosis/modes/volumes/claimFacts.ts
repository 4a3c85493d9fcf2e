/** Claims of a scene, and what belongs to them. */
import type { Resource } from '../../../kube/store.ts';
import type { Event, PersistentVolumeClaim, Pod, StorageClass } from '../../../kube/types.ts';
import { describeCommand, kubectl } from '../../evidence.ts';
import type { Scene } from '../../scene.ts';

export type Claim = Resource<PersistentVolumeClaim>;

export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
export const WAITS = ['unbound-immediate-pvc', 'no-matching-pv', 'volume-mount-timeout'];

export const pending = ({ claims }: Scene): Claim[] =>
  claims.filter(
    ({ object }) =>
      object.status?.phase !== 'Bound' &&
      object.status?.phase !== 'Lost' &&
      !object.metadata.deletionTimestamp,
  );

/** Pods that wait for a claim. */
export const usersOf = ({ pods }: Pick<Scene, 'pods'>, claim: Claim): Resource<Pod>[] =>
  pods.filter(
    ({ ref, object }) =>
      ref.namespace === claim.ref.namespace &&
      object.spec?.volumes?.some(({ persistentVolumeClaim: use }) => use?.claimName === claim.ref.name),
  );

export const eventOf = (scene: Scene, claim: Claim, ...reasons: string[]): Event | undefined =>
  scene.eventsOf(claim).find(({ reason }) => reasons.includes(reason ?? ''));

export const classOf = (scene: Scene, claim: Claim): Resource<StorageClass> | undefined => {
  const name = claim.object.spec?.storageClassName;
  return name ? scene.find<StorageClass>('StorageClass', undefined, name) : undefined;
};

export const commandsFor = (claim: Claim): string[] => [
  ...describeCommand(claim.ref),
  ...kubectl(undefined, 'get', 'storageclasses,persistentvolumes'),
];
