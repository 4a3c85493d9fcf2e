/** What the settings say about Netshoot terminals. */
import * as vscode from 'vscode';
import type { NetshootProfile, TerminalOptions } from '../../../server/src/protocol.ts';

/** Options for a terminal of a size; without one, the size every terminal starts with. */
export function terminalOptions(columns = 80, rows = 24): TerminalOptions {
  const settings = vscode.workspace.getConfiguration('podTriage.netshoot');
  return {
    image: settings.get<string>('image', 'nicolaka/netshoot:v0.14'),
    pullPolicy: settings.get<TerminalOptions['pullPolicy']>('pullPolicy', 'IfNotPresent'),
    profile: settings.get<NetshootProfile>('profile', 'netadmin'),
    columns,
    rows,
  };
}
