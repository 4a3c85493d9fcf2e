/** A kubeconfig names a program that makes credentials: it runs only when the user says so. */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Server } from './server/connection.ts';

const REMEMBERED = 'podTriage.allowedPlugins';

export function answerPluginConsent(server: Server, memory: vscode.Memento): vscode.Disposable {
  return server.on('podTriage/pluginConsent', async ({ id, command, args, file }) => {
    const identity = createHash('sha256')
      .update(JSON.stringify([command, args, file]))
      .digest('hex');
    const allowed = memory.get<string[]>(REMEMBERED, []);
    if (allowed.includes(identity)) return server.notify('podTriage/allowPlugin', { id, allow: true });
    const once = vscode.l10n.t('Allow Once');
    const always = vscode.l10n.t('Always for This Command');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('The kubeconfig wants to run a program to get credentials.'),
      {
        modal: true,
        detail: [
          vscode.l10n.t('Command: {0}', [command, ...args].join(' ')),
          vscode.l10n.t('Named in: {0}', file),
        ].join('\n'),
      },
      once,
      always,
    );
    if (chosen === always) await memory.update(REMEMBERED, [...allowed, identity]);
    server.notify('podTriage/allowPlugin', { id, allow: chosen === once || chosen === always });
  });
}
