/** The findings as a list to choose from, worst first. */
import * as vscode from 'vscode';
import type { FindingBoard } from './board.ts';
import { type Entry, entriesOf, severityIcon, whereOf } from './tree.ts';

/** Undefined: the list was closed, or there is nothing in it, which is said. */
export async function pickFinding(board: FindingBoard): Promise<Entry | undefined> {
  const choices = entriesOf(board).map((entry) => ({
    label: entry.message,
    description: entry.id,
    detail: whereOf(entry),
    iconPath: severityIcon(entry.severity),
    entry,
  }));
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Nothing was found so far; open a manifest, check the whole workspace, or diagnose a pod.',
      ),
    );
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Go to Finding'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.entry;
}
