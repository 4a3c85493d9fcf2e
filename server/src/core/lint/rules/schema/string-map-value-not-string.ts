import { objectRule } from '../../rule.ts';
import { problemsFor, quoted } from '../../schemaProblems.ts';

export const stringMapValueNotString = objectRule()({
  id: 'string-map-value-not-string',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'yaml-reads-differently',
  sources: ['kubeconform/invalid'],
  messages: {
    notText:
      'The value of {key} in {map} takes text, and {text} is read as {value}; the API server refuses the object.',
    number:
      'The value of {key} in {map} takes text, and {text} is a number; the API server refuses the object.',
    quote: 'Put {text} in quotes',
  },

  check(resource, { report }) {
    for (const { path, node } of problemsFor(resource, 'string-map-value-not-string')) {
      if (node?.kind !== 'scalar') continue;
      const { text, value } = node;
      report(String(value) === text && typeof value === 'number' ? 'number' : 'notText', path, {
        data: { key: path.at(-1), map: path.at(-2), text, value: String(value) },
        fixes: [
          { title: 'quote', data: { text }, safe: true, edits: [{ op: 'text', path, text: quoted(text) }] },
        ],
      });
    }
  },
});
