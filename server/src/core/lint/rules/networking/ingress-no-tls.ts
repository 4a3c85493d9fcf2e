import type { Ingress } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const ingressNoTls = objectRule<Ingress>()({
  id: 'ingress-no-tls',
  group: 'networking',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: ['Ingress'],
  case: 'ingress-plain-http',
  sources: ['polaris/tlsSettingsMissing'],
  messages: {
    plain: 'The Ingress has no tls: what clients send to it can be read and changed on the way.',
    addTls: 'Add tls with Secret {secret}',
  },

  check({ object, ref }, { report }) {
    const { tls, rules } = object.spec ?? {};
    if (Array.isArray(tls) && tls.length > 0) return;
    const hosts = [...new Set((rules ?? []).flatMap((rule) => rule?.host || []))];
    const secret = `${ref.name}-tls`;
    report('plain', ['spec', 'tls'], {
      at: 'key',
      fixes: [
        {
          title: 'addTls',
          data: { secret },
          edits: [
            {
              op: 'set',
              path: ['spec', 'tls'],
              value: [{ ...(hosts.length > 0 ? { hosts } : {}), secretName: secret }],
            },
          ],
        },
      ],
    });
  },
});
