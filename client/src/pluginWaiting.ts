/** A credential plugin that does not answer may wait for somebody to sign in: what it says is shown, and it can be ended. */
import * as vscode from 'vscode';
import { inOneLine } from './failure.ts';
import type { Server } from './server/connection.ts';

interface Waiting {
  report(words: string): void;
  end(): void;
}

export function showWaitingPlugins(server: Server): vscode.Disposable {
  const waiting = new Map<string, Waiting>();
  const end = (id: string): void => {
    waiting.get(id)?.end();
    waiting.delete(id);
  };
  return vscode.Disposable.from(
    server.on('podTriage/pluginWaits', ({ id, command, words }) => {
      const known = waiting.get(id);
      if (known) known.report(words);
      else waiting.set(id, show(server, id, command, words));
    }),
    server.on('podTriage/pluginEnded', ({ id }) => end(id)),
    server.onStop(() => {
      for (const id of [...waiting.keys()]) end(id);
    }),
  );
}

function show(server: Server, id: string, command: string, words: string): Waiting {
  const waiting: Waiting = { report: () => {}, end: () => {} };
  const options = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: vscode.l10n.t(
      'Credential plugin {0} has not answered yet; it may wait for a sign-in',
      inOneLine(command),
    ),
  };
  void vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => server.notify('podTriage/stopPlugin', { id }));
    waiting.report = (text) => progress.report({ message: inOneLine(text) });
    waiting.report(words);
    return new Promise<void>((resolve) => {
      waiting.end = resolve;
    });
  });
  return waiting;
}
