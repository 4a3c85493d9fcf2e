import { backendsOf } from '../../../kube/backends.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Ingress, Service, ServicePort } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import type { EditOp } from '../../../yaml/edit.ts';
import { objectRule } from '../../rule.ts';

/** More choices than these make a list nobody reads. */
const MAX_CHOICES = 4;

export const ingressPortNotFound = objectRule<Ingress>()({
  id: 'ingress-port-not-found',
  group: 'references',
  severity: 'error',
  scope: 'workspace',
  kinds: ['Ingress'],
  case: 'ingress-backend-missing',
  sources: ['kube-score/ingress-targets-service', 'kube-linter/dangling-ingress', 'popeye/1402'],
  messages: {
    missing:
      'Service {name} has no port {port}, it has {offered}; the Ingress answers this path with an error.',
    none: 'Service {name} has no port {port}, nor any other; the Ingress answers this path with an error.',
    thePorts: 'The ports of Service {name}',
    usePort: 'Send to port {choice}',
  },

  check({ object, ref }, { store, report }) {
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    for (const { service: name, port, portPath } of backendsOf(object)) {
      if (port === undefined || !portPath) continue;
      const declared = store.all({ apiVersion: 'v1', kind: 'Service', namespace, name });
      const [service] = declared;
      if (!service) continue;
      const specs = declared.map(({ object }) => (object as Service).spec);
      // Controllers take any port number for a Service that is only another name.
      if (specs.some((spec) => spec?.type === 'ExternalName')) continue;
      const ports = specs.flatMap((spec) => spec?.ports ?? []);
      if (ports.some((candidate) => candidate.name === port || candidate.port === port)) continue;
      report(ports.length > 0 ? 'missing' : 'none', portPath, {
        data: { name, port, offered: [...new Set(ports.map(formatPort))].join(', ') },
        related: [{ resource: service, path: ['spec', 'ports'], message: 'thePorts', data: { name } }],
        fixes: ports.slice(0, MAX_CHOICES).flatMap((candidate) => {
          const choice = typeof port === 'string' ? (candidate.name ?? candidate.port) : candidate.port;
          return choice === undefined
            ? []
            : [{ title: 'usePort', data: { choice }, edits: writePort(portPath, port, choice) }];
        }),
      });
    }
  },
});

/** Sets the port; a number in the place of a name also changes the field (`port.name` → `port.number`). */
function writePort(path: Path, before: number | string, choice: number | string): EditOp[] {
  const field = path.at(-1);
  const sameField = field === 'servicePort' || typeof before === typeof choice;
  return sameField
    ? [{ op: 'set', path, value: choice }]
    : [{ op: 'set', path: path.slice(0, -1), value: { number: choice } }];
}

const formatPort = ({ name, port }: ServicePort): string =>
  name === undefined ? `${port}` : `${name} (${port})`;
