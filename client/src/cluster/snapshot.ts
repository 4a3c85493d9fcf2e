/** Snapshots as sources: from the settings, from a folder the user picks, from the demo. */
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { Source } from '../../../server/src/protocol.ts';
import { showFailure } from '../failure.ts';
import type { Server } from '../server/connection.ts';

/** The snapshot that the workspace's settings name; undefined when they name none. */
export async function snapshotFromSettings(server: Server): Promise<Source | undefined> {
  const path = vscode.workspace.getConfiguration('podTriage').get<string>('cluster.snapshot', '');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (path === '') return undefined;
  // A workspace that is not trusted may only name what it holds itself.
  const inside = !isAbsolute(path) && !path.split(/[\\/]/).includes('..');
  if (!vscode.workspace.isTrusted && !inside) return undefined;
  const uri = folder ? vscode.Uri.joinPath(folder.uri, path) : vscode.Uri.file(path);
  return snapshotSource(server, isAbsolute(path) ? path : uri.fsPath);
}

/** A snapshot folder with its most telling namespace. Undefined after a failure, which is shown. */
export async function snapshotSource(server: Server, folder: string): Promise<Source | undefined> {
  const answer = await server.ask('podTriage/namespaces', { context: '', folder });
  if (!answer.ok) {
    void showFailure(answer.failure);
    return undefined;
  }
  return { kind: 'snapshot', folder, namespace: firstNamespace(answer.value) };
}

/** The namespace of the settings; else the first that is not the cluster's own. */
export function firstNamespace(namespaces: readonly string[]): string {
  const wanted = vscode.workspace.getConfiguration('podTriage').get<string>('cluster.namespace', '');
  if (wanted !== '') return wanted;
  const own = namespaces.filter((name) => !name.startsWith('kube-'));
  return own.find((name) => name !== 'default') ?? own[0] ?? namespaces[0] ?? 'default';
}

/** Asks for a folder. */
export async function pickSnapshotFolder(): Promise<string | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      openLabel: vscode.l10n.t('Open Snapshot'),
      title: vscode.l10n.t('Folder with a snapshot.yaml, or the output of kubectl cluster-info dump'),
    })) ?? [];
  return folder?.fsPath;
}
