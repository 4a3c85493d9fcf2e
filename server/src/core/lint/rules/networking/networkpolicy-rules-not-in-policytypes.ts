import { type Direction, POLICY_TYPE, policyDirections } from '../../../kube/policy.ts';
import type { NetworkPolicy } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { writtenAt } from '../../written.ts';

export const networkpolicyRulesNotInPolicytypes = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-rules-not-in-policytypes',
  group: 'networking',
  severity: 'error',
  scope: 'object',
  kinds: ['NetworkPolicy'],
  case: 'netpol-policytypes-ignore-rules',
  messages: {
    ignored: 'The {direction} rules are ignored: policyTypes lists {types} only.',
    emptyIgnored: 'The empty {direction} list isolates nothing: policyTypes lists {types} only.',
    emptyEgress: 'The empty egress list isolates nothing: without policyTypes only egress rules do.',
    addType: 'Add {type} to policyTypes',
    setTypes: 'Isolate egress as well: write policyTypes',
  },

  check(resource, { report }) {
    const { object } = resource;
    const types = object.spec?.policyTypes;
    const isolated = policyDirections(object);
    for (const direction of ['ingress', 'egress'] satisfies Direction[]) {
      const rules = object.spec?.[direction];
      const path = ['spec', direction];
      if (isolated.includes(direction) || !Array.isArray(rules) || !writtenAt(resource, path)) continue;
      const type = POLICY_TYPE[direction];
      if (!Array.isArray(types) || types.length === 0)
        report('emptyEgress', path, {
          at: 'key',
          severity: 'warning',
          fixes: [
            {
              title: 'setTypes',
              edits: [{ op: 'set', path: ['spec', 'policyTypes'], value: ['Ingress', 'Egress'] }],
            },
          ],
        });
      else
        report(rules.length > 0 ? 'ignored' : 'emptyIgnored', path, {
          at: 'key',
          ...(rules.length > 0 ? {} : { severity: 'warning' }),
          data: { direction, types: types.join(', ') },
          // It changes what the policy lets through: never a fix that is made without being asked for.
          fixes: [
            {
              title: 'addType',
              data: { type },
              edits: [{ op: 'append', path: ['spec', 'policyTypes'], value: type }],
            },
          ],
        });
    }
  },
});
