/** The edits that silence one finding, in the forms that the engine honours. */
import type { Finding, TextEdit } from '../finding.ts';
import { formatRef } from '../kube/ref.ts';
import { refOf } from '../kube/store.ts';
import type { SourceFile } from '../yaml/document.ts';
import { editsFor } from '../yaml/edit.ts';

export interface SuppressionEdit {
  scope: 'line' | 'object';
  edits: TextEdit[];
}

/** A comment above the line (YAML only: JSON has no comments), and an annotation on the object. */
export function suppressionEdits(file: SourceFile, finding: Finding): SuppressionEdit[] {
  const offset = finding.start ?? 0;
  const placed = file.documents.findLast(({ start }) => start <= offset);
  if (!placed) return [];
  const found: SuppressionEdit[] = [];
  if (!/^\s*[{[]/.test(placed.document.text.replace(/^---.*\n/, ''))) {
    const line = file.text.lastIndexOf('\n', offset - 1) + 1;
    const indent = /^ */.exec(file.text.slice(line))?.[0] ?? '';
    const lineEnd = file.text.includes('\r\n') ? '\r\n' : '\n';
    const text = `${indent}# pod-triage-disable-next-line ${finding.id}${lineEnd}`;
    found.push({ scope: 'line', edits: [{ file: file.file, start: line, end: line, text }] });
  }
  const manifest = placed.document.manifests.find(
    ({ object }) => formatRef(refOf(object)) === formatRef(finding.object),
  );
  const edits =
    manifest &&
    editsFor(placed.document, manifest.node, [
      {
        op: 'set',
        path: ['metadata', 'annotations', `pod-triage.io/ignore.${finding.id}`],
        value: 'reviewed',
      },
    ]);
  if (edits)
    found.push({
      scope: 'object',
      edits: edits.map(({ start, end, text }) => ({
        file: file.file,
        start: placed.start + start,
        end: placed.start + end,
        text,
      })),
    });
  return found;
}
