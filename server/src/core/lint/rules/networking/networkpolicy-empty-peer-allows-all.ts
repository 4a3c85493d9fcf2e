import { type Direction, policyDirections, policyRules, rulePeers } from '../../../kube/policy.ts';
import type { NetworkPolicy, NetworkPolicyRule } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { writtenAt } from '../../written.ts';

const PEERS: Record<Direction, 'from' | 'to'> = { ingress: 'from', egress: 'to' };

/** An empty list of rules admits nobody; an empty list of peers in a rule admits everybody. The two look alike. */
export const networkpolicyEmptyPeerAllowsAll = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-empty-peer-allows-all',
  group: 'networking',
  severity: 'warning',
  scope: 'object',
  kinds: ['NetworkPolicy'],
  case: 'netpol-empty-from-allows-all',
  messages: {
    from: 'An empty "from" admits every source, inside and outside of the cluster; only an empty list of ingress rules admits none.',
    fromPorts:
      'An empty "from" admits every source on these ports, inside and outside of the cluster; only an empty list of ingress rules admits none.',
    to: 'An empty "to" admits every destination, inside and outside of the cluster; only an empty list of egress rules admits none.',
    toPorts:
      'An empty "to" admits every destination on these ports, inside and outside of the cluster; only an empty list of egress rules admits none.',
    denyIngress: 'Admit no source: write ingress: []',
    denyEgress: 'Admit no destination: write egress: []',
    plainFrom: 'Admit every source, plainly: remove the empty "from"',
    plainTo: 'Admit every destination, plainly: remove the empty "to"',
  },

  check(resource, { report }) {
    for (const direction of policyDirections(resource.object)) {
      const rules = policyRules(resource.object, direction);
      const key = PEERS[direction];
      for (const [index, rule] of rules.entries()) {
        const path = ['spec', direction, index, key];
        if (rulePeers(rule, direction) || !writtenAt(resource, path)) continue;
        const ports = hasPorts(rule);
        report(ports ? `${key}Ports` : key, path, {
          at: 'key',
          fixes: [
            ...(rules.length === 1
              ? [
                  {
                    title: direction === 'ingress' ? ('denyIngress' as const) : ('denyEgress' as const),
                    edits: [{ op: 'set' as const, path: ['spec', direction], value: [] }],
                  },
                ]
              : []),
            {
              title: key === 'from' ? 'plainFrom' : 'plainTo',
              edits: [{ op: 'delete', path }],
            },
          ],
        });
      }
    }
  },
});

const hasPorts = ({ ports }: NetworkPolicyRule): boolean => Array.isArray(ports) && ports.length > 0;
