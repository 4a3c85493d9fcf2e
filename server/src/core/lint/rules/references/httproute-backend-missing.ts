import type { KubeObject } from '../../../kube/object.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { valueAt } from '../../../path.ts';
import { objectRule } from '../../rule.ts';

const GROUP = 'gateway.networking.k8s.io';
const KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];
const MAX_CHOICES = 4;

interface BackendRef {
  group?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  port?: number;
}

export const httprouteBackendMissing = objectRule<KubeObject>()({
  id: 'httproute-backend-missing',
  group: 'references',
  severity: 'error',
  confidence: 'likely',
  scope: 'workspace',
  kinds: KINDS.map((kind) => `${GROUP}/${kind}`),
  case: 'ingress-backend-missing',
  sources: ['popeye/407', 'popeye/1106'],
  messages: {
    missing: 'Service {name} is not declared in namespace {namespace}; the route answers with an error.',
    missingNear:
      'Service {name} is not declared in namespace {namespace}, {near} is; the route answers with an error.',
    elsewhere:
      'Service {name} is declared in namespace {other} and not in {namespace}; a backend without namespace is in that of the route.',
    noPort: 'Service {name} has no port {port}, it has {offered}; the route answers with an error.',
    theService: 'Service {name}',
    useService: 'Use Service {near}',
    usePort: 'Send to port {choice}',
  },

  check({ object, ref }, { store, report }) {
    const rules = valueAt(object, ['spec', 'rules']);
    for (const [i, rule] of (Array.isArray(rules) ? rules : []).entries()) {
      const backends = valueAt(rule, ['backendRefs']);
      for (const [j, backend] of (Array.isArray(backends) ? backends : []).entries()) {
        const { group = '', kind = 'Service', name, port, ...rest } = (backend ?? {}) as BackendRef;
        if (group !== '' || kind !== 'Service' || typeof name !== 'string' || name === '') continue;
        const path = ['spec', 'rules', i, 'backendRefs', j];
        const namespace = rest.namespace ?? ref.namespace ?? DEFAULT_NAMESPACE;
        const service = store.get<Service>({ apiVersion: 'v1', kind, namespace, name });
        if (!service) {
          const services = store.list('Service', undefined, '');
          const namesake = services.find((candidate) => candidate.ref.name === name);
          if (namesake) {
            report('elsewhere', [...path, 'name'], {
              data: { name, namespace, other: namesake.ref.namespace },
              related: [
                { resource: namesake, path: ['metadata', 'name'], message: 'theService', data: { name } },
              ],
            });
            continue;
          }
          const names = services.flatMap((candidate) =>
            candidate.ref.namespace === namespace ? candidate.ref.name : [],
          );
          if (names.length === 0) continue;
          const near = nearest(name, names);
          report(near === undefined ? 'missing' : 'missingNear', [...path, 'name'], {
            data: { name, namespace, near },
            fixes:
              near === undefined
                ? []
                : [
                    {
                      title: 'useService',
                      data: { near },
                      edits: [{ op: 'set', path: [...path, 'name'], value: near }],
                    },
                  ],
          });
          continue;
        }
        const ports = (service.object.spec?.ports ?? []).flatMap((candidate) => candidate.port ?? []);
        if (typeof port !== 'number' || ports.length === 0 || ports.includes(port)) continue;
        report('noPort', [...path, 'port'], {
          data: { name, port, offered: ports.join(', ') },
          related: [{ resource: service, path: ['spec', 'ports'], message: 'theService', data: { name } }],
          fixes: ports.slice(0, MAX_CHOICES).map((choice) => ({
            title: 'usePort',
            data: { choice },
            edits: [{ op: 'set', path: [...path, 'port'], value: choice }],
          })),
        });
      }
    }
  },
});
