import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

/** https://pkg.go.dev/k8s.io/kubernetes/pkg/apis/core/validation: MaxDNSNameservers, MaxDNSSearchPaths. */
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;

export const dnsPolicyNone = objectRule()({
  id: 'dns-policy-none',
  group: 'networking',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'dns-config-limits',
  messages: {
    noServer: 'dnsPolicy None needs at least one nameserver in dnsConfig: the API server refuses the pod.',
    nameservers: '{count} nameservers are more than {most}: the API server refuses the pod.',
    searches: '{count} search domains are more than {most}: the API server refuses the pod.',
    clusterFirst: 'Ask the cluster DNS: ClusterFirst',
  },

  check({ object }, { report }) {
    const spec = podTemplateOf(object)?.spec;
    const base = templatePath(object.kind);
    if (!base || !spec) return;
    const nameservers = spec.dnsConfig?.nameservers ?? [];
    const searches = spec.dnsConfig?.searches ?? [];
    const config = [...base, 'spec', 'dnsConfig'];
    if (spec.dnsPolicy === 'None' && nameservers.length === 0) {
      const path = [...base, 'spec', 'dnsPolicy'];
      report('noServer', path, {
        fixes: [{ title: 'clusterFirst', edits: [{ op: 'set', path, value: 'ClusterFirst' }] }],
      });
    }
    if (nameservers.length > MAX_NAMESERVERS)
      report('nameservers', [...config, 'nameservers'], {
        at: 'key',
        data: { count: nameservers.length, most: MAX_NAMESERVERS },
      });
    if (searches.length > MAX_SEARCHES)
      report('searches', [...config, 'searches'], {
        at: 'key',
        data: { count: searches.length, most: MAX_SEARCHES },
      });
  },
});
