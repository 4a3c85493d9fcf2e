/** Guided flows: from what somebody sees, check by check, to the cause. Every check reads a diagnosis; none guesses. */
import type { DiagnosisReport, Step, StepResult } from './diagnosis/report.ts';
import type { Translate } from './finding.ts';

export interface FlowCheck {
  id: string;
  question: string;
  /** Why it is asked at this place: what the checks before it leave open. */
  why: string;
  answer:
    | {
        kind: 'diagnosis';
        /** Steps of the ladder that answer it: one failed is a yes, all passed is a no. */
        steps: readonly Step[];
        /** Narrows a yes to these failure modes, where a step covers more than the question. */
        modes?: readonly string[];
      }
    /** Only a test inside the cluster can tell: the command for the pod's (or its node's) Netshoot terminal. */
    | { kind: 'probe'; command: string };
}

export interface Flow {
  id: string;
  title: string;
  /** Other words for the same symptom; typing one of them finds the flow. */
  detail: string;
  checks: readonly FlowCheck[];
}

export const FLOWS: readonly Flow[] = [
  {
    id: 'service-down',
    title: 'Nothing answers at all',
    detail: 'connection refused, timeout, 502 or 503 from the Ingress, pending, restarts',
    checks: [
      {
        id: 'exists',
        question: 'Do the pods exist?',
        why: 'Without pods nothing later can work: quota, admission and a broken owner come first.',
        answer: { kind: 'diagnosis', steps: ['exists', 'controller'] },
      },
      {
        id: 'started',
        question: 'Are they scheduled, mounted, pulled and started?',
        why: 'The pods are there. The first stage of their start that fails stops all later ones.',
        answer: {
          kind: 'diagnosis',
          steps: ['node', 'scheduled', 'volumes', 'sandbox', 'image', 'configured', 'started', 'running'],
        },
      },
      {
        id: 'ready',
        question: 'Is every container ready?',
        why: 'The containers run. A Service sends traffic only to pods that are ready.',
        answer: { kind: 'diagnosis', steps: ['probes'] },
      },
      {
        id: 'ports',
        question: 'Does a Service select the pods, with ports that line up?',
        why: 'The pods are ready. Selector and targetPort decide whether they become endpoints.',
        answer: { kind: 'diagnosis', steps: ['service'] },
      },
      {
        id: 'policy',
        question: 'Does network policy let the traffic through?',
        why: 'The endpoints are right. A policy that isolates the pods drops packets without a word.',
        answer: { kind: 'diagnosis', steps: ['policy'] },
      },
      {
        id: 'entry',
        question: 'Does the Ingress lead to the Service?',
        why: 'Inside the cluster the way is free. What is left is the way in.',
        answer: { kind: 'diagnosis', steps: ['ingress'] },
      },
      {
        id: 'listening',
        question: 'Does the application listen on the address of the pod, not only on 127.0.0.1?',
        why: 'Everything that is declared is right. Only the pod itself knows where its process listens.',
        answer: { kind: 'probe', command: 'ss -ltnp' },
      },
    ],
  },
  {
    id: 'intermittent',
    title: 'It fails now and then',
    detail: 'intermittent, reset, sporadic 502, slow at times',
    checks: [
      {
        id: 'flapping',
        question: 'Does one of the pods restart or lose its readiness?',
        why: 'One bad endpoint of many gives an error for every nth request.',
        answer: { kind: 'diagnosis', steps: ['running', 'probes'] },
      },
      {
        id: 'node',
        question: 'Is the node of a pod in trouble?',
        why: 'The pods are steady. A node under pressure makes all of its pods slow or unreachable at times.',
        answer: { kind: 'diagnosis', steps: ['node'] },
      },
      {
        id: 'backends',
        question: 'Are all backends of the Service the right ones, with the right port?',
        why: 'The nodes are sound. A selector that also matches other pods sends them a share of the traffic.',
        answer: { kind: 'diagnosis', steps: ['service'] },
      },
      {
        id: 'shutdown',
        question: 'Do rollouts cut connections?',
        why: 'The backends are right. Pods that end before the proxies know give errors at every rollout.',
        answer: {
          kind: 'diagnosis',
          steps: ['controller', 'running'],
          modes: ['termination-drops-traffic', 'prestop-hook-failed', 'pod-stuck-terminating-grace'],
        },
      },
      {
        id: 'names',
        question: 'Do lookups of names fail or wait?',
        why: 'Nothing changes while it fails. Five seconds and more per request are the sign of DNS.',
        answer: { kind: 'diagnosis', steps: ['dns'] },
      },
      {
        id: 'loss',
        question: 'Are packets lost or connections reset?',
        why: 'Names are answered. Retransmissions and resets show only on the wire, while it happens.',
        answer: { kind: 'probe', command: 'nstat -az TcpRetransSegs TcpExtTCPSynRetrans TcpEstabResets' },
      },
    ],
  },
  {
    id: 'cross-namespace',
    title: 'It works in its own namespace, not from another',
    detail: 'cross-namespace, name not found, NXDOMAIN, no such host',
    checks: [
      {
        id: 'names',
        question: 'Is the name used with its namespace, and does DNS answer?',
        why: 'A short name is looked up in the namespace of the pod that asks.',
        answer: { kind: 'diagnosis', steps: ['dns'] },
      },
      {
        id: 'policy',
        question: 'Do policies let the traffic out of one namespace and into the other?',
        why: 'The name resolves. Policies that select by namespace are the usual difference between namespaces.',
        answer: { kind: 'diagnosis', steps: ['policy'] },
      },
      {
        id: 'endpoints',
        question: 'Does the Service have ready endpoints?',
        why: 'Policy allows it. Then it fails for everybody, and the Service itself is to be looked at.',
        answer: { kind: 'diagnosis', steps: ['probes', 'service'] },
      },
      {
        id: 'live',
        question: 'Does a connection from the other namespace get through?',
        why: 'Everything that is declared allows it. A mesh or a policy of the network plugin shows only in a test.',
        answer: { kind: 'probe', command: 'nc -zvw 3 SERVICE.NAMESPACE PORT' },
      },
    ],
  },
  {
    id: 'single-node',
    title: 'Only the pods of one node or zone are affected',
    detail: 'one node, after a node upgrade, NotReady',
    checks: [
      {
        id: 'conditions',
        question: 'Is the node ready, without pressure and taints?',
        why: 'The node itself reports most of its troubles.',
        answer: { kind: 'diagnosis', steps: ['node'] },
      },
      {
        id: 'agents',
        question: 'Do the network plugin and kube-proxy work on it?',
        why: 'The node says it is well. The agents that program its network are pods of their own.',
        answer: { kind: 'diagnosis', steps: ['sandbox', 'node'] },
      },
      {
        id: 'clock',
        question: 'Does its clock run right?',
        why: 'The agents work. A clock that is off makes certificates invalid on this node only.',
        answer: {
          kind: 'diagnosis',
          steps: ['node', 'running'],
          modes: ['node-clock-skew', 'cert-not-yet-valid', 'cert-expired'],
        },
      },
      {
        id: 'tables',
        question: 'Is one of the tables of its kernel full?',
        why: 'The clock is right. A full connection or neighbour table drops what is new and keeps what is old.',
        answer: {
          kind: 'probe',
          command:
            'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max; ip -s neigh | wc -l',
        },
      },
    ],
  },
  {
    id: 'cross-node',
    title: 'It works on one node, not from node to node',
    detail: 'same node works, large transfers hang, timeout between nodes',
    checks: [
      {
        id: 'up',
        question: 'Are the pods on both sides up and ready?',
        why: 'Only then is the way between the nodes worth looking at.',
        answer: { kind: 'diagnosis', steps: ['running', 'probes'] },
      },
      {
        id: 'policy',
        question: 'Does network policy let the traffic through?',
        why: 'The pods are up. A policy can look like a broken network when one side happens to be exempt.',
        answer: { kind: 'diagnosis', steps: ['policy'] },
      },
      {
        id: 'plugin',
        question: 'Does the network plugin work on both nodes?',
        why: 'Policy allows it. Routes and tunnels between nodes are the work of the plugin.',
        answer: { kind: 'diagnosis', steps: ['sandbox', 'node'] },
      },
      {
        id: 'size',
        question: 'Do large packets get through?',
        why: 'The plugin works. A tunnel needs room in every packet; when the MTU leaves none, only small ones pass.',
        answer: { kind: 'probe', command: 'ping -c 3 -M do -s 1400 POD_IP_ON_THE_OTHER_NODE' },
      },
      {
        id: 'overlay',
        question: 'Do the packets of the tunnel arrive at the other node?',
        why: 'Size is not it. A firewall between the nodes may drop the port of the tunnel.',
        answer: { kind: 'probe', command: 'tcpdump -ni any udp port 8472 or udp port 4789 or udp port 6081' },
      },
    ],
  },
];

export interface FlowAnswer {
  check: FlowCheck;
  /** probe: only a test can tell. skipped: an earlier yes explains what would be seen here. */
  outcome: 'found' | 'ruled-out' | 'not-checked' | 'probe' | 'skipped';
  /** What it proved, quoted from the diagnosis, in the user's language. */
  proof: string[];
}

const messages = {
  explained: 'The cause above explains what would be seen here.',
  notReached: 'The pod has not come this far.',
} as const;

/** Answers the checks of a flow from a diagnosis, in order. After the first yes the rest is skipped. */
export function answerFlow(flow: Flow, report: DiagnosisReport, translate: Translate): FlowAnswer[] {
  let found = false;
  return flow.checks.map((check) => {
    if (found) return { check, outcome: 'skipped', proof: [translate(messages.explained)] };
    const answer = answerCheck(check, report, translate);
    found = answer.outcome === 'found';
    return answer;
  });
}

function answerCheck(check: FlowCheck, report: DiagnosisReport, translate: Translate): FlowAnswer {
  const { answer } = check;
  if (answer.kind === 'probe') return { check, outcome: 'probe', proof: [answer.command] };
  const steps = report.steps.filter(({ step }) => answer.steps.includes(step));
  const yes = proofOfYes(answer.modes, steps, report);
  if (yes.length > 0) return { check, outcome: 'found', proof: yes };
  const passed = steps.filter(
    ({ outcome }) => outcome === 'passed' || (answer.modes && outcome === 'failed'),
  );
  // A step that was not looked at keeps the question open: only all of them passed is a no.
  if (steps.length > 0 && passed.length === steps.length)
    return { check, outcome: 'ruled-out', proof: steps.flatMap(({ detail }) => detail ?? []) };
  const open = steps.filter((step) => !passed.includes(step));
  return {
    check,
    outcome: 'not-checked',
    proof: open.map(({ detail, outcome }) =>
      outcome === 'not-reached' ? translate(messages.notReached) : (detail ?? ''),
    ),
  };
}

function proofOfYes(
  modes: readonly string[] | undefined,
  steps: readonly StepResult[],
  report: DiagnosisReport,
): string[] {
  if (modes)
    return [...report.rootCauses, ...report.consequences, ...report.alsoSeen]
      .filter(({ id }) => modes.includes(id))
      .map(({ message }) => message);
  const failed = steps.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return [];
  const verdict = report.rootCauses[0]?.message;
  return [...failed.flatMap(({ detail }) => detail ?? []), ...(verdict ? [verdict] : [])];
}
