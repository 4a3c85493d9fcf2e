/** Commands that diagnose, and those of the page in front. */
import * as vscode from 'vscode';
import type { CasePanels } from '../cases/panel.ts';
import type { ClusterView } from '../cluster/view.ts';
import { objectAt } from '../lint/objectAt.ts';
import { subjectOf } from '../picker/questions.ts';
import type { Targets } from '../picker/target.ts';
import { markdownOf, saveReport } from '../report/act.ts';
import { PROBE_KINDS } from '../report/activeTest.ts';
import type { Reports } from '../report/reports.ts';
import type { NetshootTerminals } from '../terminal/open.ts';
import { SUBJECT_KINDS, type Troubleshooter } from '../troubleshoot/troubleshoot.ts';
import { choosePageAction } from '../webview/choices.ts';
import type { Handlers } from './handlers.ts';

const { t } = vscode.l10n;

export interface DiagnosisParts {
  view: ClusterView;
  targets: Targets;
  reports: Reports;
  cases: CasePanels;
  terminals: NetshootTerminals;
  troubleshooter: Troubleshooter;
}

export function diagnosisCommands(parts: DiagnosisParts): Handlers {
  const { view, targets, reports, cases, terminals, troubleshooter } = parts;

  async function diagnosePod(argument?: unknown): Promise<unknown> {
    const target = await targets.resolve(argument, { title: t('Diagnose Pod'), kinds: SUBJECT_KINDS });
    return target && (await reports.diagnose(target)).report;
  }

  /** The subject of the report in front, a row of the tree, or one that is picked. */
  async function runProbe(argument?: unknown): Promise<unknown> {
    const active = argument === undefined ? reports.active?.state : undefined;
    const target =
      active && PROBE_KINDS.includes(active.subject.kind)
        ? active
        : await targets.resolve(argument, { title: t('Run Active Test'), kinds: PROBE_KINDS });
    return target && (await reports.probe(target)).report;
  }

  /** The object under the cursor, in the namespace that it declares or the chosen one. */
  async function diagnoseManifest(uri?: unknown, line?: unknown): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const document =
      uri instanceof vscode.Uri ? await vscode.workspace.openTextDocument(uri) : editor?.document;
    if (!document) return;
    const at = typeof line === 'number' ? line : (editor?.selection.active.line ?? 0);
    const object = objectAt(document.getText(), document.offsetAt(new vscode.Position(at, 0)));
    if (!object || !SUBJECT_KINDS.includes(object.kind)) {
      void vscode.window.showInformationMessage(
        t('Put the cursor into an object that makes pods, a Service or an Ingress.'),
      );
      return;
    }
    const source = await view.ensureSource();
    if (!source) return void vscode.commands.executeCommand('podTriage.cluster.focus');
    const namespace = object.namespace ?? source.namespace;
    await reports.diagnose({
      source: { ...source, namespace },
      subject: subjectOf({ ...object, namespace }),
    });
  }

  return {
    diagnosePod,
    diagnoseManifest,
    troubleshoot: (argument) => troubleshooter.run(argument),
    runProbe,
    openTerminal: (argument) => terminals.open(argument),
    runAgain: () => reports.active && reports.act(reports.active, { id: 'run', index: 0, second: 0 }),
    copyReport: () => reports.active && vscode.env.clipboard.writeText(markdownOf(reports.active.state)),
    pageActions: () => choosePageAction([reports, cases]),
    saveReport: () => reports.active && saveReport(reports.active.state),
  };
}
