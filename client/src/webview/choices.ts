/** What the page in front can do, chosen by keyboard. */
import * as vscode from 'vscode';

export interface PageChoice {
  label: string;
  description?: string;
  detail: string;
  run(): unknown;
}

export interface PageChoices {
  /** Title of the page. */
  page: string;
  choices: PageChoice[];
}

/** Those that show pages: the choices of a page that is as wanted; undefined when there is none. */
export interface Pages {
  choices(isWanted: (panel: vscode.WebviewPanel) => boolean): PageChoices | undefined;
}

/** Asks about the page that has the keyboard, else about one that is in sight, and does what is chosen. */
export async function choosePageAction(all: readonly Pages[]): Promise<void> {
  const found = first(all, ({ active }) => active) ?? first(all, ({ visible }) => visible);
  if (!found) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No report and no case is in sight.'));
    return;
  }
  const title = vscode.l10n.t('Page Actions: {0}', found.page);
  const chosen = await vscode.window.showQuickPick(found.choices, { title, matchOnDetail: true });
  await chosen?.run();
}

function first(
  all: readonly Pages[],
  isWanted: (panel: vscode.WebviewPanel) => boolean,
): PageChoices | undefined {
  for (const pages of all) {
    const found = pages.choices(isWanted);
    if (found) return found;
  }
  return undefined;
}
