/** The Cases view: every case by its title, with what people search for. */
import * as vscode from 'vscode';
import type { CasePage } from '../../../server/src/core/cases.ts';
import type { CaseLibrary } from './library.ts';

export class CaseTree implements vscode.TreeDataProvider<CasePage> {
  readonly #library: CaseLibrary;

  constructor(library: CaseLibrary) {
    this.#library = library;
  }

  getChildren(page?: CasePage): Promise<CasePage[]> | CasePage[] {
    return page ? [] : this.#library.pages();
  }

  getTreeItem(page: CasePage): vscode.TreeItem {
    const item = new vscode.TreeItem(page.title, vscode.TreeItemCollapsibleState.None);
    item.id = page.id;
    item.iconPath = new vscode.ThemeIcon('book');
    const [symptom] = page.symptoms;
    if (symptom) item.description = symptom;
    item.contextValue = ';case;';
    item.command = {
      command: 'podTriage.openCase',
      title: vscode.l10n.t('Open Case'),
      arguments: [page.id],
    };
    item.accessibilityInformation = { label: symptom ? `${page.title}, ${symptom}` : page.title };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, page: CasePage): vscode.TreeItem {
    const tooltip = new vscode.MarkdownString();
    tooltip.appendMarkdown(`**${vscode.l10n.t('Found by')}**\n`);
    for (const symptom of page.symptoms) tooltip.appendMarkdown('\n- ').appendText(symptom);
    item.tooltip = tooltip;
    return item;
  }
}
