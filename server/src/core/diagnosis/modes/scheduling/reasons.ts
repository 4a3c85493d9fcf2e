/** Why the scheduler found no node: one table of its reasons, each worked out again where the objects allow it. */
import type { Path } from '../../../path.ts';
import { remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { describeCommand, fieldEvidence } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import { matchesPod, untolerated } from '../../nodeFit.ts';
import { EVERYWHERE } from '../../observed.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import {
  claimDetails,
  cordonDetails,
  type Details,
  type Groups,
  hostPortDetails,
  resourceDetails,
  selectorDetails,
  spec,
  taintDetails,
} from './explain.ts';
import { type SchedulerVerdict, unscheduled } from './verdict.ts';

interface Row {
  id: string;
  case: string;
  pattern: RegExp;
  message: string;
  path: Path;
  /** Of several reasons the one nearest to a fit is the one to mend: filters run in this order. */
  rank: number;
  explain?(verdict: SchedulerVerdict, groups: Groups, scene: Scene): Details;
  explains?: readonly string[];
}

const insufficient = (resource: string): Omit<Row, 'pattern' | 'message'> => ({
  id: `insufficient-${resource}`,
  case: 'insufficient-resources',
  path: spec('containers'),
  rank: 5,
  explain: (verdict, _, scene) => resourceDetails(verdict, resource, scene),
});

const NO_ROOM =
  '{workload} asks for {asks} {resource} and no node has that much left (free / allocatable): {table}.';

/** First match wins for a text; over several texts the highest rank of those with most nodes decides. */
const ROWS: readonly Row[] = [
  { ...insufficient('cpu'), pattern: /^Insufficient cpu$/, message: NO_ROOM },
  { ...insufficient('memory'), pattern: /^Insufficient memory$/, message: NO_ROOM },
  { ...insufficient('ephemeral-storage'), pattern: /^Insufficient ephemeral-storage$/, message: NO_ROOM },
  {
    id: 'insufficient-extended-resource',
    case: 'insufficient-resources',
    pattern: /^Insufficient (?<resource>\S+)$/,
    message: NO_ROOM,
    path: spec('containers'),
    rank: 5,
    explain: (verdict, { resource = '' }, scene) => resourceDetails(verdict, resource, scene),
  },
  {
    id: 'too-many-pods',
    case: 'insufficient-resources',
    pattern: /^Too many pods$/,
    message:
      'Every node that fits {workload} already runs as many pods as it takes (free / allocatable): {table}.',
    path: spec(),
    rank: 5,
    explain: (verdict, _, scene) => ({ ...resourceDetails(verdict, 'pods', scene), path: spec() }),
  },
  {
    id: 'node-cordoned',
    case: 'untolerated-taint',
    pattern: /node\(s\) were unschedulable/,
    message: 'Nodes that would take {workload} are cordoned: {nodes}.',
    path: spec(),
    rank: 0,
    explain: (_, __, scene) => cordonDetails(scene),
  },
  {
    id: 'untolerated-taint',
    case: 'untolerated-taint',
    pattern: /node\(s\) had (?:untolerated )?taint/,
    message: '{workload} tolerates none of these taints: {taints}.',
    path: spec('tolerations'),
    rank: 1,
    explain: (verdict, _, scene) => taintDetails(verdict, scene),
  },
  {
    id: 'node-selector-mismatch',
    case: 'node-selector-mismatch',
    pattern: /node\(s\) didn't match (?:Pod's )?node (?:affinity\/selector|affinity|selector)/,
    message: 'No node has the labels that {workload} asks for (nodes that have them): {terms}.',
    path: spec('nodeSelector'),
    rank: 2,
    explain: (verdict, _, scene) => selectorDetails(verdict, scene),
  },
  {
    id: 'host-port-conflict',
    case: 'hostport-conflict',
    pattern: /didn't have free ports for the requested pod ports/,
    message: 'hostPort {ports} of {workload} is taken on every node that fits: {holders}.',
    path: spec('containers'),
    rank: 3,
    explain: (verdict, _, scene) => hostPortDetails(verdict, scene),
  },
  {
    id: 'existing-anti-affinity-conflict',
    case: 'pod-anti-affinity-conflict',
    pattern: /didn't satisfy existing pods anti-affinity rules/,
    message:
      'Anti-affinity of pods that already run keeps {workload} off {count} of {nodes} {nodes:node|nodes}.',
    path: spec(),
    rank: 9,
  },
  {
    id: 'pod-anti-affinity-conflict',
    case: 'pod-anti-affinity-conflict',
    pattern: /didn't match pod anti-affinity rules/,
    message:
      'Required anti-affinity leaves no node for one more pod of {workload}: {count} of {nodes} {nodes:node already runs|nodes already run} one.',
    path: spec('affinity', 'podAntiAffinity'),
    rank: 9,
    explain: ({ pod }) => ({ evidence: [fieldEvidence(pod, spec('affinity', 'podAntiAffinity'))] }),
  },
  {
    id: 'pod-affinity-unsatisfied',
    case: 'pod-anti-affinity-conflict',
    pattern: /didn't match pod affinity rules/,
    message:
      'Required affinity of {workload} finds no pod to be near to on any of {nodes} {nodes:node|nodes}.',
    path: spec('affinity', 'podAffinity'),
    rank: 9,
    explain: ({ pod }) => ({ evidence: [fieldEvidence(pod, spec('affinity', 'podAffinity'))] }),
  },
  {
    id: 'topology-spread-unsatisfied',
    case: 'topology-spread-ineffective',
    pattern: /didn't match pod topology spread constraints/,
    message:
      'A topology spread constraint of {workload} with DoNotSchedule keeps it off {count} of {nodes} {nodes:node|nodes}.',
    path: spec('topologySpreadConstraints'),
    rank: 9,
    explain: ({ pod }) => ({ evidence: [fieldEvidence(pod, spec('topologySpreadConstraints'))] }),
  },
  {
    id: 'pvc-not-found',
    case: 'unbound-pvc-pending',
    pattern: /persistentvolumeclaim "(?<name>[^"]+)" not found/,
    message:
      'PersistentVolumeClaim {name} does not exist in namespace {namespace}; {workload} waits for it{near}.',
    path: spec('volumes'),
    rank: 20,
    explain: claimDetails,
  },
  {
    id: 'pvc-being-deleted',
    case: 'pvc-stuck-terminating',
    pattern: /persistentvolumeclaim "(?<name>[^"]+)" is being deleted/,
    message: 'PersistentVolumeClaim {name} is being deleted and {workload} still needs it.',
    path: spec('volumes'),
    rank: 20,
    explain: claimDetails,
  },
  {
    id: 'pvc-lost',
    case: 'unbound-pvc-pending',
    pattern: /persistentvolumeclaim "(?<name>[^"]+)" bound to non-existent persistentvolume/,
    message: 'PersistentVolumeClaim {name} of {workload} is bound to a volume that no longer exists.',
    path: spec('volumes'),
    rank: 20,
    explain: claimDetails,
  },
  {
    id: 'unbound-immediate-pvc',
    case: 'unbound-pvc-pending',
    pattern: /unbound immediate PersistentVolumeClaims/,
    message: '{workload} waits for PersistentVolumeClaim {name}, which is not bound.',
    path: spec('volumes'),
    rank: 20,
    explain: claimDetails,
  },
  {
    id: 'volume-node-affinity-conflict',
    case: 'volume-node-affinity-conflict',
    pattern:
      /volume node affinity conflict|didn't match PersistentVolume's node affinity|had no available volume zone/,
    message:
      'The volume of {workload} lives where none of {nodes} {nodes:node|nodes} may run it: PersistentVolumeClaim {name}.',
    path: spec('volumes'),
    rank: 8,
    explain: (verdict, groups, scene) => claimDetails(verdict, groups, scene),
  },
  {
    id: 'max-volume-count-exceeded',
    case: 'volume-attach-failed',
    pattern: /exceed max volume count/,
    message: 'Nodes that fit {workload} have as many volumes attached as they take.',
    path: spec('volumes'),
    rank: 7,
  },
  {
    id: 'rwop-conflict',
    case: 'pvc-multi-attach',
    pattern: /ReadWriteOncePod access mode already in-use by another pod/,
    message: 'A ReadWriteOncePod volume of {workload} is in use by another pod.',
    path: spec('volumes'),
    rank: 7,
    explain: claimDetails,
  },
  {
    id: 'no-matching-pv',
    case: 'unbound-pvc-pending',
    pattern: /didn't find available persistent volumes to bind|did not have enough free storage/,
    message: 'No PersistentVolume fits PersistentVolumeClaim {name} of {workload}.',
    path: spec('volumes'),
    rank: 8,
    explain: claimDetails,
  },
  {
    id: 'no-nodes-registered',
    case: 'scheduler-not-acting',
    pattern: /no nodes available to schedule pods/,
    message: 'The cluster has no nodes; {workload} waits.',
    path: spec(),
    rank: 30,
  },
];

interface Placed {
  verdict: SchedulerVerdict;
  row: Row;
  groups: Groups;
  count: number | undefined;
}

/**
 * The one reason to mend. Nodes kept for the control plane, and nodes that the pod rules out itself while others have
 * its labels, are expected to refuse: they only count when nothing else is said. Of the others the reason that most
 * nodes give; among equals the one whose filter runs last.
 */
function placed(scene: Scene): Placed[] {
  return remember(scene, 'schedulingReason', () =>
    unscheduled(scene).flatMap((verdict): Placed[] => {
      const reserved = controlPlaneNodes(verdict, scene);
      const isChoice = scene.nodes.some((node) => matchesPod(node, verdict.pod.object));
      const ruledOut = isChoice ? Number.POSITIVE_INFINITY : 0;
      const matched = verdict.reasons.flatMap(({ text, count }) => {
        const row = ROWS.find(({ pattern }) => pattern.test(text));
        if (!row) return [];
        const expected = { 'untolerated-taint': reserved, 'node-selector-mismatch': ruledOut }[row.id] ?? 0;
        const weight = (count ?? 1000) - expected;
        return [{ verdict, row, groups: row.pattern.exec(text)?.groups ?? {}, count, weight }];
      });
      const best = matched.sort((a, b) => b.weight - a.weight || b.row.rank - a.row.rank)[0];
      return best ? [best] : [];
    }),
  );
}

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const controlPlaneNodes = ({ pod }: SchedulerVerdict, { nodes }: Scene): number =>
  nodes.filter((node) => {
    const taints = untolerated(node, pod.object);
    return taints.length > 0 && taints.every(({ key }) => CONTROL_PLANE.includes(key));
  }).length;

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'scheduled',
    severity: 'error',
    confidence: 'certain',
    case: row.case,
    ...(row.explains ? { explains: row.explains } : {}),
    messages: { refused: row.message },
    detect(scene, { report, notChecked }) {
      for (const { verdict, row: matched, groups, count } of placed(scene)) {
        if (matched !== row) continue;
        const { pod } = verdict;
        const details = row.explain?.(verdict, groups, scene) ?? {};
        if (details.needsPods && scene.gapOf('Pod', EVERYWHERE)) notChecked('Pod', 'Pod', EVERYWHERE);
        const place = declared(scene, pod, details.path ?? row.path);
        const guilty = details.guilty ?? place.guilty;
        report('refused', guilty, {
          data: {
            workload: nameOf(topOwner(scene, pod)),
            count: count ?? verdict.nodes,
            nodes: verdict.nodes ?? scene.nodes.length,
            ...details.data,
          },
          path: details.guilty ? (details.path ?? []) : place.path,
          evidence: [...verdict.evidence, ...(details.evidence ?? [])],
          affects: [pod],
          commands: [...describeCommand(pod.ref), ...(details.commands ?? [])],
        });
      }
    },
  });

const MODES = ROWS.map(modeOf);
const isCordon = ({ id }: FailureMode): boolean => id === 'node-cordoned';

/** One mode for each reason of the scheduler; a cordon also shows on the node itself: see node/nodeCordoned.ts. */
export const schedulingReasonModes: readonly FailureMode[] = MODES.filter((mode) => !isCordon(mode));
export const cordonAtScheduling: readonly FailureMode[] = MODES.filter(isCordon);
