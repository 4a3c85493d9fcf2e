/** Findings → LSP: the only place where offsets become positions. */
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

/** The positions of a file, by its URI; undefined when its text is unknown. */
export type Positions = (uri: string) => ((offset: number) => Position) | undefined;

/** Positions in several files for one answer: the line table of a file is made once, however much is said of it. */
export function positionsBy(textOf: (uri: string) => string | undefined): Positions {
  const known = new Map<string, (offset: number) => Position>();
  return (uri) => {
    const before = known.get(uri);
    if (before) return before;
    const text = textOf(uri);
    if (text === undefined) return undefined;
    const positions = positionsOf(text);
    known.set(uri, positions);
    return positions;
  };
}

export const rangeIn = (position: (offset: number) => Position, start: number, end: number): Range => ({
  start: position(start),
  end: position(end),
});

/** `positions` is asked for related files; related places in unknown files are left out. */
export function toDiagnostic(
  finding: Finding,
  position: (offset: number) => Position,
  positions: Positions,
): Diagnostic {
  const data: DiagnosticData = { case: finding.case };
  const related = (finding.related ?? []).flatMap(({ file, start, end, message }) => {
    const there = positions(file);
    return there ? [{ location: { uri: file, range: rangeIn(there, start, end) }, message }] : [];
  });
  const tag = TAGS[finding.id];
  return {
    range: rangeIn(position, finding.start ?? 0, finding.end ?? 0),
    severity: SEVERITY[finding.severity],
    code: finding.id,
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
  positions: Positions,
): Map<string, LspTextEdit[]> | undefined {
  const byFile = new Map<string, LspTextEdit[]>();
  for (const { file, start, end, text } of edits) {
    const there = positions(file);
    if (!there) return undefined;
    byFile.set(file, [...(byFile.get(file) ?? []), { range: rangeIn(there, start, end), newText: text }]);
  }
  return byFile;
}
