import { toData } from '../../../yaml/node.ts';
import { type FixSpec, objectRule } from '../../rule.ts';
import {
  fieldOf,
  type PlacedProblem,
  problemsFor,
  quoted,
  shownValue,
  textOf,
} from '../../schemaProblems.ts';

/** Message for each type that the schema wants. */
const WANTS = {
  string: 'text',
  bytes: 'base64',
  time: 'time',
  quantity: 'quantity',
  'int-or-string': 'integerOrText',
  int32: 'integer',
  int64: 'integer',
  number: 'number',
  boolean: 'boolean',
  list: 'list',
  map: 'map',
} as const;

type FixId = 'unquote' | 'quote' | 'wrap';

export const schemaTypeMismatch = objectRule()({
  id: 'schema-type-mismatch',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'manifest-does-not-match-schema',
  sources: ['kube-linter/schema-validation', 'kubeconform/invalid'],
  messages: {
    text: '{field} takes text, not {value}; the API server refuses the object.',
    base64: '{field} takes base64 text, not {value}; the API server refuses the object.',
    time: '{field} takes a time, not {value}; the API server refuses the object.',
    quantity: '{field} takes a quantity, not {value}; the API server refuses the object.',
    integerOrText: '{field} takes a whole number or text, not {value}; the API server refuses the object.',
    integer: '{field} takes a whole number, not {value}; the API server refuses the object.',
    number: '{field} takes a number, not {value}; the API server refuses the object.',
    boolean: '{field} takes true or false, not {value}; the API server refuses the object.',
    list: '{field} takes a list, not {value}; the API server refuses the object.',
    map: '{field} takes keys and values, not {value}; the API server refuses the object.',
    unquote: 'Write {value} without quotes',
    quote: 'Put {value} in quotes',
    wrap: 'Make {field} a list with this one item',
  },

  check(resource, { report }) {
    const problems = problemsFor(resource, 'schema-type-mismatch');
    if (problems.length === 0) return;
    const text = textOf(resource);
    for (const problem of problems) {
      const wants = WANTS[problem.expected[0] as keyof typeof WANTS] ?? 'map';
      const field = fieldOf(problem.path);
      const fix = fixOf(problem, wants, field);
      report(wants, problem.path, {
        data: { field, value: shownValue(problem.node, text) },
        fixes: fix ? [fix] : [],
      });
    }
  },
});

function fixOf(
  { path, node, of }: PlacedProblem,
  wants: (typeof WANTS)[keyof typeof WANTS],
  field: string,
): FixSpec<FixId> | undefined {
  if (!node) return undefined;
  if (wants === 'list' && of === 'field' && !(node.kind === 'scalar' && node.value === null))
    return { title: 'wrap', data: { field }, edits: [{ op: 'set', path, value: [toData(node)] }] };
  if (node.kind !== 'scalar' || node.style === 'block') return undefined;
  const { text } = node;
  if (wants === 'text' && node.style === 'plain')
    return {
      title: 'quote',
      data: { value: text },
      safe: true,
      edits: [{ op: 'text', path, text: quoted(text) }],
    };
  const isInteger = /^-?(0|[1-9]\d{0,9})$/.test(text);
  const isBoolean = text === 'true' || text === 'false';
  const fits =
    (wants === 'integer' && isInteger) ||
    (wants === 'number' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) ||
    (wants === 'boolean' && isBoolean);
  if (node.style === 'plain' || !fits) return undefined;
  return { title: 'unquote', data: { value: text }, safe: true, edits: [{ op: 'text', path, text }] };
}
