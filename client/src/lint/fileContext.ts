/** Tells menus whether the editor shows a Kubernetes manifest. */
import * as vscode from 'vscode';

export function watchManifestContext(): vscode.Disposable {
  let shown: boolean | undefined;
  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const manifest = document !== undefined && isManifest(document);
    if (manifest === shown) return;
    shown = manifest;
    void vscode.commands.executeCommand('setContext', 'podTriage.kubernetesFile', manifest);
  };
  update();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.workspace.onDidSaveTextDocument(update),
  );
}

/** The head of the file decides: an object names its API version early. */
function isManifest(document: vscode.TextDocument): boolean {
  if (!['yaml', 'json', 'kubernetes'].includes(document.languageId)) return false;
  const head = document.getText(new vscode.Range(0, 0, 200, 0));
  return /^\s*"?apiVersion"?\s*:/m.test(head);
}
