/** Rules that want pods to be selected by a NetworkPolicy. */
import {
  type Direction,
  POLICY_TYPE,
  policiesSelecting,
  policyDirections,
  policyRules,
} from '../kube/policy.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import type { NetworkPolicy } from '../kube/types.ts';
import { podTemplateOf } from '../kube/workload.ts';
import { dnsEgressRule, objectBeside, selectingLabels } from './newObjects.ts';
import { type FixSpec, objectRule, type Rule } from './rule.ts';

export interface Isolation {
  id: string;
  /** The direction that has to be isolated; undefined: any policy will do. */
  direction?: Direction;
  sources: readonly string[];
  /** `fix`: a policy for pods without any, or the direction in one that leaves it open. */
  messages: { open: string; fix: string };
}

/** Kinds of other network plugins that isolate pods as well, for the parameter `alsoKinds`. */
const OTHER_KINDS = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy', 'GlobalNetworkPolicy'];

export const isolationRule = ({ direction, ...meta }: Isolation): Rule =>
  objectRule()({
    ...meta,
    group: 'networking',
    severity: 'info',
    enabled: false,
    scope: 'workspace',
    kinds: 'pods',
    case: 'netpol-isolation-missing',
    /** Where one of these is, it is taken to isolate the pods of its namespace. */
    params: { alsoKinds: OTHER_KINDS as readonly string[] },

    check(resource, { store, params, report }) {
      const { object, ref } = resource;
      const template = podTemplateOf(object);
      const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
      // Policies do not reach pods on their node's network.
      if (!template || template.spec?.hostNetwork === true) return;
      if (params.alsoKinds.some((kind) => hasIn(store, kind, namespace))) return;
      const policies = policiesSelecting(store, { namespace, labels: template.metadata?.labels });
      // Without any policy the pod is told by pod-no-network-policy, and by it alone.
      const isOpen = direction
        ? policies.length > 0 &&
          !policies.some((policy) => policyDirections(policy.object).includes(direction))
        : policies.length === 0;
      if (!isOpen) return;
      const fixes = direction ? addType(policies, direction) : createPolicy(resource);
      report('open', ['metadata', 'name'], { data: { namespace }, fixes });
    },
  });

/** A policy of their own for the pods: who is of their namespace may connect, and they may connect to all. */
function createPolicy(resource: Resource): FixSpec<'fix'>[] {
  const labels = selectingLabels(resource);
  const { name } = resource.ref;
  if (!labels || !resource.object.metadata.name) return [];
  const spec = {
    podSelector: { matchLabels: labels },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: {} }] }],
  };
  const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name, spec };
  return [{ title: 'fix', data: { name }, create: objectBeside(resource, policy) }];
}

/** One policy that selects the pods gets the direction. */
function addType([policy]: readonly Resource<NetworkPolicy>[], direction: Direction): FixSpec<'fix'>[] {
  if (!policy) return [];
  const type = POLICY_TYPE[direction];
  const path = ['spec', 'policyTypes'];
  const types = policy.object.spec?.policyTypes ?? [];
  const implied = policyDirections(policy.object).map((other) => POLICY_TYPE[other]);
  return [
    {
      title: 'fix',
      data: { type, policy: policy.ref.name },
      edits: [
        types.length > 0
          ? { op: 'append', path, value: type, resource: policy }
          : { op: 'set', path, value: [...implied, type], resource: policy },
        // Pods that may connect to nothing find no name either.
        ...(direction === 'egress' && policyRules(policy.object, 'egress').length === 0
          ? [{ op: 'append' as const, path: ['spec', 'egress'], value: dnsEgressRule(), resource: policy }]
          : []),
      ],
    },
  ];
}

const hasIn = (store: Store, kind: string, namespace: string): boolean =>
  store.list(kind).some(({ ref }: Resource) => ref.namespace === undefined || ref.namespace === namespace);
