/** “Diagnose live object” above the objects of a manifest, for those who switch it on. */
import * as vscode from 'vscode';
import { SUBJECT_KINDS } from '../troubleshoot/troubleshoot.ts';
import { objectsIn } from './objectAt.ts';

const enabled = (): boolean =>
  vscode.workspace.isTrusted && vscode.workspace.getConfiguration('podTriage').get('codeLens.enabled', false);

export function registerCodeLens(): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      if (!enabled()) return [];
      return objectsIn(document.getText())
        .filter(({ kind }) => SUBJECT_KINDS.includes(kind))
        .map(
          ({ line }) =>
            new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
              command: 'podTriage.diagnoseManifest',
              title: `$(pulse) ${vscode.l10n.t('Diagnose live object')}`,
              arguments: [document.uri, line],
            }),
        );
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(
      ['yaml', 'kubernetes'].map((language) => ({ language, scheme: 'file' })),
      provider,
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('podTriage.codeLens')) changed.fire();
    }),
  );
}
