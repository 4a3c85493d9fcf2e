/** Objects in the files of a snapshot: whatever `kubectl get -o yaml|json` or `cluster-info dump` prints. */
import type { KubeObject } from '../core/kube/object.ts';
import { toData } from '../core/yaml/node.ts';
import { readTree } from '../core/yaml/reader.ts';
import { splitDocuments } from '../core/yaml/split.ts';
import { syntaxText } from '../core/yaml/syntax.ts';

export interface FileObjects {
  objects: KubeObject[];
  /** Kinds of lists in the file, empty lists included: they were read, and there was nothing. */
  listed: { kind: string; namespace?: string }[];
  /** Parts that could not be read: one sentence each. */
  problems: string[];
}

/** Reads a JSON file: an object, a List, a typed list without kinds in its items, or several of them. */
export function objectsInJson(text: string): FileObjects {
  const found: FileObjects = { objects: [], listed: [], problems: [] };
  try {
    unfold(JSON.parse(text), found);
  } catch (error) {
    // `kubectl … -o json` called in a loop leaves several objects one after the other.
    const parts = text.split(/^(?=\{)/m).filter((part) => part.trim() !== '');
    if (parts.length < 2) found.problems.push((error as Error).message);
    else for (const part of parts) merge(found, objectsInJson(part));
  }
  return found;
}

/** Reads a YAML file of any number of documents; a broken one costs only itself. */
export function objectsInYaml(text: string): FileObjects {
  const found: FileObjects = { objects: [], listed: [], problems: [] };
  for (const part of splitDocuments(text)) {
    const { root, problems } = readTree(part.text);
    for (const problem of problems.slice(0, 1)) found.problems.push(syntaxText(problem));
    if (root && problems.length === 0) unfold(toData(root), found);
  }
  return found;
}

function merge(into: FileObjects, from: FileObjects): void {
  into.objects.push(...from.objects);
  into.listed.push(...from.listed);
  into.problems.push(...from.problems);
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function unfold(data: unknown, found: FileObjects, from?: { kind: string; apiVersion: string }): void {
  if (!isFields(data)) return;
  const kind = typeof data.kind === 'string' ? data.kind : from?.kind;
  const apiVersion = typeof data.apiVersion === 'string' ? data.apiVersion : from?.apiVersion;
  if (kind === undefined || apiVersion === undefined) return;
  // An empty typed list is printed as `items: null` by some versions.
  if (kind.endsWith('List') && 'items' in data) {
    unfoldList(data, kind, apiVersion, found);
    return;
  }
  const metadata = isFields(data.metadata) ? data.metadata : {};
  found.objects.push({ ...data, kind, apiVersion, metadata } as KubeObject);
}

function unfoldList(list: Fields, kind: string, apiVersion: string, found: FileObjects): void {
  const items = Array.isArray(list.items) ? list.items : [];
  const itemKind = kind.slice(0, -'List'.length);
  if (itemKind === '') {
    for (const item of items) unfold(item, found);
    return;
  }
  found.listed.push({ kind: itemKind });
  for (const item of items) unfold(item, found, { kind: itemKind, apiVersion });
}
