/** Findings → LSP: the only place where offsets become positions. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type TextEdit as LspTextEdit,
  type Position,
  type Range,
} from 'vscode-languageserver';
import type { Finding, Severity, TextEdit } from '../core/finding.ts';
import { lineColumnOf } from '../core/yaml/position.ts';

export const SOURCE = 'pod-triage';

const SEVERITY: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Rules whose findings an editor strikes through or fades. */
const TAGS: Record<string, DiagnosticTag> = {
  'removed-api-version': DiagnosticTag.Deprecated,
  'deprecated-api-version': DiagnosticTag.Deprecated,
  'unused-volume': DiagnosticTag.Unnecessary,
};

/** What travels with a diagnostic for the client and for code actions. */
export interface DiagnosticData {
  case: string;
}

/** 0-based LSP positions of one text. */
export function positionsOf(text: string): (offset: number) => Position {
  const at = lineColumnOf(text);
  return (offset) => {
    const { line, column } = at(offset);
    return { line: line - 1, character: column - 1 };
  };
}

export const rangeIn = (position: (offset: number) => Position, start: number, end: number): Range => ({
  start: position(start),
  end: position(end),
});

/** `textOf` gives the text of a related file; related places in unknown files are left out. */
export function toDiagnostic(
  finding: Finding,
  position: (offset: number) => Position,
  extensionPath: string,
  textOf: (uri: string) => string | undefined,
): Diagnostic {
  const data: DiagnosticData = { case: finding.case };
  const related = (finding.related ?? []).flatMap(({ file, start, end, message }) => {
    const text = textOf(file);
    return text === undefined
      ? []
      : [{ location: { uri: file, range: rangeIn(positionsOf(text), start, end) }, message }];
  });
  const tag = TAGS[finding.id];
  return {
    range: rangeIn(position, finding.start ?? 0, finding.end ?? 0),
    severity: SEVERITY[finding.severity],
    code: finding.id,
    codeDescription: {
      href: pathToFileURL(join(extensionPath, 'media', 'cases', `${finding.case}.md`)).href,
    },
    source: SOURCE,
    message: finding.message,
    data,
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(tag ? { tags: [tag] } : {}),
  };
}

/** Edits of several files, by URI. Files whose text is unknown give undefined: half a fix is worse than none. */
export function toEdits(
  edits: readonly TextEdit[],
  textOf: (uri: string) => string | undefined,
): Map<string, LspTextEdit[]> | undefined {
  const byFile = new Map<string, LspTextEdit[]>();
  for (const { file, start, end, text } of edits) {
    const source = textOf(file);
    if (source === undefined) return undefined;
    byFile.set(file, [
      ...(byFile.get(file) ?? []),
      { range: rangeIn(positionsOf(source), start, end), newText: text },
    ]);
  }
  return byFile;
}
