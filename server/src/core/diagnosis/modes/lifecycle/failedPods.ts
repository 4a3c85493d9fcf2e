/** Pods that the kubelet ended or refused: phase Failed with a reason of its own. */
import type { Evidence, MessageData } from '../../../finding.ts';
import type { Resource } from '../../../kube/store.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import { isOwnEviction, livePods, remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { eventEvidence, messageOf, millisOf } from '../../eventFacts.ts';
import { describeCommand, fieldEvidence, kubectl } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Step } from '../../report.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';

interface Row {
  id: string;
  case: string;
  step: Step;
  /** Tested against `reason: message` of the pod's status. */
  pattern: RegExp;
  message: string;
  field: Path;
  data?(pod: Pod, groups: Record<string, string | undefined>): MessageData;
}

const EVICTED = '^Evicted: The node was low on resource: ';
const LOW = String.raw`(?:\. Threshold quantity: (?<threshold>[^,]+), available: (?<available>[^.]+))?(?:\. Container (?<container>\S+) was using (?<using>[^,]+), request is (?<request>[^,]+))?`;

const ROWS: readonly Row[] = [
  {
    id: 'pod-evicted-memory',
    case: 'pod-evicted',
    step: 'node',
    pattern: new RegExp(`${EVICTED}memory${LOW}`),
    message: 'Node {node} was short of memory and evicted a pod of {workload}: {figures}.',
    field: ['spec', 'containers'],
    data: (_, groups) => ({ figures: figures(groups) }),
  },
  {
    id: 'pod-evicted-ephemeral-storage',
    case: 'pod-evicted',
    step: 'node',
    pattern: new RegExp(`${EVICTED}ephemeral-storage${LOW}`),
    message: 'Node {node} was short of disk space and evicted a pod of {workload}: {figures}.',
    field: ['spec', 'containers'],
    data: (_, groups) => ({ figures: figures(groups) }),
  },
  {
    id: 'node-inode-exhaustion',
    case: 'inode-exhaustion',
    step: 'node',
    pattern: new RegExp(`${EVICTED}inodes${LOW}`),
    message: 'Node {node} was out of inodes and evicted a pod of {workload}: {figures}.',
    field: ['spec', 'containers'],
    data: (_, groups) => ({ figures: figures(groups) }),
  },
  {
    id: 'pod-ephemeral-limit-exceeded',
    case: 'pod-evicted',
    step: 'running',
    pattern:
      /^Evicted: (?:Container (?<container>\S+) exceeded its local ephemeral storage limit "(?<limit>[^"]+)"|Pod ephemeral local storage usage exceeds the total limit of containers (?<total>[^.\s]+))/,
    message:
      'A pod of {workload} wrote more than its ephemeral-storage limit {limit} and was evicted; the node is in order.',
    field: ['spec', 'containers'],
    data: (_, { limit, total }) => ({ limit: limit ?? total }),
  },
  {
    id: 'pod-emptydir-limit-exceeded',
    case: 'pod-evicted',
    step: 'running',
    pattern: /^Evicted: Usage of EmptyDir volume "(?<volume>[^"]+)" exceeds the limit "(?<limit>[^"]+)"/,
    message: 'emptyDir {volume} of {workload} grew beyond its sizeLimit {limit} and the pod was evicted.',
    field: ['spec', 'volumes'],
  },
  {
    id: 'pod-rejected-node-pressure',
    case: 'pod-evicted',
    step: 'node',
    pattern: /^Evicted: (?:Pod was rejected: )?The node had condition: \[(?<conditions>[^\]]+)\]/,
    message: 'Node {node} refused a pod of {workload} because of its condition {conditions}.',
    field: ['spec', 'nodeName'],
  },
  {
    id: 'kubelet-rejected-out-of-resource',
    case: 'kubelet-rejected-pod',
    step: 'scheduled',
    pattern:
      /^OutOf(?<resource>[\w./-]+): [\s\S]*?requested: (?<requested>\d+), used: (?<used>\d+), capacity: (?<capacity>\d+)/,
    message:
      'The kubelet of node {node} refused a pod of {workload}: {resource} {requested} + {used} > {capacity}.',
    field: ['spec', 'nodeName'],
  },
  {
    id: 'kubelet-rejected-node-affinity',
    case: 'kubelet-rejected-pod',
    step: 'scheduled',
    pattern: /^NodeAffinity: |Predicate NodeAffinity failed/,
    message:
      "The kubelet of node {node} refused a pod of {workload}: the node's labels do not fit its selector.",
    field: ['spec', 'nodeSelector'],
  },
  {
    id: 'kubelet-unexpected-admission-error',
    case: 'kubelet-rejected-pod',
    step: 'scheduled',
    pattern: /^UnexpectedAdmissionError: (?<reason>[\s\S]*)/,
    message: 'The kubelet of node {node} could not give a pod of {workload} its devices: {reason}.',
    field: ['spec', 'containers'],
    data: (_, { reason = '' }) => ({
      reason: reason.replace(/^Pod was rejected: /, '').replace(/[.\s]+$/, ''),
    }),
  },
  {
    id: 'sysctl-forbidden',
    case: 'sysctl-refused-by-kubelet',
    step: 'configured',
    pattern: /^SysctlForbidden: [\s\S]*forbidden sysctl: "(?<sysctl>[^"]+)" (?<reason>[^\n]*)/,
    message: 'The kubelet of node {node} refused a pod of {workload}: sysctl {sysctl} is {reason}.',
    field: ['spec', 'securityContext', 'sysctls'],
    data: (_, { reason = '' }) => ({ reason: reason.replace(/\.$/, '') }),
  },
  {
    id: 'pod-active-deadline-exceeded',
    case: 'job-backoff-limit',
    step: 'running',
    pattern: /^DeadlineExceeded: /,
    message: 'A pod of {workload} ran longer than its activeDeadlineSeconds ({deadline}) and was ended.',
    field: ['spec', 'activeDeadlineSeconds'],
    data: ({ spec }) => ({ deadline: spec?.activeDeadlineSeconds ?? '?' }),
  },
  {
    id: 'pod-node-shutdown',
    case: 'pod-evicted',
    step: 'node',
    pattern: /^(?:Terminated: Pod was terminated in response to imminent node shutdown|NodeShutdown: )/,
    message: 'Node {node} was shut down and ended a pod of {workload}.',
    field: ['spec', 'nodeName'],
  },
];

const figures = ({
  threshold,
  available,
  container,
  using,
  request,
}: Record<string, string | undefined>): string =>
  [
    available && threshold ? `${available} < ${threshold}` : undefined,
    container && using ? `${container} ${using} (request ${request})` : undefined,
  ]
    .filter(Boolean)
    .join(', ') || '?';

interface FailedPod {
  pod: Resource<Pod>;
  /** `reason: message`. */
  text: string;
  evidence: Evidence[];
  row: Row | undefined;
}

const RECENT = 600_000;

/**
 * Pods that failed with a reason, and pods that were evicted for what they did themselves: an application that handles
 * SIGTERM ends with 0, its pod then reads Succeeded, and only the event tells (seen on 1.36). The event comes before the
 * kubelet begins to end the pod, which for a moment reads Running.
 */
function failed(scene: Scene): FailedPod[] {
  return remember(scene, 'failedPods', () => {
    const live = new Set(livePods(scene));
    return scene.pods.flatMap((pod): FailedPod[] => {
      const { phase, reason, message } = pod.object.status ?? {};
      if (phase === 'Failed' && reason && live.has(pod)) {
        const evidence = [
          fieldEvidence(pod, ['status', 'reason']),
          ...(message ? [fieldEvidence(pod, ['status', 'message'])] : []),
        ];
        return [{ pod, ...match(`${reason}: ${message ?? ''}`), evidence }];
      }
      if (reason) return [];
      const event = scene
        .eventsOf(pod)
        .find((found) => found.reason === 'Evicted' && isOwnEviction(messageOf(found)));
      if (!event || scene.now - millisOf(event) > RECENT) return [];
      return [{ pod, ...match(`Evicted: ${messageOf(event)}`), evidence: [eventEvidence(event)] }];
    });
  });
}

const match = (text: string): { text: string; row: Row | undefined } => ({
  text,
  row: ROWS.find(({ pattern }) => pattern.test(text)),
});

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: row.step,
    severity: 'error',
    confidence: 'certain',
    case: row.case,
    explains: ['exit-137-not-oom', 'exit-143-sigterm', 'exit-1-app-error', 'container-status-unknown'],
    messages: { failed: row.message },
    detect(scene, { report }) {
      for (const { pod, text, evidence, row: matched } of failed(scene)) {
        if (matched !== row) continue;
        const groups = row.pattern.exec(text)?.groups ?? {};
        const { guilty, path } = declared(scene, pod, row.field);
        report('failed', guilty, {
          data: {
            node: pod.object.spec?.nodeName,
            workload: nameOf(topOwner(scene, pod)),
            ...groups,
            ...row.data?.(pod.object, groups),
          },
          path,
          evidence,
          affects: [pod],
          commands: [
            ...describeCommand(pod.ref),
            ...kubectl(undefined, 'describe', 'node', pod.object.spec?.nodeName ?? ''),
          ],
        });
      }
    },
  });

/** One mode for each reason of the kubelet. */
export const failedPodModes: readonly FailureMode[] = ROWS.map(modeOf);
