import { policyDirections, policyRules, rulePeers } from '../../../kube/policy.ts';
import { isEmptySelector } from '../../../kube/selector.ts';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const networkpolicyPeerOrAnd = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-peer-or-and',
  group: 'networking',
  severity: 'info',
  confidence: 'hint',
  scope: 'object',
  kinds: ['NetworkPolicy'],
  case: 'netpol-selector-and-or',
  messages: {
    or: 'The namespaceSelector and the podSelector are two list items, so either is enough: all pods of those namespaces, and such pods of this namespace.',
    join: 'Require both: join them into one item',
  },

  check({ object }, { report }) {
    for (const direction of policyDirections(object))
      for (const [index, rule] of policyRules(object, direction).entries()) {
        const peers = rulePeers(rule, direction) ?? [];
        // A list of several alike is meant as a list.
        if (SELECTORS.some((key) => peers.filter((peer) => onlySelects(peer, key)).length > 1)) continue;
        const base = ['spec', direction, index, direction === 'ingress' ? 'from' : 'to'];
        for (const [i, peer] of peers.entries()) {
          const next = peers[i + 1];
          if (!next || !isPair(peer, next)) continue;
          const key = peer.podSelector ? 'namespaceSelector' : 'podSelector';
          report('or', [...base, i + 1, key], {
            at: 'key',
            fixes: [
              {
                title: 'join',
                edits: [
                  { op: 'set', path: [...base, i, key], value: next[key] },
                  { op: 'delete', path: [...base, i + 1] },
                ],
              },
            ],
          });
        }
      }
  },
});

const SELECTORS = ['podSelector', 'namespaceSelector'] as const;

/** One selects namespaces only, the other pods only. An empty selector says "all of them" and was meant as written. */
const isPair = (a: NetworkPolicyPeer, b: NetworkPolicyPeer): boolean =>
  (onlySelects(a, 'namespaceSelector') && onlySelects(b, 'podSelector')) ||
  (onlySelects(a, 'podSelector') && onlySelects(b, 'namespaceSelector'));

const onlySelects = (peer: NetworkPolicyPeer, key: 'podSelector' | 'namespaceSelector'): boolean => {
  const selector = peer[key];
  const other = key === 'podSelector' ? peer.namespaceSelector : peer.podSelector;
  return !!selector && !other && !peer.ipBlock && !isEmptySelector(selector);
};
