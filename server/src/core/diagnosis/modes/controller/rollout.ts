/** Workloads whose controller stands still: rollouts, pauses, zeros, ordinals. */
import type { Resource } from '../../../kube/store.ts';
import type { KubeNode, Pod, WorkloadObject } from '../../../kube/types.ts';
import { conditionOf, isReady } from '../../containers.ts';
import { selectedPods } from '../../endpoints.ts';
import { describeCommand, fieldEvidence, kubectl, sourceOf } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { untolerated } from '../../nodeFit.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';

const ofKind = ({ owners }: Scene, kind: string): Resource<WorkloadObject>[] =>
  owners.filter(({ ref }) => ref.kind === kind) as Resource<WorkloadObject>[];

const condition = ({ object }: Resource, type: string) => conditionOf(object as Pod, type);

const podsBelow = (scene: Scene, owner: Resource): Resource<Pod>[] =>
  scene
    .childrenOf(owner)
    .flatMap((child) => (child.ref.kind === 'Pod' ? [child as Resource<Pod>] : podsBelow(scene, child)));

/** Signs that have their reason in the new pods. */
export const deploymentProgressDeadline = defineMode({
  id: 'deployment-progress-deadline',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'rollout-stuck',
  symptom: true,
  messages: {
    timedOut:
      'The rollout of Deployment {name} has not got on for {seconds} s: {updated} of {wanted} new pods, {available} available.',
  },
  detect(scene, { report }) {
    for (const owner of ofKind(scene, 'Deployment')) {
      const progressing = condition(owner, 'Progressing');
      if (progressing?.reason !== 'ProgressDeadlineExceeded') continue;
      const { spec, status } = owner.object;
      report('timedOut', owner, {
        data: {
          name: owner.ref.name,
          seconds: spec?.progressDeadlineSeconds ?? 600,
          updated: status?.updatedReplicas ?? 0,
          wanted: spec?.replicas ?? 1,
          available: status?.availableReplicas ?? 0,
        },
        path: ['status', 'conditions'],
        evidence: [
          {
            source: sourceOf(owner.ref),
            path: 'status.conditions[Progressing]',
            text: progressing.message ?? progressing.reason,
          },
        ],
        affects: [...scene.childrenOf(owner), ...podsBelow(scene, owner)],
        commands: describeCommand(owner.ref),
      });
    }
  },
});

export const deploymentReplicaFailure = defineMode({
  id: 'deployment-replica-failure',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'rollout-stuck',
  symptom: true,
  messages: { refused: '{workload} cannot create its pods: {reason}.' },
  detect(scene, { report }) {
    for (const owner of scene.owners) {
      if (owner.ref.kind !== 'Deployment' && owner.ref.kind !== 'ReplicaSet') continue;
      const failure = condition(owner, 'ReplicaFailure');
      if (failure?.status !== 'True') continue;
      if (owner.ref.kind === 'ReplicaSet' && scene.ownersOf(owner).length > 0) continue;
      report('refused', owner, {
        data: {
          workload: nameOf(owner),
          reason: (failure.message ?? failure.reason ?? '').replace(/\.$/, '').slice(0, 300),
        },
        path: ['status', 'conditions'],
        evidence: [
          {
            source: sourceOf(owner.ref),
            path: 'status.conditions[ReplicaFailure]',
            text: failure.message ?? 'True',
          },
        ],
        affects: [...scene.childrenOf(owner)],
        commands: describeCommand(owner.ref),
      });
    }
  },
});

export const deploymentPaused = defineMode({
  id: 'deployment-paused',
  step: 'controller',
  severity: 'warning',
  confidence: 'certain',
  case: 'workload-switched-off',
  messages: {
    paused:
      'Deployment {name} is paused; {updated} of {wanted} {wanted:pod has|pods have} its present template.',
  },
  detect(scene, { report }) {
    for (const owner of ofKind(scene, 'Deployment')) {
      const { spec, status } = owner.object;
      const wanted = spec?.replicas ?? 1;
      const updated = status?.updatedReplicas ?? 0;
      if (!spec?.paused) continue;
      report('paused', owner, {
        data: { name: owner.ref.name, updated, wanted },
        path: ['spec', 'paused'],
        // Without a change that waits, a pause does nothing yet.
        ...(updated >= wanted ? { severity: 'info' as const, confidence: 'hint' as const } : {}),
        evidence: [fieldEvidence(owner, ['spec', 'paused'])],
        affects: scene.childrenOf(owner),
        commands: describeCommand(owner.ref),
      });
    }
  },
});

export const scaledToZero = defineMode({
  id: 'scaled-to-zero',
  step: 'exists',
  severity: 'error',
  confidence: 'certain',
  case: 'workload-switched-off',
  explains: [
    'service-no-ready-endpoints',
    'ingress-backend-no-endpoints',
    'probe-depends-on-remote',
    'hpa-scaling-disabled',
  ],
  messages: { zero: '{workload} is scaled to 0 replicas, and Service {services} has no pod to send to.' },
  detect(scene, { report }) {
    for (const owner of scene.owners) {
      const { spec } = owner.object as WorkloadObject;
      if (spec?.replicas !== 0 || scene.ownersOf(owner).length > 0) continue;
      const labels = spec.template?.metadata?.labels ?? {};
      // Off on purpose, until somebody expects an answer.
      const waiting = scene.services.filter(
        (service) =>
          service.ref.namespace === owner.ref.namespace &&
          // The cluster's DNS has a mode of its own, which says what it does to everybody.
          !(service.ref.namespace === 'kube-system' && service.ref.name === 'kube-dns') &&
          Object.keys(service.object.spec?.selector ?? {}).length > 0 &&
          Object.entries(service.object.spec?.selector ?? {}).every(
            ([key, value]) => labels[key] === value,
          ) &&
          selectedPods(scene, service).length === 0,
      );
      const asked = scene.object?.ref.kind ?? '';
      if (waiting.length === 0 || asked === owner.ref.kind) continue;
      report('zero', owner, {
        data: { workload: nameOf(owner), services: listOf(waiting.map(({ ref }) => ref.name)) },
        path: ['spec', 'replicas'],
        evidence: [fieldEvidence(owner, ['spec', 'replicas'])],
        affects: waiting,
        commands: describeCommand(owner.ref),
      });
    }
  },
});

export const statefulSetOrdinalBlocked = defineMode({
  id: 'statefulset-ordinal-blocked',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'rollout-stuck',
  symptom: true,
  messages: {
    blocked:
      'StatefulSet {name} waits for pod {pod} before it makes the next one: {has} of {wanted} {wanted:exists|exist}.',
  },
  detect(scene, { report }) {
    for (const owner of ofKind(scene, 'StatefulSet')) {
      const { spec } = owner.object;
      const pods = podsBelow(scene, owner).sort((a, b) => ordinalOf(a) - ordinalOf(b));
      const wanted = spec?.replicas ?? 1;
      if (spec?.podManagementPolicy === 'Parallel' || pods.length >= wanted) continue;
      const first = pods.find(({ object }) => !isReady(object));
      if (!first) continue;
      report('blocked', owner, {
        data: { name: owner.ref.name, pod: first.ref.name, has: pods.length, wanted },
        path: ['spec', 'podManagementPolicy'],
        evidence: [fieldEvidence(first, ['status', 'phase'])],
        affects: [first],
        commands: [...describeCommand(first.ref)],
      });
    }
  },
});

/** A changed template that the StatefulSet's own strategy keeps from its pods. */
export const statefulSetRolloutHeld = defineMode({
  id: 'statefulset-rollout-held',
  step: 'controller',
  severity: 'warning',
  confidence: 'certain',
  case: 'rollout-stuck',
  messages: {
    partition:
      'StatefulSet {name} updates pods from ordinal {partition} on: {updated} of {wanted} pods have its present template.',
    onDelete:
      'StatefulSet {name} has updateStrategy OnDelete and waits until somebody deletes its pods: {updated} of {wanted} have its present template.',
  },
  detect(scene, { report }) {
    for (const owner of ofKind(scene, 'StatefulSet')) {
      const { spec, status } = owner.object;
      const wanted = spec?.replicas ?? 1;
      const updated = status?.updatedReplicas ?? 0;
      if (!status?.updateRevision || status.updateRevision === status.currentRevision) continue;
      const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
      const isOnDelete = spec?.updateStrategy?.type === 'OnDelete';
      // Fewer than the partition lets through: what holds those is another matter.
      const held = isOnDelete ? wanted - updated : Math.min(partition, wanted);
      if (held <= 0 || updated >= wanted || updated < wanted - held) continue;
      const path = isOnDelete
        ? ['spec', 'updateStrategy', 'type']
        : ['spec', 'updateStrategy', 'rollingUpdate', 'partition'];
      report(isOnDelete ? 'onDelete' : 'partition', owner, {
        data: { name: owner.ref.name, partition, updated, wanted },
        path,
        // A partition that lets some pods through is how a rollout is tried out.
        ...(updated > 0 ? { severity: 'info' as const } : {}),
        evidence: [
          fieldEvidence(owner, path),
          fieldEvidence(owner, ['status', 'currentRevision']),
          fieldEvidence(owner, ['status', 'updateRevision']),
        ],
        commands: describeCommand(owner.ref),
      });
    }
  },
});

const ordinalOf = ({ ref }: Resource): number => Number(/-(\d+)$/.exec(ref.name)?.[1] ?? 0);

export const daemonSetNotOnNode = defineMode({
  id: 'daemonset-not-on-node',
  step: 'scheduled',
  severity: 'warning',
  confidence: 'certain',
  case: 'untolerated-taint',
  messages: { left: 'DaemonSet {name} leaves out {nodes}, whose taints it does not tolerate.' },
  detect(scene, { report }) {
    for (const owner of ofKind(scene, 'DaemonSet')) {
      const { spec } = owner.object;
      const pod = { spec: spec?.template?.spec ?? {} } as Pod;
      // A selector leaves nodes out on purpose; a taint often by surprise.
      if (pod.spec?.nodeSelector || pod.spec?.affinity || scene.gapOf('Node')) continue;
      const has = new Set(podsBelow(scene, owner).map(({ object }) => object.spec?.nodeName));
      const left = scene.store
        .list<KubeNode>('Node')
        .filter((node) => !has.has(node.ref.name))
        .map((node) => ({ node, taints: untolerated(node, pod).filter(({ key }) => !isOwnOrSystem(key)) }))
        .filter(({ taints }) => taints.length > 0);
      if (left.length === 0) continue;
      report('left', owner, {
        data: {
          name: owner.ref.name,
          nodes: listOf(
            left.map(({ node, taints }) => `${node.ref.name} (${taints.map(({ key }) => key).join(', ')})`),
          ),
        },
        path: ['spec', 'template', 'spec', 'tolerations'],
        severity: scene.object?.object === owner.object ? 'warning' : 'info',
        evidence: left.slice(0, 3).map(({ node }) => fieldEvidence(node, ['spec', 'taints'])),
        commands: kubectl(undefined, 'describe', 'nodes'),
      });
    }
  },
});

/** The control plane is kept free on purpose; the controller itself tolerates the node conditions. */
const isOwnOrSystem = (key: string): boolean => /^node(-role)?\.kubernetes\.io\//.test(key);
