/** The state of lint in the editor's language status: on or off, rules that are off, and a restart. */
import * as vscode from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import { fillTemplate } from '../../../server/src/core/finding.ts';

const DOCUMENTS = [{ language: 'yaml' }, { language: 'kubernetes' }];

export function createLintStatus(client: LanguageClient): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('podTriage.lint', DOCUMENTS);
  item.name = 'Pod Triage';
  let state = client.state;
  const draw = (): void => {
    const lint = vscode.workspace.getConfiguration(
      'podTriage.lint',
      vscode.window.activeTextEditor?.document.uri,
    );
    item.busy = state === State.Starting;
    if (state === State.Stopped) {
      item.severity = vscode.LanguageStatusSeverity.Error;
      item.text = vscode.l10n.t('Pod Triage has stopped');
      item.command = { command: 'podTriage.restartServer', title: vscode.l10n.t('Restart') };
      return;
    }
    const on = lint.get('enabled', true);
    const off = Object.values(lint.get<Record<string, unknown>>('rules', {})).filter(isOff).length;
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.text = on ? vscode.l10n.t('Pod Triage: lint on') : vscode.l10n.t('Pod Triage: lint off');
    item.detail =
      off > 0 ? fillTemplate(vscode.l10n.t('{count} {count:rule|rules} off'), { count: off }) : '';
    item.command = {
      command: 'podTriage.toggleLint',
      title: on ? vscode.l10n.t('Turn Off') : vscode.l10n.t('Turn On'),
    };
  };
  draw();
  return vscode.Disposable.from(
    item,
    client.onDidChangeState(({ newState }) => {
      state = newState;
      draw();
    }),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('podTriage.lint')) draw();
    }),
  );
}

const isOff = (setting: unknown): boolean =>
  setting === 'off' ||
  (typeof setting === 'object' && setting !== null && 'severity' in setting && setting.severity === 'off');
