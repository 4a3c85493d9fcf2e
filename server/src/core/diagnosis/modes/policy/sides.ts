/** Pods as policies see them, and whether policies count in this cluster at all. */
import {
  type Direction,
  namespaceLabels,
  type PolicyEnd,
  type PolicyPod,
  type PolicyPortQuery,
  peerMatches,
  policyRules,
  portsAdmit,
  rulePeers,
} from '../../../kube/policy.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { NetworkPolicy, Pod } from '../../../kube/types.ts';
import { declaredPorts } from '../../endpoints.ts';
import type { Scene } from '../../scene.ts';

export const policyPod = (pod: Resource<Pod>): PolicyPod => ({
  kind: 'pod',
  namespace: pod.ref.namespace ?? DEFAULT_NAMESPACE,
  labels: pod.object.metadata.labels,
  ips: (pod.object.status?.podIPs ?? []).map(({ ip }) => ip).concat(pod.object.status?.podIP ?? []),
  ports: declaredPorts(pod),
});

/** Network plugins that do not enforce NetworkPolicy, by the DaemonSet they run as. */
const NOT_ENFORCING = /^kube-flannel|^flannel/;
const ENFORCING = /calico|cilium|antrea|weave|kube-router|kindnet|ovn|canal|romana/;

/** DaemonSets that say which plugin this is. */
export const NETWORK_PLUGINS = new RegExp(`${NOT_ENFORCING.source}|${ENFORCING.source}`);

/** Policies are only blamed where somebody enforces them. Unknown plugins get the benefit of the doubt. */
export function isEnforced({ store }: Scene): boolean {
  const names = store.list('DaemonSet').map(({ ref }) => ref.name);
  return !names.some((name) => NOT_ENFORCING.test(name)) || names.some((name) => ENFORCING.test(name));
}

export interface RuleMiss {
  policy: Resource<NetworkPolicy>;
  rule: number;
  admitsPeer: boolean;
  admitsPort: boolean;
  /** True for a rule that only lets lookups out: it was never meant for anything else. */
  isDns: boolean;
}

/** How near each rule of the isolating policies comes to admitting the connection. */
export function misses(
  { store }: Scene,
  policies: readonly Resource<NetworkPolicy>[],
  direction: Direction,
  other: PolicyEnd,
  query: PolicyPortQuery,
  target: PolicyEnd,
): RuleMiss[] {
  const labelsOf = namespaceLabels(store);
  return policies.flatMap((policy) =>
    policyRules(policy.object, direction).map((rule, index) => {
      const peers = rulePeers(rule, direction);
      return {
        policy,
        rule: index,
        admitsPeer:
          !peers ||
          peers.some((peer) => peerMatches(peer, other, policy.ref.namespace ?? DEFAULT_NAMESPACE, labelsOf)),
        admitsPort: portsAdmit(rule.ports, query, target),
        isDns: (rule.ports ?? []).length > 0 && (rule.ports ?? []).every(({ port }) => port === 53),
      };
    }),
  );
}
