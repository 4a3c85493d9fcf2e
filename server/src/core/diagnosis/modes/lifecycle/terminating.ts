/** Pods that were deleted and do not go. `deletionTimestamp` already holds the grace period. */
import type { Resource } from '../../../kube/store.ts';
import type { KubeNode, Pod } from '../../../kube/types.ts';
import { factsOf } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { describeCommand, eventsEvidence, fieldEvidence, kubectl } from '../../evidence.ts';
import { ageText } from '../../ladder.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';

const LATE = 30_000;
/** What Kubernetes gives a pod that says nothing, in seconds. */
const USUAL_GRACE = 30;

const overdue = ({ pods, now }: Scene): Resource<Pod>[] =>
  pods.filter(({ object }) => now > Date.parse(object.metadata.deletionTimestamp ?? '') + LATE);

const nodeOf = (scene: Scene, { object }: Resource<Pod>): Resource<KubeNode> | undefined =>
  scene.find<KubeNode>('Node', undefined, object.spec?.nodeName ?? '');

const isLost = (node: Resource<KubeNode> | undefined): boolean =>
  node?.object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'True') ?? false;

const runs = (pod: Resource<Pod>): boolean =>
  factsOf(pod).some(({ status }) => status?.state?.running !== undefined);

export const terminatingFinalizer = defineMode({
  id: 'pod-stuck-terminating-finalizer',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'finalizer-stuck',
  messages: {
    kept: 'Pod {pod} should have gone {age} ago; finalizer {finalizers} keeps it, and nobody takes it away.',
  },
  detect(scene, { report }) {
    for (const pod of overdue(scene)) {
      const { finalizers = [], deletionTimestamp } = pod.object.metadata;
      if (finalizers.length === 0 || runs(pod)) continue;
      report('kept', pod, {
        data: {
          pod: pod.ref.name,
          age: ageText(scene, deletionTimestamp),
          finalizers: finalizers.join(', '),
        },
        path: ['metadata', 'finalizers'],
        evidence: [
          fieldEvidence(pod, ['metadata', 'deletionTimestamp']),
          fieldEvidence(pod, ['metadata', 'finalizers']),
        ],
        affects: [pod],
        commands: kubectl(pod.ref.namespace, 'get', 'pod', pod.ref.name, '-o', 'yaml'),
      });
    }
  },
});

export const terminatingNodeUnreachable = defineMode({
  id: 'pod-stuck-terminating-node-unreachable',
  step: 'node',
  severity: 'error',
  confidence: 'certain',
  case: 'pod-terminating-on-lost-node',
  messages: {
    lost: 'Pod {pod} was deleted {age} ago and cannot go, because the kubelet of its node {node} does not answer.',
  },
  detect(scene, { report }) {
    for (const pod of overdue(scene)) {
      const node = nodeOf(scene, pod);
      if (!isLost(node) || !runs(pod)) continue;
      report('lost', pod, {
        data: {
          pod: pod.ref.name,
          age: ageText(scene, pod.object.metadata.deletionTimestamp),
          node: pod.object.spec?.nodeName,
        },
        path: ['metadata', 'deletionTimestamp'],
        evidence: [fieldEvidence(pod, ['metadata', 'deletionTimestamp'])],
        affects: [pod, ...(node ? [node] : [])],
        commands: [
          ...describeCommand(pod.ref),
          ...kubectl(undefined, 'describe', 'node', pod.object.spec?.nodeName ?? ''),
        ],
      });
    }
  },
});

export const terminatingGrace = defineMode({
  id: 'pod-stuck-terminating-grace',
  step: 'controller',
  severity: 'error',
  confidence: 'likely',
  case: 'graceful-shutdown-race',
  messages: {
    slow: 'Pod {pod} should have ended {age} ago and its containers still run; its grace period is {grace} s.',
    long: 'Pod {pod} was deleted {age} ago and still runs ({containers}): it does not end by itself, and its grace period gives it {grace} s.',
  },
  detect(scene, { report }) {
    for (const pod of scene.pods) {
      const { deletionTimestamp, deletionGracePeriodSeconds: grace = 0 } = pod.object.metadata;
      const deletedAt = Date.parse(deletionTimestamp ?? '') - grace * 1000;
      // Within the usual grace period this is how every pod ends.
      const isLate = grace > USUAL_GRACE && scene.now > deletedAt + USUAL_GRACE * 1000;
      if (!isLate || overdue(scene).includes(pod) || !runs(pod) || isLost(nodeOf(scene, pod))) continue;
      const { guilty, path } = declared(scene, pod, ['spec', 'terminationGracePeriodSeconds']);
      report('long', guilty, {
        severity: 'info',
        data: {
          pod: pod.ref.name,
          age: ageText(scene, new Date(deletedAt).toISOString()),
          containers: listOf(
            factsOf(pod)
              .filter(({ status }) => status?.state?.running)
              .map(({ name }) => name),
          ),
          grace,
        },
        path,
        evidence: [
          fieldEvidence(pod, ['metadata', 'deletionTimestamp']),
          fieldEvidence(pod, ['metadata', 'deletionGracePeriodSeconds']),
        ],
        affects: [pod],
        commands: describeCommand(pod.ref),
      });
    }
    for (const pod of overdue(scene)) {
      const events = scene
        .eventsOf(pod)
        .filter(({ reason }) => reason === 'ExceededGracePeriod' || reason === 'FailedKillPod');
      if (!runs(pod) || isLost(nodeOf(scene, pod))) continue;
      const { guilty, path } = declared(scene, pod, ['spec', 'terminationGracePeriodSeconds']);
      report('slow', guilty, {
        data: {
          pod: pod.ref.name,
          age: ageText(scene, pod.object.metadata.deletionTimestamp),
          grace: pod.object.spec?.terminationGracePeriodSeconds ?? 30,
        },
        path,
        evidence: [...eventsEvidence(events), fieldEvidence(pod, ['metadata', 'deletionTimestamp'])],
        affects: [pod],
        commands: describeCommand(pod.ref),
      });
    }
  },
});

export const preStopHookFailed = defineMode({
  id: 'prestop-hook-failed',
  step: 'controller',
  severity: 'warning',
  confidence: 'likely',
  case: 'graceful-shutdown-race',
  messages: {
    failed: 'The preStop hook of {workload} fails, so its containers are stopped without it: {hook}.',
  },
  detect(scene, { report }) {
    for (const pod of scene.pods) {
      if (!pod.object.metadata.deletionTimestamp) continue;
      const event = scene.eventsOf(pod).find(({ reason }) => reason === 'FailedPreStopHook');
      const fact = factsOf(pod).find(({ spec }) => spec.lifecycle?.preStop);
      if (!event || !fact) continue;
      const place = [...fact.path, 'lifecycle', 'preStop'];
      const { guilty, path } = declared(scene, pod, place);
      report('failed', guilty, {
        severity: overdue(scene).includes(pod) ? 'warning' : 'info',
        data: {
          workload: nameOf(topOwner(scene, pod)),
          hook: fact.spec.lifecycle?.preStop?.exec?.command?.join(' ') ?? 'preStop',
        },
        path,
        evidence: [...eventsEvidence([event]), fieldEvidence(pod, place)],
        affects: [pod],
        commands: describeCommand(pod.ref),
      });
    }
  },
});
