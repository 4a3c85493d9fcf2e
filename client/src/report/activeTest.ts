/** An active test from the button to the answer: plan, question, run. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import type { ProbeProposal, Result, Source } from '../../../server/src/protocol.ts';
import { isProduction, sourceName } from '../cluster/source.ts';
import type { Server } from '../server/connection.ts';
import { showObject, wouldBeWritten } from '../terminal/confirm.ts';
import { terminalOptions } from '../terminal/settings.ts';

/** Kinds that a test can be made for, as the engine plans them. */
export const PROBE_KINDS = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Service',
  'Ingress',
];

/** Resolves to undefined when the user did not agree. Cancelling the token ends the test and takes its pod away. */
export async function activeTest(
  server: Server,
  { source, subject }: { source: Source; subject: Subject },
  id: string,
  token: vscode.CancellationToken,
): Promise<Result<DiagnosisReport> | undefined> {
  const { image, pullPolicy } = terminalOptions();
  const plan = await server.ask(
    'podTriage/planProbe',
    { id, source, subject, options: { image, pullPolicy } },
    token,
  );
  if (!plan.ok) return plan;
  if (!(await agreed(plan.value, source, subject)) || token.isCancellationRequested) return undefined;
  return server.ask('podTriage/runProbe', { id }, token);
}

/** Asked every time: a test is a short thing, and each one writes to another pod. */
async function agreed(proposal: ProbeProposal, source: Source, subject: Subject): Promise<boolean> {
  const { yaml, tests } = proposal;
  const question = vscode.l10n.t('Run an active test for {0}?', formatRef(subject));
  const run = vscode.l10n.t('Run Test');
  const show = yaml === '' ? vscode.l10n.t('Show All Tests') : vscode.l10n.t('Show Object');
  const isAllSaid = yaml === '' && tests.length <= MAX_TESTS;
  const chosen = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: detailOf(proposal, source, show) },
    ...(isAllSaid ? [run] : [run, show]),
  );
  if (chosen !== show) return chosen === run;
  await showObject({ yaml, source }, subject, [vscode.l10n.t('It tries:'), ...tests.map(row)]);
  // The dialog cannot stay open beside the document, and a notification goes away while it is read.
  const next = await vscode.window.showQuickPick([run, vscode.l10n.t('Cancel')], {
    title: question,
    placeHolder: yaml === '' ? proposal.summary : wouldBeWritten(source),
    ignoreFocusOut: true,
  });
  return next === run;
}

/** A modal dialog does not scroll everywhere; what does not fit is in the document beside it. */
const MAX_TESTS = 10;

const row = (test: string): string => `· ${test}`;

function detailOf(
  { namespace, object, image, summary, tests }: ProbeProposal,
  source: Source,
  show: string,
): string {
  const more = tests.length - MAX_TESTS;
  return [
    isProduction(source) ? vscode.l10n.t('This is a production context.') : undefined,
    vscode.l10n.t('Context: {0}', sourceName(source)),
    vscode.l10n.t('Namespace: {0}', namespace),
    vscode.l10n.t('Object: {0}', object),
    vscode.l10n.t('Image: {0}', image),
    '',
    summary,
    '',
    vscode.l10n.t('It tries:'),
    ...tests.slice(0, MAX_TESTS).map(row),
    ...(more > 0 ? [vscode.l10n.t('… {0} more: “{1}” lists them all', more, show)] : []),
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}
