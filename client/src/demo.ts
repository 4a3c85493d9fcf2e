/** The demo workspace: copied to where it may be changed, then opened. */
import * as vscode from 'vscode';

export async function openDemo(context: vscode.ExtensionContext): Promise<void> {
  const shipped = vscode.Uri.joinPath(context.extensionUri, 'test', 'demo');
  const copy = vscode.Uri.joinPath(context.globalStorageUri, 'demo');
  // A copy that somebody has worked on stays as it is.
  if (!(await exists(copy))) await vscode.workspace.fs.copy(shipped, copy);
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand('vscode.openFolder', copy, { forceNewWindow });
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    // Not there is the only thing that can be wrong with a path of our own.
    return false;
  }
}
