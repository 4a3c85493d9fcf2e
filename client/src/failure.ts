/** A failure of the user's own action: one sentence, the server's words, and a button for what to do next. */
import * as vscode from 'vscode';
import type { Failure } from '../../server/src/protocol.ts';
import { roleFor } from './role.ts';

interface Action {
  title: string;
  run(): unknown;
}

const command = (title: string, id: string, ...args: unknown[]): Action => ({
  title,
  run: () => vscode.commands.executeCommand(id, ...args),
});

const chooseKubeconfig = () => command(vscode.l10n.t('Choose a Kubeconfig…'), 'podTriage.chooseKubeconfig');
const switchContext = () => command(vscode.l10n.t('Switch Context…'), 'podTriage.switchContext');
const showOutput = () => command(vscode.l10n.t('Show Output'), 'podTriage.showOutput');
const refresh = () => command(vscode.l10n.t('Try Again'), 'podTriage.refreshCluster');

/** The one next step for each kind of failure. */
const ACTIONS = {
  'no-kubeconfig': chooseKubeconfig,
  'invalid-kubeconfig': chooseKubeconfig,
  'unknown-context': switchContext,
  unreachable: refresh,
  tls: showOutput,
  unauthorized: switchContext,
  forbidden: copyRole,
  'not-found': refresh,
  // It runs again, or asks again, once the user has signed in or installed it.
  'exec-plugin': refresh,
  'timed-out': refresh,
  refused: showOutput,
  lost: refresh,
  untrusted: () => command(vscode.l10n.t('Manage Workspace Trust'), 'workbench.trust.manage'),
  invalid: showOutput,
  internal: showOutput,
} satisfies Record<Failure['code'], (failure: Failure) => Action>;

function copyRole(failure: Failure): Action {
  const { permission } = failure;
  if (!permission) return showOutput();
  return {
    title: vscode.l10n.t('Copy the Role'),
    run: () => vscode.env.clipboard.writeText(roleFor([permission])),
  };
}

export const actionFor = (failure: Failure): Action => ACTIONS[failure.code](failure);

/** Sentence and quoted detail in one line, for a place that has room for one. */
export const failureText = (failure: Failure): string =>
  inOneLine(failure.detail ? `${failure.message} “${failure.detail}”` : failure.message);

/**
 * Words of a cluster, a plugin or a file for a message of the editor, which would make `[text](command:…)` a link that
 * runs a command.
 */
export const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('](', '] (');

/** Shows why what the user asked for did not happen. Only ever called on a user's gesture. */
export async function showFailure(failure: Failure): Promise<void> {
  const action = actionFor(failure);
  const chosen = await vscode.window.showErrorMessage(failureText(failure), action.title);
  if (chosen === action.title) await action.run();
}

/** As `showFailure`, where the caller can do again what failed: true when the user asks for that. */
export async function asksAgain(failure: Failure): Promise<boolean> {
  if (ACTIONS[failure.code] !== refresh) {
    await showFailure(failure);
    return false;
  }
  const again = vscode.l10n.t('Try Again');
  return (await vscode.window.showErrorMessage(failureText(failure), again)) === again;
}
