/** Pods that are not ready for a reason outside their probes, and the bare sign that they are not. */
import { ageOf, conditionOf, containersInScene, isReady, isUnready, livePods } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { describeCommand, fieldEvidence, sourceOf } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { listOf, nameOf } from '../name.ts';

export const podReadinessGateUnmet = defineMode({
  id: 'pod-readiness-gate-unmet',
  step: 'probes',
  severity: 'error',
  confidence: 'certain',
  case: 'readiness-gate-blocked',
  messages: {
    absent: 'Readiness gate {gate} of {workload} has no condition: its controller has not written one.',
    unmet:
      'Readiness gate {gate} of {workload} is {status}, so the pod is not ready although its containers are.',
  },
  detect(scene, { report }) {
    for (const pod of livePods(scene)) {
      if (conditionOf(pod.object, 'ContainersReady')?.status !== 'True' || isReady(pod.object)) continue;
      for (const [at, { conditionType }] of (pod.object.spec?.readinessGates ?? []).entries()) {
        const condition = conditionOf(pod.object, conditionType);
        if (condition?.status === 'True') continue;
        const { guilty, path } = declared(scene, pod, ['spec', 'readinessGates', at]);
        report(condition ? 'unmet' : 'absent', guilty, {
          data: { workload: nameOf(topOwner(scene, pod)), gate: conditionType, status: condition?.status },
          path,
          evidence: [
            {
              source: sourceOf(pod.ref),
              path: 'status.conditions[Ready]',
              text: conditionOf(pod.object, 'Ready')?.message ?? 'Ready=False',
            },
            fieldEvidence(pod, ['spec', 'readinessGates']),
          ],
          affects: [pod],
          commands: describeCommand(pod.ref),
        });
      }
    }
  },
});

/** A sign that always has a reason of its own. */
export const podRunningNotReady = defineMode({
  id: 'pod-running-not-ready',
  step: 'probes',
  severity: 'error',
  confidence: 'hint',
  case: 'readiness-failing-no-ready-endpoints',
  symptom: true,
  messages: { notReady: '{workload} runs and is not ready: {containers}.' },
  detect(scene, { report }) {
    const waiting = containersInScene(scene).filter((fact) => isUnready(fact, scene.now));
    for (const pod of livePods(scene)) {
      const { status } = pod.object;
      if (status?.phase !== 'Running' || isReady(pod.object)) continue;
      const own = waiting.filter((fact) => fact.pod === pod);
      const isFresh = ageOf(scene.now, status.startTime) < 5_000;
      const condition = conditionOf(pod.object, 'Ready');
      // Without containers that are not ready the node lifecycle controller has flipped the condition.
      if (isFresh || (own.length === 0 && status.containerStatuses?.some(({ ready }) => !ready))) continue;
      report('notReady', topOwner(scene, pod), {
        data: {
          workload: nameOf(topOwner(scene, pod)),
          containers: listOf(own.map(({ name }) => name)) || (condition?.reason ?? 'Ready=False'),
        },
        evidence: [
          {
            source: sourceOf(pod.ref),
            path: 'status.conditions[Ready]',
            text:
              [condition?.status, condition?.reason, condition?.message].filter(Boolean).join(' ') || 'False',
          },
        ],
        affects: [pod],
        commands: describeCommand(pod.ref),
      });
    }
  },
});
