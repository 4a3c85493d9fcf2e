/** Which rule tells which disagreement of text and schema: one wrong text, one finding. */
import type { Resource } from '../kube/store.ts';
import type { Path } from '../path.ts';
import type { SchemaProblem } from '../schema/read.ts';
import type { Manifest } from '../yaml/document.ts';
import { childOf, type Node, type ScalarNode } from '../yaml/node.ts';

export type SchemaRuleId =
  | 'ambiguous-scalar'
  | 'env-value-not-string'
  | 'null-value'
  | 'port-as-string'
  | 'schema-invalid-enum'
  | 'schema-missing-required'
  | 'schema-type-mismatch'
  | 'schema-unknown-field'
  | 'string-map-value-not-string';

/** A problem with the node it is about; a missing field has none. */
export interface PlacedProblem extends SchemaProblem {
  node?: Node;
}

const cache = new WeakMap<Manifest, Map<SchemaRuleId, PlacedProblem[]>>();

/** The problems of an object that a rule has to tell. */
export function problemsFor({ origin }: Resource, rule: SchemaRuleId): readonly PlacedProblem[] {
  const manifest = origin?.manifest;
  if (!manifest || manifest.schemaProblems.length === 0) return [];
  let byRule = cache.get(manifest);
  if (!byRule) {
    byRule = new Map();
    for (const problem of manifest.schemaProblems) {
      const node = nodeAt(manifest.node, problem.path);
      const id = ruleOf(problem, node);
      const list = byRule.get(id);
      const placed = node ? { ...problem, node } : problem;
      if (list) list.push(placed);
      else byRule.set(id, [placed]);
    }
    cache.set(manifest, byRule);
  }
  return byRule.get(rule) ?? [];
}

/** The more special rule wins: places first, then what the text looks like. */
function ruleOf({ kind, path, of, expected }: SchemaProblem, node: Node | undefined): SchemaRuleId {
  if (kind === 'unknown-field') return 'schema-unknown-field';
  if (kind === 'missing-required') return 'schema-missing-required';
  if (kind === 'invalid-enum') return 'schema-invalid-enum';
  const wantsText = expected[0] === 'string';
  if (kind === 'null-value') {
    // `~` was written for something; `null` says what it is, and nothing at all was forgotten or left over.
    const isWord = node?.kind === 'scalar' && node.text !== '' && node.text !== 'null';
    return wantsText && isWord ? 'ambiguous-scalar' : 'null-value';
  }
  if (node?.kind !== 'scalar') return 'schema-type-mismatch';
  if (wantsText && isEnvValue(path)) return 'env-value-not-string';
  if (wantsText && of === 'map-value') return 'string-map-value-not-string';
  if (wantsText && isSurprising(node)) return 'ambiguous-scalar';
  if (isPortField(path) && typeof node.value === 'string') return 'port-as-string';
  return 'schema-type-mismatch';
}

const PORT_FIELDS: ReadonlySet<unknown> = new Set([
  'containerPort',
  'hostPort',
  'port',
  'nodePort',
  'targetPort',
  'endPort',
  'number',
]);

/** A field for a port number; `number` only means one in the port of an Ingress backend. */
function isPortField(path: Path): boolean {
  const field = path.at(-1);
  return PORT_FIELDS.has(field) && (field !== 'number' || path.at(-2) === 'port');
}

const isEnvValue = (path: Path): boolean =>
  path.at(-1) === 'value' && typeof path.at(-2) === 'number' && path.at(-3) === 'env';

/** True when a reader of the text would not see the number, boolean or null that YAML 1.1 makes of it. */
export function isSurprising({ text, value }: ScalarNode): boolean {
  if (typeof value === 'boolean') return text !== 'true' && text !== 'false';
  return value !== null && String(value) !== text;
}

export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) node = childOf(node, step);
  return node;
}

/** The last field of a path with the indexes behind it: `args[1]`. */
export function fieldOf(path: Path): string {
  const at = path.findLastIndex((step) => typeof step === 'string');
  return path
    .slice(Math.max(at, 0))
    .map((step, index) => (index === 0 ? step : `[${step}]`))
    .join('');
}

const LONGEST_SHOWN = 40;

/** A value as it is written, short: `"80"`, `[…]`, `{…}`. */
export function shownValue(node: Node | undefined, text: string): string {
  if (!node) return '';
  if (node.kind === 'seq') return node.items.length === 0 ? '[]' : '[…]';
  if (node.kind === 'map') return node.entries.length === 0 ? '{}' : '{…}';
  const written = text.slice(node.start, node.end).split('\n', 1)[0] ?? '';
  return written.length > LONGEST_SHOWN ? `${written.slice(0, LONGEST_SHOWN)}…` : written;
}

/** The text from the document of a resource on, where the offsets of its nodes count from. */
export const textOf = ({ origin }: Resource): string => origin?.file.text.slice(origin.start) ?? '';

/** A plain scalar's text in double quotes. */
export const quoted = (text: string): string => JSON.stringify(text);
