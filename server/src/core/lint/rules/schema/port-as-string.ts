import { portPlaces } from '../../../kube/portPlaces.ts';
import type { Path } from '../../../path.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf, nodeAt, problemsFor, shownValue, textOf } from '../../schemaProblems.ts';

export const portAsString = objectRule()({
  id: 'port-as-string',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'port-numbers-and-names',
  sources: ['kubeconform/invalid'],
  messages: {
    notNumber: '{field} takes a number, not {value}; the API server refuses the object.',
    digitsAreName:
      '{field} {value} is text and means a port of that name, which no port can have; write the number.',
    unquote: 'Write {number} without quotes',
  },

  check(resource, { report }) {
    const text = textOf(resource);
    const root = resource.origin?.manifest.node;
    const tell = (message: 'notNumber' | 'digitsAreName', path: Path): void => {
      const node = root && nodeAt(root, path);
      const digits =
        node?.kind === 'scalar' && /^[1-9]\d{0,4}$/.test(node.text.trim()) ? node.text.trim() : undefined;
      report(message, path, {
        data: { field: fieldOf(path), value: shownValue(node, text) },
        fixes:
          digits === undefined
            ? []
            : [
                {
                  title: 'unquote',
                  data: { number: digits },
                  safe: true,
                  edits: [{ op: 'text', path, text: digits }],
                },
              ],
      });
    };
    for (const { path } of problemsFor(resource, 'port-as-string')) tell('notNumber', path);
    for (const { path, value, role } of portPlaces(resource.object))
      if (role === 'reference' && typeof value === 'string' && /^\s*\d+\s*$/.test(value))
        tell('digitsAreName', path);
  },
});
