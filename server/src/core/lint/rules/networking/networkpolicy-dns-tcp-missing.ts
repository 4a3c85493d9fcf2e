import { policiesSelecting, policyDirections, policyRules } from '../../../kube/policy.ts';
import type { NetworkPolicy } from '../../../kube/types.ts';
import { DNS_PARAMS, type DnsPlace, dnsRules } from '../../dnsPolicy.ts';
import { imaginedSubject, subjectsOf } from '../../policySubjects.ts';
import { objectRule } from '../../rule.ts';

export const networkpolicyDnsTcpMissing = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-dns-tcp-missing',
  group: 'networking',
  severity: 'info',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['NetworkPolicy'],
  case: 'dns-tcp53-or-truncation',
  params: DNS_PARAMS,
  messages: {
    udpOnly:
      'Port 53 is open for UDP only: answers too large for UDP are asked for again over TCP and time out.',
    addTcp: 'Open port 53 for TCP as well',
  },

  check(resource, { store, params, report }) {
    if (!policyDirections(resource.object).includes('egress')) return;
    const place: DnsPlace = { namespaces: params.dnsNamespaces, labels: params.dnsLabels };
    const udp = dnsRules(store, [resource], 'UDP', place)[0];
    if (!udp) return;
    const real = subjectsOf(store, resource);
    const lacksTcp = (real.length > 0 ? real : [imaginedSubject(resource)]).some(
      (subject) => dnsRules(store, policiesSelecting(store, subject, 'egress'), 'TCP', place).length === 0,
    );
    const entries = policyRules(resource.object, 'egress')[udp.index]?.ports ?? [];
    const entry = entries.findIndex(({ protocol }) => protocol === 'UDP');
    const port = entries[entry]?.port;
    if (!lacksTcp || entry < 0) return;
    const ports = ['spec', 'egress', udp.index, 'ports'];
    const value = {
      protocol: 'TCP',
      ...(port === undefined ? {} : { port: port === 'dns' ? 'dns-tcp' : port }),
    };
    report('udpOnly', [...ports, entry, 'protocol'], {
      fixes: [{ title: 'addTcp', safe: true, edits: [{ op: 'append', path: ports, value }] }],
    });
  },
});
