import { matchesGlob } from '../../../glob.ts';
import { backendsOf } from '../../../kube/backends.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Ingress } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { objectRule } from '../../rule.ts';

export const ingressServiceNotFound = objectRule<Ingress>()({
  id: 'ingress-service-not-found',
  group: 'references',
  severity: 'error',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['Ingress'],
  case: 'ingress-backend-missing',
  sources: ['kube-score/ingress-targets-service', 'kube-linter/dangling-ingress', 'popeye/1401'],
  params: { ignore: [] as readonly string[] },
  messages: {
    missing:
      'Service {name} is not declared in namespace {namespace}; the Ingress answers this path with an error.',
    missingNear:
      'Service {name} is not declared in namespace {namespace}, {near} is; the Ingress answers this path with an error.',
    elsewhere:
      'Service {name} is declared in namespace {other} and not in {namespace}; an Ingress reaches Services of its own namespace only.',
    theService: 'Service {name} of namespace {other}',
    useService: 'Use Service {near}',
  },

  check({ object, ref }, { store, params, report }) {
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    for (const { service: name, servicePath } of backendsOf(object)) {
      if (store.get({ apiVersion: 'v1', kind: 'Service', namespace, name })) continue;
      if (params.ignore.some((glob) => matchesGlob(glob, name))) continue;
      const services = store.list('Service', undefined, '');
      const namesake = services.find((service) => service.ref.name === name);
      if (namesake) {
        const other = namesake.ref.namespace;
        report('elsewhere', servicePath, {
          data: { name, namespace, other },
          related: [
            { resource: namesake, path: ['metadata', 'name'], message: 'theService', data: { name, other } },
          ],
        });
        continue;
      }
      const names = services.flatMap((service) =>
        service.ref.namespace === namespace ? service.ref.name : [],
      );
      if (names.length === 0) continue;
      const near = nearest(name, names);
      report(near === undefined ? 'missing' : 'missingNear', servicePath, {
        data: { name, namespace, near },
        fixes:
          near === undefined
            ? []
            : [
                {
                  title: 'useService',
                  data: { near },
                  edits: [{ op: 'set', path: servicePath, value: near }],
                },
              ],
      });
    }
  },
});
