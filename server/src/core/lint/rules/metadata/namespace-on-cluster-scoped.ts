import { isBuiltinGroup, isClusterScoped } from '../../../kube/object.ts';
import { groupOf } from '../../../kube/ref.ts';
import { objectRule } from '../../rule.ts';

export const namespaceOnClusterScoped = objectRule()({
  id: 'namespace-on-cluster-scoped',
  group: 'metadata',
  severity: 'warning',
  scope: 'object',
  kinds: 'all',
  case: 'namespace-of-an-object',
  messages: {
    ignored: '{kind} has no namespace; {namespace} is ignored, or the object is refused.',
    remove: 'Delete the namespace',
  },

  check({ object, ref }, { report }) {
    const { namespace } = object.metadata;
    if (!namespace || !isClusterScoped(ref.kind) || !isBuiltinGroup(groupOf(ref.apiVersion))) return;
    const path = ['metadata', 'namespace'];
    report('ignored', path, {
      data: { kind: ref.kind, namespace },
      fixes: [{ title: 'remove', safe: true, edits: [{ op: 'delete', path }] }],
    });
  },
});
