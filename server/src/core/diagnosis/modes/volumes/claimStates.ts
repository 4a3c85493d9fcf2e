/** Claims that are on their way out, or wait for their pod: normal states that last too long. */
import type { Pod } from '../../../kube/types.ts';
import { ageOf, isFinished } from '../../containers.ts';
import { describeCommand, eventsEvidence, fieldEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { listOf } from '../name.ts';
import { classOf, eventOf, pending, usersOf } from './claimFacts.ts';

/** Taken away by the API server's own controller once no pod uses the claim. */
const PROTECTION = 'kubernetes.io/pvc-protection';

export const pvcStuckTerminating = defineMode({
  id: 'pvc-stuck-terminating',
  step: 'volumes',
  severity: 'error',
  confidence: 'certain',
  case: 'pvc-stuck-terminating',
  explains: ['pvc-being-deleted'],
  messages: {
    used: 'PersistentVolumeClaim {claim} is being deleted and stays until {pods} no longer uses it ({finalizers}).',
    protected:
      'PersistentVolumeClaim {claim} is being deleted and stays as long as a pod uses it ({finalizers}).',
    finalizer:
      'PersistentVolumeClaim {claim} is being deleted and no pod uses it; finalizer {finalizers} keeps it.',
  },
  detect(scene, { report }) {
    for (const claim of scene.claims) {
      const { deletionTimestamp, finalizers = [] } = claim.object.metadata;
      if (!deletionTimestamp || finalizers.length === 0 || ageOf(scene.now, deletionTimestamp) < 30_000)
        continue;
      // Whoever holds it may have nothing else to do with the subject.
      const users = usersOf({ pods: scene.store.list<Pod>('Pod', claim.ref.namespace) }, claim).filter(
        ({ object }) => !isFinished(object) && object.spec?.nodeName,
      );
      const unused = finalizers.includes(PROTECTION) ? 'protected' : 'finalizer';
      report(users.length > 0 ? 'used' : unused, claim, {
        data: {
          claim: claim.ref.name,
          pods: listOf(users.map(({ ref }) => `Pod ${ref.name}`)),
          finalizers: finalizers.join(', '),
        },
        path: ['metadata', 'finalizers'],
        evidence: [
          fieldEvidence(claim, ['metadata', 'deletionTimestamp']),
          fieldEvidence(claim, ['metadata', 'finalizers']),
        ],
        affects: usersOf(scene, claim).filter(({ object }) => !object.spec?.nodeName),
        commands: describeCommand(claim.ref),
      });
    }
  },
});

/** A claim that waits for its pod's node: normal until the pod cannot be placed, which has a reason of its own. */
export const waitForFirstConsumer = defineMode({
  id: 'wait-for-first-consumer',
  step: 'volumes',
  severity: 'warning',
  confidence: 'hint',
  case: 'unbound-pvc-pending',
  symptom: true,
  messages: { waits: 'PersistentVolumeClaim {claim} waits until Pod {pod} has a node.' },
  detect(scene, { report }) {
    for (const claim of pending(scene)) {
      const event = eventOf(scene, claim, 'WaitForFirstConsumer', 'WaitForPodScheduled');
      const waiting = usersOf(scene, claim).filter(
        ({ object }) => !object.spec?.nodeName && !isFinished(object),
      );
      const [first] = waiting;
      if (!first || (!event && classOf(scene, claim)?.object.volumeBindingMode !== 'WaitForFirstConsumer'))
        continue;
      if (ageOf(scene.now, first.object.metadata.creationTimestamp) < 30_000) continue;
      report('waits', claim, {
        data: { claim: claim.ref.name, pod: first.ref.name },
        path: ['status', 'phase'],
        evidence: [...eventsEvidence(event ? [event] : []), fieldEvidence(claim, ['status', 'phase'])],
        affects: waiting,
        commands: describeCommand(claim.ref),
      });
    }
  },
});
