import type { Path } from '../../../path.ts';
import { formatPath } from '../../../path.ts';
import { entryOf, toData } from '../../../yaml/node.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf, nodeAt, problemsFor } from '../../schemaProblems.ts';

const MAX_MOVES = 2;

export const schemaUnknownField = objectRule()({
  id: 'schema-unknown-field',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'manifest-does-not-match-schema',
  sources: ['kube-linter/schema-validation', 'kubeconform/strict'],
  messages: {
    unknown: '{parent} has no field {field}; the API server drops it or refuses the object.',
    near: '{parent} has no field {field}, but {near}; the API server drops it or refuses the object.',
    elsewhere:
      '{parent} has no field {field}, it belongs into {place}; the API server drops it or refuses the object.',
    rename: 'Rename {field} to {near}',
    move: 'Move {field} to {place}',
  },

  check(resource, { report }) {
    const root = resource.origin?.manifest.node;
    for (const { path, suggestions, moveTo = [], node } of problemsFor(resource, 'schema-unknown-field')) {
      const field = String(path.at(-1));
      // Directives of patches: $patch, $setElementOrder/containers.
      if (field.startsWith('$')) continue;
      const parentPath = path.slice(0, -1);
      const parent = parentPath.length === 0 ? resource.ref.kind : fieldOf(parentPath);
      const siblings = root && nodeAt(root, parentPath);
      const free = suggestions.filter((name) => !entryOf(siblings, name));
      const [near] = free;
      if (near !== undefined) {
        report('near', path, {
          at: 'key',
          data: { parent, field, near },
          fixes: free.slice(0, 3).map((name) => ({
            title: 'rename',
            data: { field, near: name },
            safe: free.length === 1 && suggestions.length === 1,
            edits: [{ op: 'rename', path, key: name }],
          })),
        });
        continue;
      }
      const places = moveTo.filter((place) => root && !nodeAt(root, place));
      const [place] = places;
      if (!place) {
        report('unknown', path, { at: 'key', data: { parent, field } });
        continue;
      }
      report('elsewhere', path, {
        at: 'key',
        data: { parent, field, place: formatPlace(place) },
        fixes: node
          ? places.slice(0, MAX_MOVES).map((to) => ({
              title: 'move',
              data: { field, place: formatPlace(to) },
              edits: [
                { op: 'delete', path },
                { op: 'set', path: to, value: toData(node) },
              ],
            }))
          : [],
      });
    }
  },
});

const formatPlace = (path: Path): string => formatPath(path.slice(0, -1)) || formatPath(path);
