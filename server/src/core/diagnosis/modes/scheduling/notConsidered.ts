/** Pods that the scheduler does not place because it never tries: gates, a name that binds them, no scheduler. */
import type { KubeNode } from '../../../kube/types.ts';
import { ageOf, conditionOf, livePods } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { describeCommand, fieldEvidence, kubectl } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { nameOf } from '../name.ts';

export const podSchedulingGated = defineMode({
  id: 'pod-scheduling-gated',
  step: 'scheduled',
  severity: 'error',
  confidence: 'certain',
  case: 'pod-scheduling-gated',
  messages: {
    gated:
      '{workload} is held back by scheduling gate {gates}; the scheduler looks at it when its controller takes the gate away.',
  },
  detect(scene, { report }) {
    for (const pod of livePods(scene)) {
      const gates = pod.object.spec?.schedulingGates ?? [];
      if (gates.length === 0 || pod.object.spec?.nodeName) continue;
      const { guilty, path } = declared(scene, pod, ['spec', 'schedulingGates']);
      report('gated', guilty, {
        data: { workload: nameOf(topOwner(scene, pod)), gates: gates.map(({ name }) => name).join(', ') },
        path,
        evidence: [fieldEvidence(pod, ['spec', 'schedulingGates'])],
        affects: [pod],
        commands: describeCommand(pod.ref),
      });
    }
  },
});

const PATIENCE = 30_000;

export const schedulerNotActing = defineMode({
  id: 'scheduler-not-acting',
  step: 'scheduled',
  severity: 'error',
  confidence: 'likely',
  case: 'scheduler-not-acting',
  messages: {
    name: 'No scheduler has looked at {workload}, whose schedulerName is {scheduler}.',
    silent: 'The scheduler has not looked at {workload} for {seconds} s.',
  },
  detect(scene, { report }) {
    for (const pod of livePods(scene)) {
      const { spec, status, metadata } = pod.object;
      const age = ageOf(scene.now, metadata.creationTimestamp);
      if (spec?.nodeName || status?.phase !== 'Pending' || age < PATIENCE) continue;
      if (conditionOf(pod.object, 'PodScheduled') || scene.eventsOf(pod).length > 0) continue;
      if ((spec?.schedulingGates ?? []).length > 0) continue;
      const scheduler = spec?.schedulerName ?? 'default-scheduler';
      const { guilty, path } = declared(scene, pod, ['spec', 'schedulerName']);
      report(scheduler === 'default-scheduler' ? 'silent' : 'name', guilty, {
        data: { workload: nameOf(topOwner(scene, pod)), scheduler, seconds: Math.round(age / 1000) },
        path,
        evidence: [fieldEvidence(pod, ['spec', 'schedulerName']), fieldEvidence(pod, ['status', 'phase'])],
        affects: [pod],
        commands: kubectl('kube-system', 'get', 'pods,leases'),
      });
    }
  },
});

/** A nodeName in the spec binds the pod without the scheduler; of a node that is not there nobody reports anything. */
export const nodeNameMissing = defineMode({
  id: 'node-name-missing',
  step: 'scheduled',
  severity: 'error',
  confidence: 'certain',
  case: 'scheduler-not-acting',
  messages: { missing: '{workload} is bound to node {node} by nodeName, and there is no such node.' },
  detect(scene, { report }) {
    if (scene.gapOf('Node') || !scene.store.has('Node')) return;
    for (const pod of livePods(scene)) {
      const node = pod.object.spec?.nodeName;
      if (!node || pod.object.status?.phase !== 'Pending' || scene.find<KubeNode>('Node', undefined, node))
        continue;
      const { guilty, path } = declared(scene, pod, ['spec', 'nodeName']);
      report('missing', guilty, {
        data: { workload: nameOf(topOwner(scene, pod)), node },
        path,
        evidence: [fieldEvidence(pod, ['spec', 'nodeName'])],
        affects: [pod],
        commands: kubectl(undefined, 'get', 'nodes'),
      });
    }
  },
});
