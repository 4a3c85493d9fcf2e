import { isPatch } from '../../../kube/patches.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf, problemsFor } from '../../schemaProblems.ts';

/** Empty values of the types that have one worth writing. */
const EMPTY: Record<string, { title: 'makeMap' | 'makeList'; value: unknown }> = {
  map: { title: 'makeMap', value: {} },
  list: { title: 'makeList', value: [] },
};

export const nullValue = objectRule()({
  id: 'null-value',
  group: 'schema',
  severity: 'info',
  scope: 'workspace',
  kinds: 'all',
  case: 'yaml-empty-value',
  messages: {
    dropped: '{field} has no value; the API server drops it as if it were not written.',
    emptyText: '{field} has no value; the API server reads an empty text.',
    item: 'Item {field} has no value; the API server reads an empty one.',
    remove: 'Delete {field}',
    makeMap: 'Write an empty map: {}',
    makeList: 'Write an empty list: []',
    makeText: 'Write an empty text: ""',
  },

  check(resource, { store, report }) {
    const problems = problemsFor(resource, 'null-value');
    // A patch holds a part of an object, and its nulls delete.
    if (problems.length === 0 || isPatch(resource, store)) return;
    for (const { path, of, expected } of problems) {
      const field = fieldOf(path);
      const empty = of === 'field' ? EMPTY[expected[0] ?? ''] : undefined;
      report(of === 'field' ? 'dropped' : of === 'item' ? 'item' : 'emptyText', path, {
        data: { field },
        fixes: [
          { title: 'remove', data: { field }, edits: [{ op: 'delete', path }] },
          ...(empty
            ? [{ title: empty.title, edits: [{ op: 'set' as const, path, value: empty.value }] }]
            : []),
          ...(of === 'map-value'
            ? [{ title: 'makeText' as const, edits: [{ op: 'set' as const, path, value: '' }] }]
            : []),
        ],
      });
    }
  },
});
