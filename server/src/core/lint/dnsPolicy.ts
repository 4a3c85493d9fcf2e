/** What egress policies say about name resolution: which rules open port 53 to the cluster's DNS. */
import { containsAddress, parseCidr } from '../kube/cidr.ts';
import {
  namespaceLabels,
  type PolicyPod,
  peerMatches,
  policyRules,
  portsAdmit,
  rulePeers,
} from '../kube/policy.ts';
import type { Labels } from '../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyRule } from '../kube/types.ts';

/** Where the cluster's DNS runs, for rules with the parameters `dnsNamespaces` and `dnsLabels`. */
export interface DnsPlace {
  namespaces: readonly string[];
  /** `key=value` of its pods. */
  labels: readonly string[];
}

export const DNS_PARAMS = {
  dnsNamespaces: ['kube-system', 'openshift-dns'] as readonly string[],
  dnsLabels: [
    'k8s-app=kube-dns',
    'k8s-app=coredns',
    'app.kubernetes.io/name=coredns',
    'k8s-app=node-local-dns',
    'dns.operator.openshift.io/daemonset-dns=default',
  ] as readonly string[],
};

export type DnsProtocol = 'UDP' | 'TCP';

/** The pods of CoreDNS declare these; OpenShift's listen on 5353 behind port 53. */
const DNS_PORTS = [
  { port: 53, names: { UDP: 'dns', TCP: 'dns-tcp' } },
  { port: 5353, names: { UDP: 'dns', TCP: 'dns-tcp' } },
] as const;

/** A rule that opens DNS under a protocol to at least one place where the cluster's DNS can be. */
export interface DnsRule {
  policy: Resource<NetworkPolicy>;
  index: number;
}

/** Egress rules of these policies that open DNS. */
export function dnsRules(
  store: Store,
  policies: readonly Resource<NetworkPolicy>[],
  protocol: DnsProtocol,
  place: DnsPlace,
): DnsRule[] {
  const pods = dnsPods(place);
  return policies.flatMap((policy) =>
    policyRules(policy.object, 'egress').flatMap((rule, index) =>
      DNS_PORTS.some(({ port, names }) => opensPort(rule, port, names[protocol], protocol)) &&
      reachesDns(store, policy, rule, pods, place)
        ? [{ policy, index }]
        : [],
    ),
  );
}

function opensPort(rule: NetworkPolicyRule, port: number, name: string, protocol: DnsProtocol): boolean {
  const target: PolicyPod = {
    kind: 'pod',
    namespace: '',
    labels: undefined,
    ports: [{ name, containerPort: port, protocol }],
  };
  return portsAdmit(rule.ports, { port, protocol }, target);
}

const dnsPods = ({ namespaces, labels }: DnsPlace): PolicyPod[] =>
  namespaces.flatMap((namespace) =>
    labels.map((label): PolicyPod => {
      const [key = '', value = ''] = label.split('=');
      return { kind: 'pod', namespace, labels: { [key]: value } };
    }),
  );

function reachesDns(
  store: Store,
  policy: Resource<NetworkPolicy>,
  rule: NetworkPolicyRule,
  pods: readonly PolicyPod[],
  { namespaces }: DnsPlace,
): boolean {
  const peers = rulePeers(rule, 'egress');
  if (!peers) return true;
  const own = policy.ref.namespace ?? DEFAULT_NAMESPACE;
  const real = namespaceLabels(store);
  return peers.some((peer) => {
    if (peer.ipBlock) return blockReachesDns(peer.ipBlock, (rule.ports ?? []).length > 0);
    const labelsOf = (namespace: string): Labels => ({
      ...assumedLabels(peer, namespace, namespaces),
      ...real(namespace),
    });
    return pods.some((pod) => peerMatches(peer, pod, own, labelsOf));
  });
}

/** Namespaces of the system are seldom in a workspace: a label whose value is their name is taken to be on them. */
function assumedLabels(peer: NetworkPolicyPeer, namespace: string, names: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  if (!names.includes(namespace)) return labels;
  for (const [key, value] of Object.entries(peer.namespaceSelector?.matchLabels ?? {}))
    if (value === namespace) labels[key] = value;
  return labels;
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => parseCidr(text) ?? []);

/** A block with port 53 spelt out was written for DNS; one for all ports counts when it leaves no private range out. */
function blockReachesDns(
  { cidr, except }: NonNullable<NetworkPolicyPeer['ipBlock']>,
  spelt: boolean,
): boolean {
  const block = parseCidr(cidr ?? '');
  if (!block) return false;
  const holes = (except ?? []).flatMap((text) => parseCidr(text) ?? []);
  const leavesOut = PRIVATE.some((range) => holes.some((hole) => containsAddress(hole, range)));
  return !leavesOut && (spelt || block.prefix <= 16);
}
