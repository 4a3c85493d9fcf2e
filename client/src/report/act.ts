/** What the buttons of a report do. What they are about is looked up here by index; the page sends nothing else. */
import * as vscode from 'vscode';
import { aimReport } from '../../../server/src/core/diagnosis/aim.ts';
import { reportMarkdown } from '../../../server/src/core/diagnosis/markdown.ts';
import type { TextEdit } from '../../../server/src/core/finding.ts';
import { aimOf, sourceLabel } from '../cluster/source.ts';
import { actionFor } from '../failure.ts';
import { permissionIn, roleFor } from '../role.ts';
import { textColumn } from '../webview/place.ts';
import { isRunnable } from './commands.ts';
import { commandsOf, ownFixes } from './draw.ts';
import type { ReportMessage } from './model.ts';
import type { ReportState } from './state.ts';

export async function actOnReport(state: ReportState, { id, index, second }: ReportMessage): Promise<void> {
  const { report, source } = state;
  if (id === 'failure') {
    if (state.failure) await actionFor(state.failure).run();
    return;
  }
  if (!report) return;
  switch (id) {
    case 'copy':
      return vscode.env.clipboard.writeText(markdownOf(state));
    case 'save':
      return saveReport(state);
    case 'case': {
      const finding = index >= 1000 ? report.alsoSeen[index - 1000] : report.rootCauses[index];
      if (finding) await vscode.commands.executeCommand('podTriage.openCase', finding.case);
      return;
    }
    case 'manifest':
      return openManifest(state, index);
    case 'fix':
      return applyFix(await editOf(state, index, second));
    case 'copyCommand':
      return vscode.env.clipboard.writeText(commandsOf(report, source)[index] ?? '');
    case 'runCommand':
      return typeCommand(commandsOf(report, source)[index] ?? '');
    case 'copyRole': {
      const gap = report.notChecked[index];
      const permission = gap && permissionIn(gap.detail);
      if (!permission) return;
      const namespace = state.subject.namespace;
      return vscode.env.clipboard.writeText(roleFor([namespace ? { ...permission, namespace } : permission]));
    }
  }
}

export const markdownOf = ({ report, source }: ReportState): string =>
  report
    ? reportMarkdown(aimReport(report, aimOf(source)), sourceLabel(source), (text) => vscode.l10n.t(text))
    : '';

/** Writes the report as Markdown where the user wants it. */
export async function saveReport(state: ReportState): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = `${state.subject.kind.toLowerCase()}-${state.subject.name}.md`;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Report as Case'),
    filters: { Markdown: ['md'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
  });
  if (!uri) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(markdownOf(state)));
  await vscode.window.showTextDocument(uri);
}

async function openManifest({ manifests }: ReportState, index: number): Promise<void> {
  const place = manifests[index];
  if (!place) return;
  const { start, end } = place.range;
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), {
    selection: new vscode.Range(start.line, start.character, end.line, end.character),
    viewColumn: textColumn(),
  });
}

/** The edit behind a fix button: the engine's own come first, then those of lint. */
async function editOf(
  { report, fixes }: ReportState,
  index: number,
  second: number,
): Promise<vscode.WorkspaceEdit | undefined> {
  const cause = report?.rootCauses[index];
  const own = cause ? ownFixes(cause) : [];
  const fix = own[second];
  return fix ? toWorkspaceEdit(fix.edits) : fixes[index]?.[second - own.length]?.edit;
}

async function toWorkspaceEdit(edits: readonly TextEdit[]): Promise<vscode.WorkspaceEdit> {
  const edit = new vscode.WorkspaceEdit();
  for (const { file, start, end, text } of edits) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(file));
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  return edit;
}

/** Writes the fix and shows it; the file is not saved, so that it can be read and undone. */
async function applyFix(edit: vscode.WorkspaceEdit | undefined): Promise<void> {
  const [first] = edit?.entries() ?? [];
  if (!edit || !first) return;
  const [uri, edits] = first;
  const at = edits[0]?.range;
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The fix does not fit the file as it is now.'));
    return;
  }
  await vscode.window.showTextDocument(uri, {
    viewColumn: textColumn(),
    ...(at ? { selection: new vscode.Range(at.start, at.start) } : {}),
  });
}

/** Types a checked command into a terminal. The user presses Enter. */
function typeCommand(command: string): void {
  if (!isRunnable(command)) return;
  const name = 'Pod Triage';
  const terminal =
    vscode.window.terminals.find((each) => each.name === name && each.exitStatus === undefined) ??
    vscode.window.createTerminal({ name, iconPath: new vscode.ThemeIcon('pulse') });
  terminal.show();
  terminal.sendText(command, false);
}
