/** The guided flows as a table: symptoms, and for each the checks in the order that leaves the fewest causes open. */
import type { Step } from './diagnosis/report.ts';

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

/** A check that a diagnosis answers. */
const read = (
  id: string,
  question: string,
  why: string,
  steps: readonly Step[],
  modes?: readonly string[],
): FlowCheck => ({ id, question, why, answer: { kind: 'diagnosis', steps, ...(modes ? { modes } : {}) } });

/** A check that only a command inside the cluster answers. */
const tested = (id: string, question: string, why: string, command: string): FlowCheck => ({
  id,
  question,
  why,
  answer: { kind: 'probe', command },
});

export const FLOWS: readonly Flow[] = [
  {
    id: 'service-down',
    title: 'Nothing answers at all',
    detail: 'connection refused, timeout, 502 or 503 from the Ingress, pending, restarts',
    checks: [
      read(
        'exists',
        'Do the pods exist?',
        'Without pods nothing later can work: quota, admission and a broken owner come first.',
        ['exists', 'controller'],
      ),
      read(
        'started',
        'Are they scheduled, mounted, pulled and started?',
        'The pods are there. The first stage of their start that fails stops all later ones.',
        ['node', 'scheduled', 'volumes', 'sandbox', 'image', 'configured', 'started', 'running'],
      ),
      read(
        'ready',
        'Is every container ready?',
        'The containers run. A Service sends traffic only to pods that are ready.',
        ['probes'],
      ),
      read(
        'ports',
        'Does a Service select the pods, with ports that line up?',
        'The pods are ready. Selector and targetPort decide whether they become endpoints.',
        ['service'],
      ),
      read(
        'policy',
        'Does network policy let the traffic through?',
        'The endpoints are right. A policy that isolates the pods drops packets without a word.',
        ['policy'],
      ),
      read(
        'entry',
        'Does the Ingress lead to the Service?',
        'Inside the cluster the way is free. What is left is the way in.',
        ['ingress'],
      ),
      tested(
        'listening',
        'Does the application listen on the address of the pod, not only on 127.0.0.1?',
        'Everything that is declared is right. Only the pod itself knows where its process listens.',
        'ss -ltnp',
      ),
    ],
  },
  {
    id: 'intermittent',
    title: 'It fails now and then',
    detail: 'intermittent, reset, sporadic 502, slow at times',
    checks: [
      read(
        'flapping',
        'Does one of the pods restart or lose its readiness?',
        'One bad endpoint of many gives an error for every nth request.',
        ['running', 'probes'],
      ),
      read(
        'node',
        'Is the node of a pod in trouble?',
        'The pods are steady. A node under pressure makes all of its pods slow or unreachable at times.',
        ['node'],
      ),
      read(
        'backends',
        'Are all backends of the Service the right ones, with the right port?',
        'The nodes are sound. A selector that also matches other pods sends them a share of the traffic.',
        ['service'],
      ),
      read(
        'shutdown',
        'Do rollouts cut connections?',
        'The backends are right. Pods that end before the proxies know give errors at every rollout.',
        ['controller', 'running'],
        ['termination-drops-traffic', 'prestop-hook-failed', 'pod-stuck-terminating-grace'],
      ),
      read(
        'names',
        'Do lookups of names fail or wait?',
        'Nothing changes while it fails. Five seconds and more per request are the sign of DNS.',
        ['dns'],
      ),
      tested(
        'loss',
        'Are packets lost or connections reset?',
        'Names are answered. Retransmissions and resets show only on the wire, while it happens.',
        'nstat -az TcpRetransSegs TcpExtTCPSynRetrans TcpEstabResets',
      ),
    ],
  },
  {
    id: 'cross-namespace',
    title: 'It works in its own namespace, not from another',
    detail: 'cross-namespace, name not found, NXDOMAIN, no such host',
    checks: [
      read(
        'names',
        'Is the name used with its namespace, and does DNS answer?',
        'A short name is looked up in the namespace of the pod that asks.',
        ['dns'],
      ),
      read(
        'policy',
        'Do policies let the traffic out of one namespace and into the other?',
        'The name resolves. Policies that select by namespace are the usual difference between namespaces.',
        ['policy'],
      ),
      read(
        'endpoints',
        'Does the Service have ready endpoints?',
        'Policy allows it. Then it fails for everybody, and the Service itself is to be looked at.',
        ['probes', 'service'],
      ),
      tested(
        'live',
        'Does a connection from the other namespace get through?',
        'Everything that is declared allows it. A mesh or a policy of the network plugin shows only in a test.',
        'nc -zvw 3 SERVICE.NAMESPACE PORT',
      ),
    ],
  },
  {
    id: 'single-node',
    title: 'Only the pods of one node or zone are affected',
    detail: 'one node, after a node upgrade, NotReady',
    checks: [
      read(
        'conditions',
        'Is the node ready, without pressure and taints?',
        'The node itself reports most of its troubles.',
        ['node'],
      ),
      read(
        'agents',
        'Do the network plugin and kube-proxy work on it?',
        'The node says it is well. The agents that program its network are pods of their own.',
        ['sandbox', 'node'],
      ),
      read(
        'clock',
        'Does its clock run right?',
        'The agents work. A clock that is off makes certificates invalid on this node only.',
        ['node', 'running'],
        ['node-clock-skew', 'cert-not-yet-valid', 'cert-expired'],
      ),
      tested(
        'tables',
        'Is one of the tables of its kernel full?',
        'The clock is right. A full connection or neighbour table drops what is new and keeps what is old.',
        'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max; ip -s neigh | wc -l',
      ),
    ],
  },
  {
    id: 'cross-node',
    title: 'It works on one node, not from node to node',
    detail: 'same node works, large transfers hang, timeout between nodes',
    checks: [
      read(
        'up',
        'Are the pods on both sides up and ready?',
        'Only then is the way between the nodes worth looking at.',
        ['running', 'probes'],
      ),
      read(
        'policy',
        'Does network policy let the traffic through?',
        'The pods are up. A policy can look like a broken network when one side happens to be exempt.',
        ['policy'],
      ),
      read(
        'plugin',
        'Does the network plugin work on both nodes?',
        'Policy allows it. Routes and tunnels between nodes are the work of the plugin.',
        ['sandbox', 'node'],
      ),
      tested(
        'size',
        'Do large packets get through?',
        'The plugin works. A tunnel needs room in every packet; when the MTU leaves none, only small ones pass.',
        'ping -c 3 -M do -s 1400 POD_IP_ON_THE_OTHER_NODE',
      ),
      tested(
        'overlay',
        'Do the packets of the tunnel arrive at the other node?',
        'Size is not it. A firewall between the nodes may drop the port of the tunnel.',
        'tcpdump -ni any udp port 8472 or udp port 4789 or udp port 6081',
      ),
    ],
  },
];
