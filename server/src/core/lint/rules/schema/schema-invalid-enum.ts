import { objectRule } from '../../rule.ts';
import { fieldOf, problemsFor } from '../../schemaProblems.ts';

/** Longer lists of values help nobody in one line. */
const MAX_SHOWN = 6;

export const schemaInvalidEnum = objectRule()({
  id: 'schema-invalid-enum',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'manifest-does-not-match-schema',
  sources: ['kube-linter/schema-validation', 'kubeconform/invalid'],
  messages: {
    invalid: '{field} takes {expected}, not {value}; the API server refuses the object.',
    use: 'Use {near}',
  },

  check(resource, { report }) {
    for (const { path, expected, actual, suggestions } of problemsFor(resource, 'schema-invalid-enum')) {
      const shown = expected.slice(0, MAX_SHOWN).join(', ');
      report('invalid', path, {
        data: {
          field: fieldOf(path),
          expected: expected.length > MAX_SHOWN ? `${shown}, …` : shown,
          value: actual,
        },
        fixes: suggestions.slice(0, MAX_SHOWN).map((near) => ({
          title: 'use',
          data: { near },
          safe: suggestions.length === 1 || near.toLowerCase() === actual.toLowerCase(),
          edits: [{ op: 'set', path, value: near }],
        })),
      });
    }
  },
});
