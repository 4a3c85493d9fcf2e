/** From what a rule wants changed to edits of files. */
import type { TextEdit } from '../finding.ts';
import type { Origin, Resource } from '../kube/store.ts';
import { remember } from '../remember.ts';
import { addObject, type NewObject } from '../yaml/addObject.ts';
import type { PlacedDocument, SourceFile } from '../yaml/document.ts';
import { editsFor, type PlainEdit } from '../yaml/edit.ts';
import type { FixEdits } from './rule.ts';

/** Edits of objects; undefined when one of them cannot be made. */
export function objectEdits(self: Resource, ops: FixEdits['edits']): TextEdit[] | undefined {
  const byResource = new Map<Resource, FixEdits['edits']>();
  for (const op of ops) {
    const resource = op.resource ?? self;
    byResource.set(resource, [...(byResource.get(resource) ?? []), op]);
  }
  const edits: TextEdit[] = [];
  for (const [{ origin }, own] of byResource) {
    const placed = origin && placeOf(origin);
    const plain = placed && editsFor(placed.document, origin.manifest.node, own);
    if (!plain) return undefined;
    edits.push(...plain.map((edit) => inFile(edit, origin.file.file, placed.start)));
  }
  return edits;
}

/** Edits that add an object to the file of another; undefined where that is not possible. */
export function creationEdits({ origin }: Resource, object: NewObject): TextEdit[] | undefined {
  const placed = origin && placeOf(origin);
  if (!placed) return undefined;
  const plain = addObject(origin.file, placed, origin.manifest.within, object);
  return plain?.map((edit) => inFile(edit, origin.file.file, 0));
}

const placeOf = ({ file, start }: Origin): PlacedDocument | undefined => byStart(file).get(start);

/** A file may hold thousands of documents with a fix in each. */
const byStart = remember(
  (file: SourceFile): ReadonlyMap<number, PlacedDocument> =>
    new Map(file.documents.map((placed) => [placed.start, placed])),
);

const inFile = ({ start, end, text }: PlainEdit, file: string, base: number): TextEdit => ({
  file,
  start: base + start,
  end: base + end,
  text,
});
