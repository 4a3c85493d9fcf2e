/** The search box over all cases: by title, symptom, message, event reason, exit code. */
import * as vscode from 'vscode';
import type { CaseLibrary } from './library.ts';

interface CaseItem extends vscode.QuickPickItem {
  id: string;
}

/** Shows the box. Resolves with the chosen case, or undefined when it was closed. */
export async function pickCase(library: CaseLibrary, query = ''): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<CaseItem>();
  box.title = vscode.l10n.t('Search Cases');
  box.placeholder = vscode.l10n.t('Message, event reason or exit code: 137, ImagePullBackOff, i/o timeout');
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  box.value = query;
  const fill = async (): Promise<void> => {
    box.busy = true;
    const asked = box.value;
    const hits = await library.search(asked);
    // A slower answer to an older question must not replace a newer one.
    if (asked !== box.value) return;
    box.items = hits.map(({ page, matched }) => ({
      id: page.id,
      label: page.title,
      description: page.id,
      // The box filters by itself as well: the query is in the detail, so that a hit in the page's text stays.
      detail: matched ?? page.symptoms.slice(0, 3).join(' · '),
      alwaysShow: true,
    }));
    box.busy = false;
  };
  box.onDidChangeValue(fill);
  box.show();
  await fill();
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      resolve(box.activeItems[0]?.id);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
  });
}
