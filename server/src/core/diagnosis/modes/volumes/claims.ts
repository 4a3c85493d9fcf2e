/** Claims that are not bound, by what their class, their volumes and their provisioner say. */
import { parseQuantity } from '../../../kube/quantity.ts';
import type { Resource } from '../../../kube/store.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { ageOf } from '../../containers.ts';
import { messageOf } from '../../eventFacts.ts';
import { eventsEvidence, fieldEvidence } from '../../evidence.ts';
import { defineMode, type FailureMode, type ModeContext, type ModeReport } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf } from '../name.ts';

import { classOf, commandsFor, DEFAULT_CLASS, eventOf, pending, usersOf, WAITS } from './claimFacts.ts';

interface ClaimMode<M extends string>
  extends Pick<FailureMode<M>, 'id' | 'confidence' | 'case' | 'messages' | 'explains'> {
  /** Looks at one claim that is not bound. `{claim}` of its messages is the claim's name. */
  detect(
    claim: Resource<PersistentVolumeClaim>,
    scene: Scene,
    context: {
      report(message: M, details: Pick<ModeReport, 'data' | 'path' | 'evidence'>): void;
      notChecked: ModeContext<M>['notChecked'];
    },
  ): void;
}

/** A mode over the claims that are not bound: the claim is guilty, and the pods that use it suffer. */
const claimMode = <M extends string>({ detect, ...mode }: ClaimMode<M>): FailureMode =>
  defineMode<M>({
    explains: WAITS,
    ...mode,
    step: 'volumes',
    severity: 'error',
    detect(scene, { report, notChecked }) {
      for (const claim of pending(scene))
        detect(claim, scene, {
          notChecked,
          report: (message, details) =>
            report(message, claim, {
              ...details,
              data: { claim: claim.ref.name, ...details.data },
              affects: usersOf(scene, claim),
              commands: commandsFor(claim),
            }),
        });
    },
  });

export const storageClassMissing = claimMode({
  id: 'storage-class-missing',
  confidence: 'certain',
  case: 'unbound-pvc-pending',
  messages: {
    missing: 'StorageClass {name} of PersistentVolumeClaim {claim} does not exist; there is {classes}{near}.',
    none: 'StorageClass {name} of PersistentVolumeClaim {claim} does not exist, and the cluster has none at all.',
  },
  detect(claim, scene, { report, notChecked }) {
    const name = claim.object.spec?.storageClassName;
    if (!name || classOf(scene, claim)) return;
    const event = eventOf(scene, claim, 'ProvisioningFailed');
    const said = event && /storageclass\.storage\.k8s\.io "[^"]+" not found/.test(messageOf(event));
    if (scene.gapOf('StorageClass') && !said) {
      notChecked('StorageClass', 'StorageClass');
      return;
    }
    // A class may be a mere label that claims and volumes of a kind share.
    if (!said && (claim.object.spec?.volumeName || volumesOf(scene, name).length > 0)) return;
    const classes = scene.store.list('StorageClass').map(({ ref }) => ref.name);
    const near = nearest(name, classes);
    report(classes.length > 0 ? 'missing' : 'none', {
      data: {
        name,
        classes: listOf(classes.sort()),
        near: near ? ` (${near}?)` : '',
      },
      path: ['spec', 'storageClassName'],
      evidence: [...eventsEvidence(event ? [event] : []), fieldEvidence(claim, ['spec', 'storageClassName'])],
    });
  },
});

const volumesOf = ({ store }: Scene, className: string): Resource<PersistentVolume>[] =>
  store
    .list<PersistentVolume>('PersistentVolume')
    .filter(({ object }) => (object.spec?.storageClassName ?? '') === className);

export const pvcPendingNoClass = claimMode({
  id: 'pvc-pending-no-class',
  confidence: 'certain',
  case: 'unbound-pvc-pending',
  messages: {
    absent:
      'PersistentVolumeClaim {claim} names no StorageClass and the cluster has no default one; there is {classes}.',
    none: 'PersistentVolumeClaim {claim} names no StorageClass, the cluster has none, and no PersistentVolume fits the claim.',
    empty:
      'PersistentVolumeClaim {claim} has storageClassName "", which forbids provisioning, and no PersistentVolume fits it.',
  },
  detect(claim, scene, { report, notChecked }) {
    const name = claim.object.spec?.storageClassName;
    if (name || claim.object.spec?.volumeName) return;
    const event = scene
      .eventsOf(claim)
      .find(
        ({ reason, message = '' }) => reason === 'FailedBinding' && /no storage class is set/.test(message),
      );
    if (scene.gapOf('StorageClass') && !event) {
      notChecked('StorageClass', 'StorageClass');
      return;
    }
    const classes = scene.store.list<StorageClass>('StorageClass');
    const hasDefault = classes.some(({ object }) => object.metadata.annotations?.[DEFAULT_CLASS] === 'true');
    if (name === undefined && hasDefault && !event) return;
    report(name !== undefined ? 'empty' : classes.length > 0 ? 'absent' : 'none', {
      data: { classes: listOf(classes.map(({ ref }) => ref.name).sort()) },
      path: ['spec', ...(name === undefined ? [] : ['storageClassName'])],
      evidence: [...eventsEvidence(event ? [event] : []), fieldEvidence(claim, ['status', 'phase'])],
    });
  },
});

export const provisioningFailed = claimMode({
  id: 'provisioning-failed',
  confidence: 'certain',
  case: 'provisioner-not-running',
  messages: {
    failed:
      'The provisioner of StorageClass {name} cannot make a volume for PersistentVolumeClaim {claim}: {reason}.',
  },
  detect(claim, scene, { report }) {
    const event = eventOf(scene, claim, 'ProvisioningFailed');
    const reason = event && /failed to provision volume[^:]*: ([\s\S]*)/.exec(messageOf(event))?.[1];
    if (!event || !reason) return;
    report('failed', {
      data: {
        name: claim.object.spec?.storageClassName ?? '',
        reason: reason.trim().replace(/\.$/, '').slice(0, 300),
      },
      path: ['spec', 'storageClassName'],
      evidence: eventsEvidence([event]),
    });
  },
});

const PATIENCE = 120_000;

export const provisionerNotRunning = claimMode({
  id: 'provisioner-not-running',
  confidence: 'likely',
  case: 'provisioner-not-running',
  messages: {
    silent:
      'PersistentVolumeClaim {claim} has waited {minutes} min for provisioner {provisioner} of StorageClass {name}, which does not answer.',
  },
  detect(claim, scene, { report }) {
    const event = eventOf(scene, claim, 'ExternalProvisioning');
    const age = ageOf(scene.now, claim.object.metadata.creationTimestamp);
    if (!event || age < PATIENCE || eventOf(scene, claim, 'ProvisioningFailed')) return;
    const provisioner =
      /external provisioner '([^']+)'/.exec(messageOf(event))?.[1] ??
      classOf(scene, claim)?.object.provisioner ??
      '?';
    report('silent', {
      data: {
        minutes: Math.round(age / 60_000),
        provisioner,
        name: claim.object.spec?.storageClassName ?? '',
      },
      path: ['spec', 'storageClassName'],
      evidence: eventsEvidence([event]),
    });
  },
});

export const pvClaimMismatch = claimMode({
  id: 'pv-claim-mismatch',
  confidence: 'certain',
  case: 'unbound-pvc-pending',
  messages: {
    mismatch: 'PersistentVolumeClaim {claim} names volume {volume}, which does not fit it: {reason}.',
  },
  detect(claim, scene, { report }) {
    const event = eventOf(scene, claim, 'VolumeMismatch');
    const match = event && /Cannot bind to requested volume "([^"]+)": ([\s\S]*)/.exec(messageOf(event));
    const volume = claim.object.spec?.volumeName;
    const found = volume ? scene.find<PersistentVolume>('PersistentVolume', undefined, volume) : undefined;
    // The controller's words have no figures: `requested PV is too small`.
    const reason = (found && misfit(claim.object, found.object)) ?? match?.[2];
    if (!volume || !reason) return;
    report('mismatch', {
      data: { volume, reason: reason.replace(/\.$/, '') },
      path: ['spec', 'volumeName'],
      evidence: [
        ...eventsEvidence(event ? [event] : []),
        fieldEvidence(claim, ['spec']),
        ...(found ? [fieldEvidence(found, ['spec', 'capacity'])] : []),
      ],
    });
  },
});

/** The first field in which a volume does not serve a claim; values of both sides. */
function misfit({ spec }: PersistentVolumeClaim, { spec: volume }: PersistentVolume): string | undefined {
  const wanted = spec?.resources?.requests?.storage;
  const has = volume?.capacity?.storage;
  if ((parseQuantity(wanted) ?? 0) > (parseQuantity(has) ?? Number.POSITIVE_INFINITY))
    return `${has} < ${wanted}`;
  const modes = spec?.accessModes ?? [];
  if (!modes.every((mode) => volume?.accessModes?.includes(mode)))
    return `accessModes ${listOf(volume?.accessModes ?? [])} / ${listOf(modes)}`;
  if (spec?.storageClassName !== undefined && (volume?.storageClassName ?? '') !== spec.storageClassName)
    return `storageClassName ${volume?.storageClassName || '""'} / ${spec.storageClassName || '""'}`;
  return undefined;
}

export const pvAlreadyClaimed = claimMode({
  id: 'pv-already-claimed',
  confidence: 'certain',
  case: 'unbound-pvc-pending',
  explains: [...WAITS, 'pv-claim-mismatch'],
  messages: { taken: 'PersistentVolumeClaim {claim} names volume {volume}, which belongs to claim {other}.' },
  detect(claim, scene, { report }) {
    const name = claim.object.spec?.volumeName;
    const volume = name ? scene.find<PersistentVolume>('PersistentVolume', undefined, name) : undefined;
    const owner = volume?.object.spec?.claimRef;
    if (!volume || !owner || (owner.namespace === claim.ref.namespace && owner.name === claim.ref.name))
      return;
    report('taken', {
      data: { volume: volume.ref.name, other: `${owner.namespace}/${owner.name}` },
      path: ['spec', 'volumeName'],
      evidence: [fieldEvidence(volume, ['spec', 'claimRef'])],
    });
  },
});
