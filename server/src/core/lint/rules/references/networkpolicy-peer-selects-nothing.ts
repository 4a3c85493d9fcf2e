import { formatSelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { NetworkPolicy } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { missOf, missOptions } from '../../selectorMiss.ts';

const SIDES = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const;

export const networkpolicyPeerSelectsNothing = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-peer-selects-nothing',
  group: 'references',
  severity: 'info',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['NetworkPolicy'],
  case: 'networkpolicy-without-pods',
  sources: ['kube-linter/dangling-networkpolicypeer-podselector', 'popeye/1202', 'popeye/1208'],
  params: { needWorkloads: true },
  messages: {
    none: 'Peer {selector} is on no pod of namespace {namespace}; the rule lets nobody through.',
    near: 'Peer {selector} is on no pod of namespace {namespace}, the pods of {workload} have {labels}; the rule lets nobody through.',
    elsewhere:
      'Peer {selector} is on pods of namespace {other} and on none of {namespace}; without namespaceSelector a peer is in the namespace of the policy.',
    theLabels: 'Pod labels of {workload}',
    useLabels: 'Select the pods of {workload}',
  },

  check({ object, ref }, { store, params, report }) {
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    for (const [direction, field] of SIDES)
      for (const [i, rule] of (object.spec?.[direction] ?? []).entries()) {
        const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
        for (const [j, peer] of peers.entries()) {
          if (!peer.podSelector || peer.namespaceSelector) continue;
          const miss = missOf(store, namespace, peer.podSelector, ref.name, params.needWorkloads);
          if (!miss) continue;
          const path = ['spec', direction, i, field, j, 'podSelector'];
          report(
            miss.kind,
            ...missOptions(miss, path, { selector: formatSelector(peer.podSelector), namespace }),
          );
        }
      }
  },
});
