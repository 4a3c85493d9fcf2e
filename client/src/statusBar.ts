/** One status bar item: the context and namespace that were looked at last. A click switches. */
import * as vscode from 'vscode';
import type { ClusterModel } from './cluster/model.ts';
import { isProduction, sourceName } from './cluster/source.ts';

export function createStatusBar(model: ClusterModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('podTriage.source', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Pod Triage';
  item.command = 'podTriage.switchContext';
  const draw = (): void => {
    const { source, view, failure } = model;
    const enabled = vscode.workspace.getConfiguration('podTriage').get('statusBar.enabled', true);
    if (!enabled || !source) {
      item.hide();
      return;
    }
    const broken = failure !== undefined || view?.state === 'stale';
    const production = isProduction(source);
    const name = `${sourceName(source)} · ${source.namespace}`;
    item.text = `$(${broken ? 'warning' : 'server-environment'}) ${name}${production ? ` ${vscode.l10n.t('(production)')}` : ''}`;
    item.backgroundColor = broken ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const state = failure?.message ?? (broken ? vscode.l10n.t('Connection lost; reconnecting.') : '');
    item.tooltip = [vscode.l10n.t('Pod Triage looks at {0}.', name), state, vscode.l10n.t('Click to switch.')]
      .filter(Boolean)
      .join('\n');
    item.accessibilityInformation = { label: [`Pod Triage, ${name}`, state].filter(Boolean).join(', ') };
    item.show();
  };
  draw();
  return vscode.Disposable.from(
    item,
    model.onDidChange(draw),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('podTriage')) draw();
    }),
  );
}
