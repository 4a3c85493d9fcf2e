import { objectRule } from '../../rule.ts';
import { fieldOf, problemsFor, quoted } from '../../schemaProblems.ts';

export const ambiguousScalar = objectRule()({
  id: 'ambiguous-scalar',
  group: 'schema',
  severity: 'warning',
  scope: 'object',
  kinds: 'all',
  case: 'yaml-reads-differently',
  messages: {
    refused: '{field} takes text, and {text} is read as {value}; the API server refuses the object.',
    lost: '{field} takes text, and {text} is read as null; the API server drops it.',
    quote: 'Put {text} in quotes',
  },

  check(resource, { report }) {
    for (const { path, node } of problemsFor(resource, 'ambiguous-scalar')) {
      if (node?.kind !== 'scalar') continue;
      const { text, value } = node;
      report(value === null ? 'lost' : 'refused', path, {
        severity: value === null ? 'warning' : 'error',
        data: { field: fieldOf(path), text, value: String(value) },
        fixes: [
          { title: 'quote', data: { text }, safe: true, edits: [{ op: 'text', path, text: quoted(text) }] },
        ],
      });
    }
  },
});
