/** Rules that want pods to be selected by a NetworkPolicy. */
import { type Direction, policiesSelecting, policyDirections } from '../kube/policy.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import { podTemplateOf } from '../kube/workload.ts';
import { objectRule, type Rule } from './rule.ts';

export interface Isolation {
  id: string;
  /** The direction that has to be isolated; undefined: any policy will do. */
  direction?: Direction;
  sources: readonly string[];
  messages: { open: string };
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

    check({ object, ref }, { store, params, report }) {
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
      if (isOpen) report('open', ['metadata', 'name'], { data: { namespace } });
    },
  });

const hasIn = (store: Store, kind: string, namespace: string): boolean =>
  store.list(kind).some(({ ref }: Resource) => ref.namespace === undefined || ref.namespace === namespace);
