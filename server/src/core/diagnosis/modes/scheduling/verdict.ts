/** The scheduler's own sentence about a pod, taken apart. */
import type { Evidence } from '../../../finding.ts';
import type { Resource } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import { conditionOf, livePods, remember } from '../../containers.ts';
import { eventEvidence, messageOf } from '../../eventFacts.ts';
import { sourceOf } from '../../evidence.ts';
import type { Scene } from '../../scene.ts';

export interface SchedulerReason {
  /** How many nodes gave it; undefined for reasons that hold before any node is asked. */
  count?: number;
  text: string;
}

export interface SchedulerVerdict {
  pod: Resource<Pod>;
  /** Reason of the condition: Unschedulable, SchedulingGated, SchedulerError. */
  condition: string;
  message: string;
  nodes?: number;
  reasons: SchedulerReason[];
  evidence: Evidence[];
}

/** Pods that the scheduler has looked at and not placed. */
export function unscheduled(scene: Scene): SchedulerVerdict[] {
  return remember(scene, 'unscheduled', () =>
    livePods(scene).flatMap((pod): SchedulerVerdict[] => {
      if (pod.object.spec?.nodeName || pod.object.metadata.deletionTimestamp) return [];
      const condition = conditionOf(pod.object, 'PodScheduled');
      const event = scene.eventsOf(pod).find(({ reason }) => reason === 'FailedScheduling');
      if (condition?.status !== 'False' && !event) return [];
      const said = event && messageOf(event);
      // The condition is whole and of now. The event is cut at 1024 bytes, and while it repeats it keeps the words of
      // its first time: https://github.com/kubernetes/client-go/blob/master/tools/events/event_broadcaster.go
      const message = condition?.message ?? said ?? '';
      const isOfNow = said !== undefined && message.startsWith(said.replace(/ ?\.\.\.$/, ''));
      const evidence: Evidence[] = [
        ...(event && isOfNow ? [eventEvidence(event)] : []),
        ...(message !== '' && message !== said
          ? [{ source: sourceOf(pod.ref), path: 'status.conditions[PodScheduled].message', text: message }]
          : []),
      ];
      return [{ pod, condition: condition?.reason ?? 'Unschedulable', message, evidence, ...parse(message) }];
    }),
  );
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) … . preemption: …` → the reasons before the preemption. */
export function parse(message: string): { nodes?: number; reasons: SchedulerReason[] } {
  const match = /^0\/(\d+) nodes are available: ([\s\S]*)$/.exec(message);
  const text = (match?.[2] ?? message).split(/\.\s+(?:preemption:|no new claims|Preemption)/)[0] ?? '';
  const reasons = text
    .split(/, (?=\d+ )|\. (?=\d+ )/)
    .map((part) => part.trim().replace(/\.$/, ''))
    .filter((part) => part !== '')
    .map((part): SchedulerReason => {
      const counted = /^(\d+) ([\s\S]+)$/.exec(part);
      return counted ? { count: Number(counted[1]), text: counted[2] ?? '' } : { text: part };
    });
  return { ...(match ? { nodes: Number(match[1]) } : {}), reasons };
}
