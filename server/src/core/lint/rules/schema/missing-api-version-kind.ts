import { servedVersions } from '../../../schema/apis.ts';
import { entryOf, type MapNode, type Node } from '../../../yaml/node.ts';
import { rangeOf } from '../../../yaml/range.ts';
import { LATEST_KUBERNETES } from '../../config.ts';
import { fileRule, type TextFix } from '../../rule.ts';

/** Keys at the top of objects. A document with others beside them is the file of another tool. */
const OBJECT_KEYS = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'spec',
  'data',
  'stringData',
  'status',
  'items',
]);

export const missingApiVersionKind = fileRule({
  id: 'missing-api-version-kind',
  group: 'schema',
  severity: 'error',
  scope: 'file',
  case: 'manifest-does-not-match-schema',
  sources: ['kubeconform/error'],
  messages: {
    noKind: 'The object has no kind; kubectl refuses the file.',
    noApiVersion: 'The object has no apiVersion; kubectl refuses the file.',
    insert: 'Add apiVersion: {apiVersion}',
  },

  check({ documents, schema }, { report }) {
    for (const [index, { document }] of documents.entries()) {
      if (document.kind !== 'ok') continue;
      for (const node of candidatesIn(document.root)) {
        const kind = wordAt(node, 'kind');
        const apiVersion = wordAt(node, 'apiVersion');
        if (kind !== undefined && apiVersion !== undefined) continue;
        if (kind === undefined) {
          const entry = entryOf(node, 'kind') ?? entryOf(node, 'apiVersion');
          const range = entry ? { start: entry.keyStart, end: entry.keyEnd } : rangeOf(node, []);
          report('noKind', index, range);
          continue;
        }
        const range = rangeOf(node, [entryOf(node, 'apiVersion') ? 'apiVersion' : 'kind'], 'key');
        const [best, ...more] = schema ? servedVersions(schema, kind, LATEST_KUBERNETES) : [];
        const isUnique =
          best && more.every((other) => groupPart(other.apiVersion) === groupPart(best.apiVersion));
        const edits = isUnique ? insert(document.text, node, best.apiVersion) : [];
        const fix: TextFix<'insert'>[] =
          best && edits.length > 0 ? [{ title: 'insert', data: { apiVersion: best.apiVersion }, edits }] : [];
        report('noApiVersion', index, range, { fixes: fix });
      }
    }
  },
});

/** Maps that look like objects: of a document, or of the items of a List. */
function candidatesIn(root: Node | undefined): MapNode[] {
  if (root?.kind !== 'map') return [];
  const items = entryOf(root, 'items')?.value;
  const own = looksLikeObject(root) ? [root] : [];
  if (items?.kind !== 'seq' || wordAt(root, 'kind')?.endsWith('List') !== true) return own;
  return [...own, ...items.items.filter((item) => item.kind === 'map').filter(looksLikeObject)];
}

function looksLikeObject(node: MapNode): boolean {
  const hasOne = entryOf(node, 'kind') !== undefined || entryOf(node, 'apiVersion') !== undefined;
  const isPlain = node.entries.every(({ key }) => OBJECT_KEYS.has(key));
  const hasMetadata = entryOf(node, 'metadata')?.value.kind === 'map';
  return (
    (hasOne && (isPlain || hasMetadata)) || (hasMetadata && isPlain && entryOf(node, 'spec') !== undefined)
  );
}

function wordAt(node: MapNode, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && value.text !== '' ? value.text : undefined;
}

const groupPart = (apiVersion: string): string => apiVersion.slice(0, Math.max(apiVersion.indexOf('/'), 0));

/** The line before the kind, with its indentation and line break; a value for an empty apiVersion. */
function insert(
  text: string,
  node: MapNode,
  apiVersion: string,
): { start: number; end: number; text: string }[] {
  const written = entryOf(node, 'apiVersion');
  if (written) return [{ start: written.keyEnd + 1, end: written.value.end, text: ` ${apiVersion}` }];
  const kind = entryOf(node, 'kind');
  if (!kind || node.flow) return [];
  const start = text.lastIndexOf('\n', kind.keyStart - 1) + 1;
  // After `- ` the next line keeps the column of the key.
  const indent = ' '.repeat(kind.keyStart - start);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  return [
    { start: kind.keyStart, end: kind.keyStart, text: `apiVersion: ${apiVersion}${lineBreak}${indent}` },
  ];
}
