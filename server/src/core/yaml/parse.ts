/** Text → source file, one cached document at a time. */
import { readObject } from '../schema/read.ts';
import type { Schema } from '../schema/schema.ts';
import type { Document, Manifest, PlacedDocument, SourceFile } from './document.ts';
import { readWithLibrary } from './library.ts';
import { entryOf, type MapNode, type Node } from './node.ts';

/** Reads files; documents whose text did not change since the last read of the same file are taken over as they are. */
export function parseFile(file: string, text: string, schema?: Schema, before?: SourceFile): SourceFile {
  const known = new Map(before?.documents.map(({ document }) => [document.text, document]));
  const documents = splitDocuments(text).map(({ start, text }) => ({
    start,
    document: known.get(text) ?? parseDocumentText(text, schema),
  }));
  return { file, text, documents, ...(schema ? { schema } : {}) };
}

/** Cuts at `---` lines. The marker belongs to the document that it opens. */
function splitDocuments(text: string): { start: number; text: string }[] {
  const starts = [0];
  const marker = /^---(?=\s|$)/gm;
  for (let match = marker.exec(text); match; match = marker.exec(text))
    if (match.index > 0) starts.push(match.index);
  return starts.map((start, i) => ({ start, text: text.slice(start, starts[i + 1] ?? text.length) }));
}

function parseDocumentText(text: string, schema: Schema | undefined): Document {
  if (text.includes('{{')) return { kind: 'template', text, problems: [], manifests: [] };
  const { root, problems } = readWithLibrary(text);
  if (problems.length > 0) return { kind: 'broken', text, problems, manifests: [] };
  if (!root || (root.kind === 'scalar' && root.value === null))
    return { kind: 'empty', text, problems, manifests: [] };
  return { kind: 'ok', text, root, problems, manifests: manifestsOf(root, schema) };
}

function manifestsOf(root: Node, schema: Schema | undefined): Manifest[] {
  if (root.kind !== 'map') return [];
  const kind = stringAt(root, 'kind');
  if (kind === undefined || stringAt(root, 'apiVersion') === undefined) return [];
  const items = entryOf(root, 'items')?.value;
  if (!kind.endsWith('List') || items?.kind !== 'seq') return [manifest(root, [], schema)];
  return items.items.flatMap((item, index) =>
    item.kind === 'map'
      ? manifestsOf(item, schema).map((inner) => ({ ...inner, within: ['items', index, ...inner.within] }))
      : [],
  );
}

function manifest(node: MapNode, within: Manifest['within'], schema: Schema | undefined): Manifest {
  const { object, problems } = readObject(node, schema);
  if (typeof object.metadata !== 'object' || object.metadata === null) object.metadata = {};
  return { object, node, within, schemaProblems: problems };
}

function stringAt(node: MapNode, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' && value.text !== '' ? value.text : undefined;
}

export type { PlacedDocument };
