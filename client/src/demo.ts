/** The demo workspace: copied to where it may be changed, then opened with a mistake in view. */
import * as vscode from 'vscode';
import { snapshotSource } from './cluster/snapshot.ts';
import type { ClusterView } from './cluster/view.ts';
import type { Server } from './server/connection.ts';
import { textColumn } from './webview/place.ts';

/** The file with the plainest mistake, and where that is. */
const FIRST = ['manifests', 'canary.yaml'];
const MISTAKE = new vscode.Range(8, 11, 8, 11);

/** Lies in a demo that a window was told to open: it wakes the extension there, and is taken away by it. */
const OPENING = '.pod-triage-demo';

export async function openDemo(
  context: vscode.ExtensionContext,
  server: Server,
  view: ClusterView,
): Promise<void> {
  const here = await openedDemo();
  if (here) return showDemo(here, server, view);
  const shipped = vscode.Uri.joinPath(context.extensionUri, 'test', 'demo');
  const copy = copyOf(context);
  // A copy that somebody has worked on stays as it is.
  if (!(await exists(copy))) await vscode.workspace.fs.copy(shipped, copy);
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(copy, OPENING), new Uint8Array());
  await vscode.commands.executeCommand('vscode.openFolder', copy, { forceNewWindow });
}

/** Shows the mistake in a window that has just opened the demo. */
export async function continueDemo(context: vscode.ExtensionContext): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  // A file of that name in anybody else's folder means nothing.
  if (folder?.uri.path !== copyOf(context).path) return;
  const marker = vscode.Uri.joinPath(folder.uri, OPENING);
  if (!(await exists(marker))) return;
  await vscode.workspace.fs.delete(marker);
  await showMistake(folder.uri);
}

function copyOf({ extension, globalStorageUri }: vscode.ExtensionContext): vscode.Uri {
  const { version } = extension.packageJSON as { version: string };
  return vscode.Uri.joinPath(globalStorageUri, version, 'demo');
}

const showMistake = (folder: vscode.Uri): Thenable<unknown> =>
  vscode.window.showTextDocument(vscode.Uri.joinPath(folder, ...FIRST), {
    selection: MISTAKE,
    viewColumn: textColumn(),
  });

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
  await showMistake(folder);
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
