import { isBuiltinGroup } from '../../../kube/object.ts';
import { groupOf } from '../../../kube/ref.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import { objectRule } from '../../rule.ts';

export const defaultNamespace = objectRule()({
  id: 'default-namespace',
  group: 'metadata',
  severity: 'info',
  enabled: false,
  scope: 'workspace',
  kinds: 'all',
  case: 'namespace-of-an-object',
  sources: ['kube-linter/use-namespace'],
  messages: {
    absent: '{kind} {name} has no namespace; it lands where the context of whoever applies it points.',
    isDefault: '{kind} {name} is in namespace default, where everything without a namespace ends up.',
    setNamespace: 'Put it into namespace {namespace}',
  },

  check({ object, ref }, { store, report }) {
    // Cluster-scoped kinds have none, and of custom kinds nobody knows.
    if (ref.namespace === undefined || !isBuiltinGroup(groupOf(ref.apiVersion))) return;
    const { namespace } = object.metadata;
    // Half typed: it is named next.
    if (ref.name === '') return;
    if (namespace !== undefined && namespace !== DEFAULT_NAMESPACE) return;
    const path = ['metadata', 'namespace'];
    const choices = store.list('Namespace').map((declared) => declared.ref.name);
    report(
      namespace === undefined ? 'absent' : 'isDefault',
      namespace === undefined ? ['metadata', 'name'] : path,
      {
        data: { kind: ref.kind, name: ref.name },
        fixes: choices
          .filter((choice) => choice !== DEFAULT_NAMESPACE)
          .slice(0, 3)
          .map((choice) => ({
            title: 'setNamespace',
            data: { namespace: choice },
            edits: [{ op: 'set', path, value: choice }],
          })),
      },
    );
  },
});
