import { policiesSelecting, policyDirections, policyRules } from '../../../kube/policy.ts';
import { formatSelector, isEmptySelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { NetworkPolicy } from '../../../kube/types.ts';
import { DNS_PARAMS, type DnsPlace, dnsRules } from '../../dnsPolicy.ts';
import { dnsEgressRule, objectBeside } from '../../newObjects.ts';
import { imaginedSubject, subjectsOf } from '../../policySubjects.ts';
import { type FixSpec, objectRule } from '../../rule.ts';
import { nameOf } from '../../workloads.ts';
import { writtenAt } from '../../written.ts';

/** Policies of these kinds add what they admit; whether they admit DNS is not read. */
const OTHER_POLICIES = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy', 'GlobalNetworkPolicy'];

export const networkpolicyEgressNoDns = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-egress-no-dns',
  group: 'networking',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['NetworkPolicy'],
  case: 'dns-blocked-by-egress-policy',
  params: DNS_PARAMS,
  messages: {
    noDnsAll:
      'Egress of all pods of namespace {namespace} is limited and no policy opens port 53 to the cluster DNS: every lookup times out.',
    noDns:
      'Egress of {pods} is limited and no policy opens port 53 to the cluster DNS: every lookup times out.',
    tcpOnly:
      'Port 53 is open for TCP only ("protocol" is absent or TCP): resolvers ask over UDP, so every lookup times out.',
    denyAll: 'Egress of {pods} is denied whole, DNS lookups included.',
    allowDns: 'Allow DNS: UDP and TCP 53 to {labels} in {namespace}',
    createDns: 'Create NetworkPolicy {name} in this file: DNS alone is allowed',
    addUdp: 'Open port 53 for UDP as well',
  },

  check(resource, { store, params, report }) {
    if (!policyDirections(resource.object).includes('egress')) return;
    const namespace = resource.ref.namespace ?? DEFAULT_NAMESPACE;
    if (OTHER_POLICIES.some((kind) => store.list(kind).some(({ ref }) => isNear(ref.namespace, namespace))))
      return;
    const place: DnsPlace = { namespaces: params.dnsNamespaces, labels: params.dnsLabels };
    if (place.namespaces.includes(namespace)) return;
    const rules = policyRules(resource.object, 'egress');
    const dns: Dns = {
      namespace: params.dnsNamespaces[0] ?? 'kube-system',
      label: params.dnsLabels[0] ?? 'k8s-app=kube-dns',
    };
    const real = subjectsOf(store, resource);
    // A policy that denies everything waits for others that may be elsewhere, unless its pods are here.
    if (real.length === 0 && rules.length === 0) return;

    for (const subject of real.length > 0 ? real : [imaginedSubject(resource)]) {
      const policies = policiesSelecting(store, subject, 'egress');
      if (blamed(policies) !== resource) continue;
      if (dnsRules(store, policies, 'UDP', place).length > 0) continue;
      const pods = subject.workload ? nameOf(subject.workload) : labelsOf(resource);
      const tcp = dnsRules(store, policies, 'TCP', place).find(({ policy }) => policy === resource);
      const path = writtenAt(resource, ['spec', 'egress']) ? ['spec', 'egress'] : ['spec', 'policyTypes'];
      if (tcp) {
        const ports = ['spec', 'egress', tcp.index, 'ports'];
        report('tcpOnly', ports, {
          at: 'key',
          fixes: [
            { title: 'addUdp', edits: [{ op: 'append', path: ports, value: { protocol: 'UDP', port: 53 } }] },
          ],
        });
        return;
      }
      const denies = policies.every(({ object }) => policyRules(object, 'egress').length === 0);
      report(denies ? 'denyAll' : pods === undefined ? 'noDnsAll' : 'noDns', path, {
        at: 'key',
        ...(denies ? { severity: 'info' } : {}),
        data: { pods, namespace },
        fixes: [...(denies ? [createDnsPolicy(resource, dns)] : []), allowDns(dns)],
      });
      return;
    }
  },
});

/** Where lookups go. */
interface Dns {
  namespace: string;
  label: string;
}

const isNear = (other: string | undefined, namespace: string): boolean =>
  other === undefined || other === namespace;

/** The labels that the policy selects by; undefined when it selects every pod. */
const labelsOf = ({ object }: Resource<NetworkPolicy>): string | undefined => {
  const selector = object.spec?.podSelector;
  return !selector || isEmptySelector(selector) ? undefined : formatSelector(selector);
};

/** Of the policies that isolate a pod, the one that is told: the first with rules, else the first. */
function blamed(policies: readonly Resource<NetworkPolicy>[]): Resource<NetworkPolicy> | undefined {
  const sorted = [...policies].sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1));
  return sorted.find(({ object }) => policyRules(object, 'egress').length > 0) ?? sorted[0];
}

const allowDns = ({ namespace, label }: Dns) => ({
  title: 'allowDns' as const,
  data: { namespace, labels: label },
  edits: [{ op: 'append' as const, path: ['spec', 'egress'], value: dnsEgressRule(namespace, label) }],
});

/** What denies everything stays what it says; lookups get a policy of their own beside it. */
function createDnsPolicy(resource: Resource<NetworkPolicy>, { namespace, label }: Dns): FixSpec<'createDns'> {
  const name = `${resource.ref.name}-allow-dns`;
  const spec = {
    podSelector: resource.object.spec?.podSelector ?? {},
    policyTypes: ['Egress'],
    egress: [dnsEgressRule(namespace, label)],
  };
  const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name, spec };
  return { title: 'createDns', data: { name }, create: objectBeside(resource, policy) };
}
