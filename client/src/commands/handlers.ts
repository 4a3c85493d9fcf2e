/** Registers handlers under `podTriage.<name>`. */
import * as vscode from 'vscode';

export type Handler = (...args: unknown[]) => unknown;
export type Handlers = Record<string, Handler>;

export const registerHandlers = (handlers: Handlers): vscode.Disposable =>
  vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) =>
      vscode.commands.registerCommand(`podTriage.${name}`, handler),
    ),
  );
