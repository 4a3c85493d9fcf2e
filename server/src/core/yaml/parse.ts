/** Text → source file, one cached document at a time. */
import { readObject } from '../schema/read.ts';
import type { Schema } from '../schema/schema.ts';
import type { Document, Manifest, SourceFile } from './document.ts';
import { entryOf, type MapNode, type Node } from './node.ts';
import { readTree } from './reader.ts';
import { splitDocuments } from './split.ts';
import { isTemplate, looksLikeTemplate, mayBeTemplate } from './template.ts';

/**
 * Reads a file; documents whose text did not change since the last read of the same file are taken over as they are.
 * Never throws: a document that cannot be read is `broken`, the others keep what they hold.
 */
export function parseFile(file: string, text: string, schema?: Schema, before?: SourceFile): SourceFile {
  const known = knownDocuments(before?.schema === schema ? before : undefined);
  const parts = splitDocuments(text);
  const earlier = before?.documents.length === parts.length ? before.documents : [];
  const documents = parts.map(({ start, text }, index) => ({
    start,
    // Each is taken over once: what holds two equal documents has two manifests, in two places.
    document:
      known?.get(text)?.shift() ?? remembering(parseDocumentText(text, schema), earlier[index]?.document),
  }));
  return { file, text, documents, ...(schema ? { schema } : {}) };
}

function knownDocuments(before: SourceFile | undefined): Map<string, Document[]> | undefined {
  if (!before) return undefined;
  const known = new Map<string, Document[]>();
  for (const { document } of before.documents) {
    const same = known.get(document.text);
    if (same) same.push(document);
    else known.set(document.text, [document]);
  }
  return known;
}

/** A document that broke under the author's hands remembers what it held. */
function remembering(document: Document, before: Document | undefined): Document {
  const held = before?.kind === 'broken' ? before.remembered : before?.manifests;
  return document.kind === 'broken' && held && held.length > 0 ? { ...document, remembered: held } : document;
}

function parseDocumentText(text: string, schema: Schema | undefined): Document {
  const { root, problems } = readTree(text);
  const markup = mayBeTemplate(text);
  if (problems.length > 0) {
    const isMarkup = markup && looksLikeTemplate(text);
    return {
      kind: isMarkup ? 'template' : 'broken',
      text,
      problems: isMarkup ? [] : problems,
      manifests: [],
    };
  }
  if (!root || (root.kind === 'scalar' && root.value === null))
    return { kind: 'empty', text, problems, manifests: [] };
  if (markup && isTemplate(text, root)) return { kind: 'template', text, problems, manifests: [] };
  return { kind: 'ok', text, root, problems, manifests: manifestsOf(root, schema) };
}

/** Items of a typed list such as PodList carry neither apiVersion nor kind: they are what the list is called after. */
interface Identity {
  apiVersion: string;
  kind: string;
}

function manifestsOf(root: Node, schema: Schema | undefined, inherited?: Identity): Manifest[] {
  if (root.kind !== 'map') return [];
  const kind = stringAt(root, 'kind') ?? inherited?.kind;
  const apiVersion = stringAt(root, 'apiVersion') ?? inherited?.apiVersion;
  if (kind === undefined || apiVersion === undefined) return [];
  const items = entryOf(root, 'items')?.value;
  if (!kind.endsWith('List') || items?.kind !== 'seq') {
    const { object, problems } = readObject(root, schema, { apiVersion, kind });
    return [{ object, node: root, within: [], schemaProblems: problems }];
  }
  const item = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.items.flatMap((node, index) =>
    manifestsOf(node, schema, item).map((inner) => ({ ...inner, within: ['items', index, ...inner.within] })),
  );
}

function stringAt(node: MapNode, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && value.text !== '' ? value.text : undefined;
}
