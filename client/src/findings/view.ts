/** The Findings view around its tree: its count in words. */
import * as vscode from 'vscode';
import { fillTemplate } from '../../../server/src/core/finding.ts';
import type { FindingBoard } from './board.ts';
import { entriesOf, FindingTree } from './tree.ts';

export function createFindingsView(board: FindingBoard): vscode.Disposable {
  const treeDataProvider = new FindingTree(board);
  const view = vscode.window.createTreeView('podTriage.findings', {
    treeDataProvider,
    showCollapseAll: true,
  });
  const draw = (): void => {
    const entries = entriesOf(board);
    const count = (severity: string): number => entries.filter((each) => each.severity === severity).length;
    view.description =
      entries.length === 0
        ? ''
        : fillTemplate(
            vscode.l10n.t('{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}'),
            { errors: count('error'), warnings: count('warning') },
          );
  };
  return vscode.Disposable.from(view, treeDataProvider, board.onDidChange(draw));
}
