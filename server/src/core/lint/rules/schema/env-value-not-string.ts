import { valueAt } from '../../../path.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf, problemsFor, quoted } from '../../schemaProblems.ts';

export const envValueNotString = objectRule()({
  id: 'env-value-not-string',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'yaml-reads-differently',
  sources: ['kubeconform/invalid'],
  messages: {
    boolean: 'Variable {name} takes text, and {text} is read as {value}; the API server refuses the object.',
    number: 'Variable {name} takes text, and {text} is a number; the API server refuses the object.',
    quote: 'Put {text} in quotes',
  },

  check(resource, { report }) {
    for (const { path, node } of problemsFor(resource, 'env-value-not-string')) {
      if (node?.kind !== 'scalar') continue;
      const { text, value } = node;
      const name = valueAt(resource.object, [...path.slice(0, -1), 'name']);
      report(typeof value === 'number' ? 'number' : 'boolean', path, {
        data: { name: String(name ?? fieldOf(path.slice(0, -1))), text, value: String(value) },
        fixes: [
          { title: 'quote', data: { text }, safe: true, edits: [{ op: 'text', path, text: quoted(text) }] },
        ],
      });
    }
  },
});
