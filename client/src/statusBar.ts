/** One status bar item: the context and namespace that were looked at last, or why there is none. A click takes the next step. */
import * as vscode from 'vscode';
import type { ClusterModel } from './cluster/model.ts';
import { isProduction, sourceName } from './cluster/source.ts';
import { actionFor, failureText } from './failure.ts';

export function createStatusBar(model: ClusterModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('podTriage.source', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Pod Triage';
  const draw = (): void => {
    const { source, failure } = model;
    const enabled = vscode.workspace.getConfiguration('podTriage').get('statusBar.enabled', true);
    // Who has no kubeconfig may have no cluster: nothing is wrong then.
    const quiet = !source && (!failure || failure.code === 'no-kubeconfig');
    if (!enabled || quiet) {
      item.hide();
      return;
    }
    const stale = model.view?.state === 'stale';
    const broken = failure !== undefined || stale;
    const name = source ? `${sourceName(source)} · ${source.namespace}` : vscode.l10n.t('no cluster');
    const production = source && isProduction(source) ? ` ${vscode.l10n.t('(production)')}` : '';
    item.text = `$(${broken ? 'warning' : 'server-environment'}) ${name}${production}`;
    item.backgroundColor = broken ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const state = failure
      ? failureText(failure)
      : stale
        ? vscode.l10n.t('Connection lost; reconnecting.')
        : '';
    const next = failure ? actionFor(failure) : { title: vscode.l10n.t('Switch Context…') };
    item.command =
      'run' in next
        ? { command: 'podTriage.runAction', title: next.title, arguments: [next.run] }
        : 'podTriage.switchContext';
    item.tooltip = [
      source ? vscode.l10n.t('Pod Triage looks at {0}.', name) : '',
      state,
      vscode.l10n.t('Click: {0}', next.title),
    ]
      .filter(Boolean)
      .join('\n');
    item.accessibilityInformation = {
      label: [`Pod Triage, ${name}${production}`, state].filter(Boolean).join(', '),
    };
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
