/** Nodes that take no work or give it up: one table of their conditions. */
import type { Evidence } from '../../../finding.ts';
import type { Resource } from '../../../kube/store.ts';
import type { Condition, KubeNode, Pod } from '../../../kube/types.ts';
import { isFinished, isReady, livePods, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { eventsEvidence, kubectl, sourceOf } from '../../evidence.ts';
import { nodeFsEvidence } from '../../kubeletFacts.ts';
import { ageText } from '../../ladder.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import { untolerated } from '../../nodeFit.ts';
import type { Scene } from '../../scene.ts';

type NodeCondition = Condition & { lastHeartbeatTime?: string };

interface Row {
  id: string;
  case: string;
  condition: string;
  /** Which status and words make it this mode. */
  when(condition: NodeCondition): boolean;
  message: string;
  /** What it does to the pods of the node: ends all of them, or only keeps new ones away and evicts some. */
  stops: 'all' | 'some';
}

const READY =
  (pattern: RegExp) =>
  (condition: NodeCondition): boolean =>
    condition.status !== 'True' && pattern.test(`${condition.reason ?? ''} ${condition.message ?? ''}`);

/** First match wins among the rows of one condition. */
const ROWS: readonly Row[] = [
  {
    id: 'node-never-reported',
    case: 'node-not-ready',
    condition: 'Ready',
    when: READY(/NodeStatusNeverUpdated|never posted node status/),
    message: 'The kubelet of node {node} has never posted its status; nothing runs there.',
    stops: 'all',
  },
  {
    id: 'cni-not-initialized',
    case: 'cni-not-initialized',
    condition: 'Ready',
    when: READY(/NetworkPluginNotReady|cni plugin not initialized|cni config uninitialized/),
    message: 'Node {node} is not ready because its network plugin is not set up: {reason}.',
    stops: 'all',
  },
  {
    id: 'container-runtime-down',
    case: 'node-not-ready',
    condition: 'Ready',
    when: READY(/container runtime is down|container runtime status check may not have completed/),
    message: 'Node {node} is not ready because its container runtime does not answer: {reason}.',
    stops: 'all',
  },
  {
    id: 'node-pleg-unhealthy',
    case: 'pleg-unhealthy',
    condition: 'Ready',
    when: READY(/PLEG is not healthy/),
    message: 'Node {node} is not ready because its runtime is too slow for the kubelet: {reason}.',
    stops: 'all',
  },
  {
    id: 'node-not-ready-kubelet-silent',
    case: 'node-not-ready',
    condition: 'Ready',
    when: ({ status, reason }) => status === 'Unknown' || reason === 'NodeStatusUnknown',
    message: 'The kubelet of node {node} stopped posting its status {age} ago; its pods count as lost.',
    stops: 'all',
  },
  {
    id: 'node-not-ready-kubelet-reported',
    case: 'node-not-ready',
    condition: 'Ready',
    when: ({ status }) => status === 'False',
    message: 'The kubelet of node {node} says that the node is not ready: {reason}.',
    stops: 'all',
  },
  {
    id: 'node-memory-pressure',
    case: 'oomkilled-vs-node-oom',
    condition: 'MemoryPressure',
    when: ({ status }) => status === 'True',
    message:
      'Node {node} is short of memory: its kubelet evicts pods and takes no new ones of class BestEffort.',
    stops: 'some',
  },
  {
    id: 'node-disk-pressure',
    case: 'disk-full',
    condition: 'DiskPressure',
    when: ({ status }) => status === 'True',
    message: 'Node {node} is short of disk space or inodes: its kubelet evicts pods and takes no new ones.',
    stops: 'some',
  },
  {
    id: 'node-pid-pressure',
    case: 'pid-or-fd-exhaustion',
    condition: 'PIDPressure',
    when: ({ status }) => status === 'True',
    message: 'Node {node} is short of process ids: its kubelet evicts pods and takes no new ones.',
    stops: 'some',
  },
  {
    id: 'network-unavailable-condition',
    case: 'route-missing-cloud',
    condition: 'NetworkUnavailable',
    when: ({ status }) => status === 'True',
    message: 'The network of node {node} is not set up: {reason}.',
    stops: 'all',
  },
];

interface SickNode {
  node: Resource<KubeNode>;
  row: Row;
  condition: NodeCondition;
}

function sickNodes(scene: Scene): SickNode[] {
  return remember(scene, 'sickNodes', () =>
    scene.nodes.flatMap((node) => {
      const conditions = node.object.status?.conditions ?? [];
      return ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].flatMap(
        (type): SickNode[] => {
          const condition = conditions.find((found) => found.type === type);
          const row = condition && ROWS.find((entry) => entry.condition === type && entry.when(condition));
          return row && condition ? [{ node, row, condition }] : [];
        },
      );
    }),
  );
}

/** Pods that suffer: those on the node (of a pressure only the evicted and refused), and those that wait for a node. */
function suffering(scene: Scene, { node, row }: SickNode): Resource<Pod>[] {
  const pods = livePods(scene);
  const on = pods.filter(({ object }) => object.spec?.nodeName === node.ref.name);
  const waiting = pods.filter(
    ({ object }) =>
      !object.spec?.nodeName &&
      untolerated(node, object).some(({ key }) => key.startsWith('node.kubernetes.io/')),
  );
  if (row.stops === 'all') return [...on, ...waiting];
  const word = {
    MemoryPressure: /memory/i,
    DiskPressure: /ephemeral-storage|DiskPressure|inodes/i,
    PIDPressure: /pids|PIDPressure/i,
  }[row.condition];
  const evicted = on.filter(
    ({ object }) => object.status?.reason === 'Evicted' && word?.test(object.status.message ?? ''),
  );
  return [...evicted, ...waiting, ...widespread(scene, node)];
}

/** When two or more unrelated workloads fail on a node and work elsewhere or not at all, the node is to blame. */
function widespread(scene: Scene, node: Resource<KubeNode>): Resource<Pod>[] {
  const failing = scene
    .podsOnNode(node.ref.name)
    .filter(({ object }) => !isFinished(object) && !object.metadata.deletionTimestamp && !isReady(object));
  const owners = new Set(failing.map((pod) => topOwner(scene, pod).ref));
  return owners.size >= 2 ? failing.filter((pod) => scene.pods.includes(pod)) : [];
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'node',
    severity: 'error',
    confidence: 'certain',
    case: row.case,
    explains: [
      'untolerated-taint',
      'pod-stuck-terminating-node-unreachable',
      'pod-evicted-memory',
      'pod-evicted-ephemeral-storage',
      'node-inode-exhaustion',
      'pod-rejected-node-pressure',
      'image-unpack-disk-full',
    ],
    messages: { sick: row.message },
    detect(scene, { report, notChecked }) {
      for (const sick of sickNodes(scene)) {
        if (sick.row !== row) continue;
        const { node, condition } = sick;
        const affects = suffering(scene, sick);
        const isAsked = scene.subject.kind === 'Node';
        // The nodes of a scene with a pending pod are all nodes: the sick one matters when it would have taken the pod.
        if (!isAsked && affects.length === 0) continue;
        const index = (node.object.status?.conditions ?? []).indexOf(condition);
        const evidence: Evidence[] = [
          {
            source: sourceOf(node.ref),
            path: `status.conditions[${index}]`,
            text: [`${condition.type}=${condition.status}`, condition.reason, condition.message]
              .filter(Boolean)
              .join(' '),
            ...(condition.lastTransitionTime ? { at: condition.lastTransitionTime } : {}),
          },
          ...eventsEvidence(
            scene
              .eventsOf(node)
              .filter(({ reason }) => reason === 'EvictionThresholdMet' || reason === 'NodeNotReady'),
          ),
          ...(row.condition === 'DiskPressure' ? nodeFsEvidence(scene, node.ref.name) : []),
        ];
        // Bytes or inodes, of which disk: the condition does not say.
        if (row.condition === 'DiskPressure' && !scene.statsOf(node.ref.name))
          notChecked(node.ref.name, 'stats');
        report('sick', node, {
          data: {
            node: node.ref.name,
            age: ageText(scene, condition.lastTransitionTime),
            reason: (condition.message || condition.reason || `${condition.type}=${condition.status}`)
              .replace(/^container runtime network not ready: /, '')
              .replace(/\.$/, ''),
          },
          path: ['status', 'conditions', index],
          evidence,
          affects,
          commands: [...kubectl(undefined, 'describe', 'node', node.ref.name)],
        });
      }
    },
  });

/** One mode for each row. */
export const nodeConditionModes: readonly FailureMode[] = ROWS.map(modeOf);
