import { isPatch } from '../../../kube/patches.ts';
import type { WorkloadObject } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf, problemsFor } from '../../schemaProblems.ts';

export const schemaMissingRequired = objectRule<WorkloadObject>()({
  id: 'schema-missing-required',
  group: 'schema',
  severity: 'error',
  scope: 'workspace',
  kinds: 'all',
  case: 'manifest-does-not-match-schema',
  sources: ['kube-linter/schema-validation', 'kubeconform/invalid'],
  messages: {
    missing: '{parent} needs {field}; the API server refuses the object without it.',
    insert: 'Add {field}',
  },

  check(resource, { store, report }) {
    const problems = problemsFor(resource, 'schema-missing-required');
    // A patch holds a part of an object.
    if (problems.length === 0 || isPatch(resource, store)) return;
    for (const { path } of problems) {
      const parentPath = path.slice(0, -1);
      const field = String(path.at(-1));
      const value = valueFor(resource.object, path);
      report('missing', path, {
        at: 'key',
        data: { field, parent: parentPath.length === 0 ? resource.ref.kind : fieldOf(parentPath) },
        fixes:
          value === undefined
            ? []
            : [{ title: 'insert', data: { field }, edits: [{ op: 'set', path, value }] }],
      });
    }
  },
});

/** The value that a missing field most likely has; undefined where only the author knows. */
function valueFor(object: WorkloadObject, path: Path): unknown {
  const field = path.at(-1);
  if (field === 'pathType') return 'Prefix';
  if (field === 'apiGroup' && path[0] === 'roleRef') return 'rbac.authorization.k8s.io';
  if (field !== 'selector' || path.length !== 2) return undefined;
  const labels = object.spec?.template?.metadata?.labels;
  return labels && Object.keys(labels).length > 0 ? { matchLabels: labels } : undefined;
}
