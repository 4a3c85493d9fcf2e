/**
 * What a NetworkPolicy means: whom it isolates, and what its rules admit. Policies add up and never deny: a pod that
 * some policy isolates in a direction gets what at least one of those policies admits.
 * Facts: https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicySpec and its defaults,
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { containsAddress, parseAddress, parseCidr } from './cidr.ts';
import { type Labels, matchesSelector } from './selector.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from './store.ts';
import type {
  ContainerPort,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyRule,
} from './types.ts';

export type Direction = 'ingress' | 'egress';

export const POLICY_TYPE: Record<Direction, string> = { ingress: 'Ingress', egress: 'Egress' };

/** A pod as policies see it. */
export interface PolicyPod {
  kind: 'pod';
  namespace: string;
  labels: Labels | undefined;
  /** Its addresses, where they are known: only then can a narrow ipBlock match it. */
  ips?: readonly string[];
  /** Ports that its containers declare, for rules that name a port. */
  ports?: readonly ContainerPort[];
}

/** Something outside of the pods: a client, a node, a server. */
export interface PolicyAddress {
  kind: 'address';
  ip: string;
}

export type PolicyEnd = PolicyPod | PolicyAddress;

export interface PolicyPortQuery {
  port: number;
  protocol: string;
}

/** Labels of a namespace; see `namespaceLabels`. */
export type NamespaceLabels = (namespace: string) => Labels;

/** The rules of a direction, as written; broken items are left out of none, so that indexes hold. */
export const policyRules = (policy: NetworkPolicy, direction: Direction): readonly NetworkPolicyRule[] => {
  const rules = policy.spec?.[direction];
  return Array.isArray(rules) ? rules.map((rule) => rule ?? {}) : [];
};

/**
 * The directions that a policy isolates. Without `policyTypes` (or with an empty list): always ingress, and egress
 * only when there is at least one egress rule; `egress: []` adds nothing.
 */
export function policyDirections(policy: NetworkPolicy): readonly Direction[] {
  const types = policy.spec?.policyTypes;
  if (Array.isArray(types) && types.length > 0)
    return (['ingress', 'egress'] as const).filter((direction) => types.includes(POLICY_TYPE[direction]));
  return policyRules(policy, 'egress').length > 0 ? ['ingress', 'egress'] : ['ingress'];
}

/** True when the policy applies to pods with these labels in this namespace. An absent podSelector means all of them. */
export const policySelects = (
  { object, ref }: Resource<NetworkPolicy>,
  pod: Pick<PolicyPod, 'namespace' | 'labels'>,
): boolean =>
  (ref.namespace ?? DEFAULT_NAMESPACE) === pod.namespace &&
  matchesSelector(object.spec?.podSelector ?? {}, pod.labels);

/** The NetworkPolicies that apply to a pod; with a direction, those that isolate it there. */
export const policiesSelecting = (
  store: Store,
  pod: Pick<PolicyPod, 'namespace' | 'labels'>,
  direction?: Direction,
): Resource<NetworkPolicy>[] =>
  store
    .list<NetworkPolicy>('NetworkPolicy', pod.namespace, 'networking.k8s.io')
    .filter(
      (policy) =>
        policySelects(policy, pod) && (!direction || policyDirections(policy.object).includes(direction)),
    );

/** Labels of namespaces: those of the Namespace object, and the name label that the API server puts on every one. */
export const namespaceLabels =
  (store: Store): NamespaceLabels =>
  (namespace) => ({
    ...store.find('Namespace', undefined, namespace)?.object.metadata.labels,
    'kubernetes.io/metadata.name': namespace,
  });

/** The peers of a rule. Undefined: absent or empty, which means everyone, inside the cluster and outside. */
export function rulePeers(
  rule: NetworkPolicyRule,
  direction: Direction,
): readonly NetworkPolicyPeer[] | undefined {
  const peers = direction === 'ingress' ? rule.from : rule.to;
  return Array.isArray(peers) && peers.length > 0 ? peers.map((peer) => peer ?? {}) : undefined;
}

/**
 * True when `peer`, written in a policy of `policyNamespace`, means `other`. A peer with both selectors means pods that
 * fit both; an empty peer means nobody (the API server refuses it).
 */
export function peerMatches(
  peer: NetworkPolicyPeer,
  other: PolicyEnd,
  policyNamespace: string,
  labelsOf: NamespaceLabels,
): boolean {
  if (peer.ipBlock) return blockMatches(peer.ipBlock, other);
  if (other.kind === 'address' || (!peer.podSelector && !peer.namespaceSelector)) return false;
  if (peer.namespaceSelector) {
    if (!matchesSelector(peer.namespaceSelector, labelsOf(other.namespace))) return false;
  } else if (other.namespace !== policyNamespace) return false;
  return !peer.podSelector || matchesSelector(peer.podSelector, other.labels);
}

/** A pod whose addresses are unknown is inside a block only when every address of a family is. */
function blockMatches(
  { cidr, except }: NonNullable<NetworkPolicyPeer['ipBlock']>,
  other: PolicyEnd,
): boolean {
  const block = parseCidr(cidr ?? '');
  if (!block) return false;
  const ips = other.kind === 'address' ? [other.ip] : other.ips;
  if (!ips) return block.prefix === 0;
  const excluded = (except ?? []).flatMap((text) => parseCidr(text) ?? []);
  return ips.some((ip) => {
    const address = parseAddress(ip);
    return (
      address !== undefined &&
      containsAddress(block, address) &&
      !excluded.some((hole) => containsAddress(hole, address))
    );
  });
}

/**
 * True when a rule's `ports` open this port. Absent or empty: all ports of all protocols. An entry without a protocol
 * means TCP, one without a port every port of its protocol. A name is looked up on `target`, the pod that is connected
 * to, under the same protocol.
 */
export function portsAdmit(
  ports: readonly NetworkPolicyPort[] | undefined,
  { port, protocol }: PolicyPortQuery,
  target: PolicyEnd,
): boolean {
  if (!Array.isArray(ports) || ports.length === 0) return true;
  return ports.some((entry: NetworkPolicyPort | null) => {
    const wanted = entry?.port;
    if ((entry?.protocol ?? 'TCP') !== protocol) return false;
    if (wanted === undefined || wanted === null) return true;
    if (typeof wanted === 'number')
      return port === wanted || (entry?.endPort !== undefined && port > wanted && port <= entry.endPort);
    return (
      target.kind === 'pod' &&
      (target.ports ?? []).some(
        (declared) =>
          declared.name === wanted &&
          declared.containerPort === port &&
          (declared.protocol ?? 'TCP') === protocol,
      )
    );
  });
}

/** What the policies say on one side of a connection. */
export interface SideVerdict {
  allowed: boolean;
  /** The policies that isolate the pod in this direction; none: not isolated, so everything is allowed. */
  isolating: Resource<NetworkPolicy>[];
  /** The first rule that admits the connection. */
  admitting?: { policy: Resource<NetworkPolicy>; rule: number };
}

/**
 * Judges one side of a connection: `egress` for the pod that opens it, `ingress` for the pod that it is opened to.
 * Both sides must allow it. A pod always reaches itself and replies always pass: callers see to the first.
 */
export function judgeSide(
  store: Store,
  pod: PolicyPod,
  direction: Direction,
  other: PolicyEnd,
  query: PolicyPortQuery,
): SideVerdict {
  const isolating = policiesSelecting(store, pod, direction);
  if (isolating.length === 0) return { allowed: true, isolating };
  const target = direction === 'ingress' ? pod : other;
  const labelsOf = namespaceLabels(store);
  for (const policy of isolating)
    for (const [index, rule] of policyRules(policy.object, direction).entries()) {
      const peers = rulePeers(rule, direction);
      const admitsPeer = !peers || peers.some((peer) => peerMatches(peer, other, pod.namespace, labelsOf));
      if (admitsPeer && portsAdmit(rule.ports, query, target))
        return { allowed: true, isolating, admitting: { policy, rule: index } };
    }
  return { allowed: false, isolating };
}
