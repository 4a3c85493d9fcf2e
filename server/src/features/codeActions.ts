/** Quick fixes, fix-all, suppressions and the way to the case. */
import {
  type CodeAction,
  CodeActionKind,
  type Connection,
  type Diagnostic,
  type TextEdit as LspTextEdit,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, TextEdit } from '../core/finding.ts';
import { fixAll } from '../core/lint/fixAll.ts';
import { suppressionEdits } from '../core/lint/suppress.ts';
import type { SourceFile } from '../core/yaml/document.ts';
import { t } from '../l10n.ts';
import type { Server } from '../server.ts';
import { type Positions, positionsBy, positionsOf, rangeIn, toDiagnostic, toEdits } from './convert.ts';

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.podTriage`;

export function registerCodeActions(connection: Connection, server: Server): void {
  connection.onCodeAction(async ({ textDocument: { uri }, range, context: { only } }) => {
    const wants = (kind: string) =>
      !only || only.some((each) => kind === each || kind.startsWith(`${each}.`));
    if (!wants(CodeActionKind.QuickFix) && !wants(FIX_ALL)) return [];
    const { file, findings } = await server.linting.findings(uri);
    if (!file) return [];
    const actions: CodeAction[] = [];
    if (wants(CodeActionKind.QuickFix)) actions.push(...quickFixes(file, findings, range, server));
    // Fix-all is a source action: it is offered when asked for, not in every light bulb.
    if (only && wants(FIX_ALL)) actions.push(...(await fixAllAction(file, server)));
    return actions;
  });
}

function quickFixes(file: SourceFile, findings: Finding[], range: Range, server: Server): CodeAction[] {
  const position = positionsOf(file.text);
  const positions = positionsBy(server.textOf);
  const toEdit: ToEdit = (edits) => workspaceEdit(edits, server, positions);
  const touches = ({ start = 0, end = 0 }: Finding) => {
    const own = rangeIn(position, start, end);
    return !before(own.end, range.start) && !before(range.end, own.start);
  };
  return findings.filter(touches).flatMap((finding) => {
    const diagnostic = toDiagnostic(finding, position, positions);
    return [
      ...fixActions(finding, diagnostic, toEdit),
      ...suppressActions(file, finding, diagnostic, toEdit),
      ...caseActions(finding, diagnostic, server),
    ];
  });
}

/** Undefined: a file of the edit is unknown. */
type ToEdit = (edits: readonly TextEdit[]) => WorkspaceEdit | undefined;

const before = (a: Range['start'], b: Range['start']): boolean =>
  a.line < b.line || (a.line === b.line && a.character < b.character);

function fixActions({ fixes }: Finding, diagnostic: Diagnostic, toEdit: ToEdit): CodeAction[] {
  const safe = fixes.filter((fix) => fix.safe);
  return fixes.flatMap((fix) => {
    const edit = toEdit(fix.edits);
    if (!edit) return [];
    return [
      {
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: fix.safe && safe.length === 1,
        edit,
      },
    ];
  });
}

function suppressActions(
  file: SourceFile,
  finding: Finding,
  diagnostic: Diagnostic,
  toEdit: ToEdit,
): CodeAction[] {
  return suppressionEdits(file, finding).flatMap(({ scope, edits }) => {
    const edit = toEdit(edits);
    const title =
      scope === 'object'
        ? t('Suppress {id} for this object', { id: finding.id })
        : t('Suppress {id} for this line', { id: finding.id });
    return edit ? [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit }] : [];
  });
}

function caseActions(finding: Finding, diagnostic: Diagnostic, server: Server): CodeAction[] {
  // Only our own client knows the command; other editors show the case in the hover.
  if (!server.hasOwnClient) return [];
  return [
    {
      title: t('Open the case: {id}', { id: finding.case }),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title: '', command: 'podTriage.openCase', arguments: [finding.case] },
    },
  ];
}

async function fixAllAction(file: SourceFile, server: Server): Promise<CodeAction[]> {
  const { config } = await server.settings.of(file.file);
  const others = server.documents.uris().flatMap((uri) => {
    const state = server.documents.get(uri);
    return state?.kind === 'parsed' ? [state.file] : [];
  });
  const fixed = fixAll(file, others, server.linting.linterFor(config), server.documents.schema);
  if (fixed.text === file.text) return [];
  return [
    {
      title: t('Apply all safe fixes of Pod Triage'),
      kind: FIX_ALL,
      edit: documentEdit(file.file, difference(file.text, fixed.text), server),
    },
  ];
}

/** The one replacement that turns a text into another: common start and end stay untouched. */
function difference(from: string, to: string): LspTextEdit[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let same = 0;
  while (same < from.length - start && same < to.length - start && from.at(-1 - same) === to.at(-1 - same))
    same++;
  return [
    {
      range: rangeIn(positionsOf(from), start, from.length - same),
      newText: to.slice(start, to.length - same),
    },
  ];
}

function workspaceEdit(
  edits: readonly TextEdit[],
  server: Server,
  positions: Positions,
): WorkspaceEdit | undefined {
  const byFile = toEdits(edits, positions);
  if (!byFile) return undefined;
  if (!server.takesDocumentChanges) return { changes: Object.fromEntries(byFile) };
  return {
    documentChanges: [...byFile].map(([uri, own]) => ({
      textDocument: { uri, version: server.versionOf(uri) },
      edits: own,
    })),
  };
}

const documentEdit = (uri: string, edits: LspTextEdit[], server: Server): WorkspaceEdit =>
  server.takesDocumentChanges
    ? { documentChanges: [{ textDocument: { uri, version: server.versionOf(uri) }, edits }] }
    : { changes: { [uri]: edits } };
