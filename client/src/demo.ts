/** The demo workspace: copied to where it may be changed, then opened with a mistake in view. */
import * as vscode from 'vscode';
import { snapshotSource } from './cluster/snapshot.ts';
import type { ClusterView } from './cluster/view.ts';
import type { Server } from './server/connection.ts';

/** The file with the plainest mistake. */
const FIRST = ['manifests', 'canary.yaml'];

export async function openDemo(
  context: vscode.ExtensionContext,
  server: Server,
  view: ClusterView,
): Promise<void> {
  const here = await openedDemo();
  if (here) return showDemo(here, server, view);
  const { version } = context.extension.packageJSON as { version: string };
  const shipped = vscode.Uri.joinPath(context.extensionUri, 'test', 'demo');
  const copy = vscode.Uri.joinPath(context.globalStorageUri, version, 'demo');
  // A copy that somebody has worked on stays as it is.
  if (!(await exists(copy))) await vscode.workspace.fs.copy(shipped, copy);
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const filesToOpen = [vscode.Uri.joinPath(copy, ...FIRST)];
  await vscode.commands.executeCommand('vscode.openFolder', copy, { forceNewWindow, filesToOpen });
}

/** The folder of this workspace that is the demo, wherever it was copied to. */
async function openedDemo(): Promise<vscode.Uri | undefined> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const parts = [FIRST, ['snapshot', 'snapshot.yaml']];
    const there = await Promise.all(parts.map((part) => exists(vscode.Uri.joinPath(uri, ...part))));
    if (there.every(Boolean)) return uri;
  }
  return undefined;
}

/** Looks at its snapshot again, from whatever was looked at. */
async function showDemo(folder: vscode.Uri, server: Server, view: ClusterView): Promise<void> {
  const source = await snapshotSource(server, vscode.Uri.joinPath(folder, 'snapshot').fsPath);
  if (source) await view.show(source);
  await vscode.commands.executeCommand('podTriage.cluster.focus');
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, ...FIRST), { preserveFocus: true });
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
