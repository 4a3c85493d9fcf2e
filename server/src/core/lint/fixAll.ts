/** All safe fixes of a file. */

import type { TextEdit } from '../finding.ts';
import { resourcesOf, Store } from '../kube/store.ts';
import type { Schema } from '../schema/schema.ts';
import type { SourceFile } from '../yaml/document.ts';
import { parseFile } from '../yaml/parse.ts';
import type { Linter } from './engine.ts';

/** A fix may make room for the next; a pair of rules that undo each other must not run for ever. */
const MAX_ROUNDS = 10;

/** The file with its safe fixes applied, in rounds, until none is left. Other files are looked at, not changed. */
export function fixAll(
  file: SourceFile,
  files: readonly SourceFile[],
  linter: Linter,
  schema: Schema | undefined,
): SourceFile {
  const store = new Store();
  for (const other of files) if (other.file !== file.file) store.setFile(other.file, resourcesOf(other));
  let current = file;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    store.setFile(current.file, resourcesOf(current));
    const edits = linter
      .lintFile(current, store)
      .flatMap(
        ({ fixes }) =>
          fixes.find((fix) => fix.safe && fix.edits.every((edit) => edit.file === file.file))?.edits ?? [],
      );
    const text = applyTextEdits(current.text, edits);
    if (text === current.text) return current;
    current = parseFile(file.file, text, schema, current);
  }
  return current;
}

/** Applies edits from the first to the last; one that overlaps an earlier one waits for the next round. */
export function applyTextEdits(text: string, edits: readonly Omit<TextEdit, 'file'>[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
