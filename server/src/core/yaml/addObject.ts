/** One more object in a file, beside one that is there: as another document, or as another item of its List. */

import type { Path } from '../path.ts';
import type { PlacedDocument, SourceFile } from './document.ts';
import { editsFor, LONE_CR, type PlainEdit } from './edit.ts';
import { lastScalar } from './editBlock.ts';
import { flowStyleOf } from './editFlow.ts';
import { eolOf, indentationNear } from './layout.ts';
import { childOf, entryOf, type MapNode, type Node } from './node.ts';
import { type FlowStyle, writeBlock, writeFlow } from './write.ts';

/** An object that is not there yet, as data. */
export interface NewObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  [field: string]: unknown;
}

/**
 * Edits (offsets in the file) that add `object` behind the one at `within` of a document: to its List when it is in one,
 * else behind its document. A JSON file holds one value, so there the two become a List. What is in the file stays as
 * it is written. Undefined where the text leaves no room: its List takes one kind only, or what follows would join it.
 */
export function addObject(
  file: SourceFile,
  { start, document }: PlacedDocument,
  within: Path,
  object: NewObject,
): PlainEdit[] | undefined {
  const { root } = document;
  if (root?.kind !== 'map' || LONE_CR.test(file.text)) return undefined;
  if (within.length > 0 && isMixedList(root, within))
    return editsFor(document, root, [{ op: 'append', path: within.slice(0, -1), value: object }])?.map(
      (edit) => ({ ...edit, start: start + edit.start, end: start + edit.end }),
    );
  if (!isJson(document.text, root)) return addDocument(file, { start, document }, root, object);
  return file.documents.length === 1 && within.length === 0
    ? wrap(document.text, start, root, object)
    : undefined;
}

/** A `List` takes objects of any kind, a `ConfigMapList` only its own. */
function isMixedList(root: MapNode, within: Path): boolean {
  const list = within.slice(0, -2).reduce<Node | undefined>(childOf, root);
  const kind = entryOf(list, 'kind')?.value;
  return kind?.kind === 'scalar' && kind.text === 'List';
}

const isJson = (text: string, root: MapNode): boolean => root.flow && text.trimStart().startsWith('{');

function addDocument(
  file: SourceFile,
  { start, document: { text } }: PlacedDocument,
  root: MapNode,
  object: NewObject,
): PlainEdit[] | undefined {
  const next = file.documents[file.documents.findIndex((placed) => placed.start === start) + 1];
  // Behind `...` a document needs no marker of its own; it would become part of the new one.
  if (next && !next.document.text.startsWith('---')) return undefined;
  const eol = eolOf(file.text);
  const isLined = text.endsWith('\n');
  const last = lastScalar(root);
  // A line break at the end would become part of a block of text.
  if (!isLined && last?.kind === 'scalar' && last.style === 'block') return undefined;
  const at = start + text.length;
  const lines = ['---', ...writeBlock(object, 0, { ...indentationNear(text, [root]), literals: true })];
  const added = lines.join(eol);
  return [{ start: at, end: at, text: isLined ? added + eol : eol + added }];
}

/** The object of a JSON file and the new one, as the items of a List. */
function wrap(text: string, start: number, root: MapNode, object: NewObject): PlainEdit[] {
  const style: FlowStyle = { ...flowStyleOf(text, [root]), json: true };
  const [open, close] = listText(style);
  const written = writeFlow(object, style.lines ? 2 * style.step : 0, style);
  const comma = style.lines ? `,${style.eol}${style.unit.repeat(2 * style.step)}` : style.tight ? ',' : ', ';
  return [
    { start: start + root.start, end: start + root.start, text: open },
    { start: start + root.end, end: start + root.end, text: comma + written + close },
  ];
}

/** What stands before and behind the items of a List. */
function listText(style: FlowStyle): [string, string] {
  const [open = '', close = ''] = writeFlow({ apiVersion: 'v1', kind: 'List', items: ['-'] }, 0, style).split(
    '"-"',
  );
  return [open, close];
}
