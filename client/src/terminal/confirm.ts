/** The one question before anything is written to a cluster: where, what exactly, and what stays behind. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import type { Source, TerminalPlan } from '../../../server/src/protocol.ts';
import { isProduction, sourceName } from '../cluster/source.ts';
import type { Agreed } from './pty.ts';

const REMEMBERED = 'podTriage.confirmedContexts';
export const PLAN_SCHEME = 'pod-triage-plan';

/** What is shown is in its address. */
export const planDocuments: vscode.TextDocumentContentProvider = {
  provideTextDocumentContent: ({ query }) => query,
};

/** What the user agrees to; undefined when to nothing. Production contexts are asked about every time. */
export async function confirmTerminal(
  plan: TerminalPlan,
  subject: Subject,
  memory: vscode.Memento,
): Promise<Agreed | undefined> {
  const { running } = plan;
  const context = sourceName(plan.source);
  const production = isProduction(plan.source);
  const remembered = memory.get<string[]>(REMEMBERED, []);
  const consent = `${context} ${plan.profile}`;
  const asked = production || plan.warnings.length > 0 || running !== undefined;
  if (!asked && remembered.includes(consent)) return { plan };

  const open = vscode.l10n.t('Open');
  const always = vscode.l10n.t('Open, Do Not Ask Again for This Context');
  const show = vscode.l10n.t('Show Object');
  const back = vscode.l10n.t('Go Back to the One That Runs');
  const choices = [...(running ? [back] : []), open, ...(production ? [] : [always]), show];
  for (;;) {
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('Open a Netshoot terminal in {0}?', formatRef(subject)),
      { modal: true, detail: detailOf(plan, production) },
      ...choices,
    );
    if (chosen === show) {
      await showObject(plan, subject);
      // The dialog cannot stay open beside the document, and a notification goes away while it is read.
      const next = await vscode.window.showQuickPick([open, vscode.l10n.t('Cancel')], {
        title: vscode.l10n.t('Open a Netshoot terminal in {0}?', formatRef(subject)),
        placeHolder: wouldBeWritten(plan.source),
        ignoreFocusOut: true,
      });
      return next === open ? { plan } : undefined;
    }
    if (chosen === back && running) return { plan, place: running };
    if (chosen === always) await memory.update(REMEMBERED, [...new Set([...remembered, consent])]);
    return chosen === open || chosen === always ? { plan } : undefined;
  }
}

function detailOf(plan: TerminalPlan, production: boolean): string {
  const { source, image, profile, summary, warnings, running } = plan;
  return [
    production && vscode.l10n.t('This is a production context.'),
    vscode.l10n.t('Context: {0}', sourceName(source)),
    vscode.l10n.t('Namespace: {0}', source.namespace),
    vscode.l10n.t('Image: {0} (profile {1})', image, profile),
    '',
    summary,
    running && `\n${runningText(running)}`,
    ...warnings.map((warning) => `\n${warning}`),
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

function runningText({ pod, container, since }: NonNullable<TerminalPlan['running']>): string {
  return vscode.l10n.t(
    '{0} of an earlier terminal still runs, since {1}. Going back to it adds nothing; another window that has it open shares it.',
    // A debug pod is known by its own name, an ephemeral container by its.
    container === 'netshoot' ? pod : container,
    since ? new Date(since).toLocaleTimeString() : '?',
  );
}

export const wouldBeWritten = (source: Source): string =>
  vscode.l10n.t('This object would be written to {0}.', sourceName(source));

/**
 * The object to read beside the question, and more lines about it. Without an object there are only those.
 * Read-only: it is no file of the user's, and asks for no saving.
 */
export async function showObject(
  { yaml, source }: Pick<TerminalPlan, 'yaml' | 'source'>,
  subject: Subject,
  more: readonly string[] = [],
): Promise<void> {
  const head =
    yaml === ''
      ? formatRef(subject)
      : vscode.l10n.t('Would be written to {0}, {1}', sourceName(source), formatRef(subject));
  const comments = [head, ...more].map((line) => `# ${line.replace(/\s+/g, ' ')}\n`);
  const uri = vscode.Uri.from({
    scheme: PLAN_SCHEME,
    path: `/${subject.name}.yaml`,
    query: `${comments.join('')}${yaml}`,
  });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, 'yaml');
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    preserveFocus: true,
  });
}
