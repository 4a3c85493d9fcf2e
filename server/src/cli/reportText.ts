/** A diagnosis for a terminal: the verdict first, then how it is known, then what was not looked at. */
import { chainsOf } from '../core/diagnosis/chain.ts';
import { headline } from '../core/diagnosis/headline.ts';
import type { DiagnosisReport, ProbeRow } from '../core/diagnosis/report.ts';
import { OUTCOME_SIGNS, PROBE_SIGNS, probePlace, stepName } from '../core/diagnosis/stepNames.ts';
import type { Evidence } from '../core/finding.ts';
import { formatRef } from '../core/kube/ref.ts';
import { oneLine } from '../core/printable.ts';
import { t, translate } from '../l10n.ts';

/** Plain text; what the cluster says can neither steer the terminal nor begin a line of its own. */
export function reportText(report: DiagnosisReport, where: string): string {
  const lines = [`${formatRef(report.subject)}  (${where}, ${report.at})`, ''];
  if (report.rootCauses.length === 0) lines.push(headline(report, translate), '');
  for (const { cause, consequences } of chainsOf(report)) {
    lines.push(`✖ ${cause.message}  [${translate(cause.confidence)}]`);
    lines.push(`  ${formatRef(cause.object)}${cause.path ? ` → ${cause.path}` : ''}  (${cause.id})`);
    for (const evidence of cause.evidence) lines.push(...evidenceLines(evidence));
    for (const { message } of consequences) lines.push(`  → ${message}`);
    for (const command of cause.commands ?? []) lines.push(`  $ ${command}`);
    lines.push(`  ${t('Case: pod-triage cases {id}', { id: cause.case })}`, '');
  }
  lines.push(
    report.steps
      .map(({ step, outcome }) => `${stepName(step, translate)} ${OUTCOME_SIGNS[outcome]}`)
      .join('  '),
  );
  if (report.probe)
    block(
      lines,
      t('Active test from {from}', { from: probePlace(report.probe) }),
      report.probe.tests.flatMap(testLines),
    );
  block(
    lines,
    t('Not checked'),
    report.notChecked.map(({ check, detail }) => `${check}: ${detail}`),
  );
  block(
    lines,
    t('Also seen, not the cause'),
    report.alsoSeen.map(({ message }) => message),
  );
  block(lines, t('In order'), report.healthy);
  return `${lines.map(oneLine).join('\n').trimEnd()}\n`;
}

/** The test, and the tool's words below it where they say why it failed. */
function testLines({ test, outcome, text }: ProbeRow): string[] {
  const line = `${PROBE_SIGNS[outcome]} ${test}`;
  return outcome === 'ok' ? [line] : [line, ...text.split('\n').map((each) => `    ${each}`)];
}

function evidenceLines({ source, path, text, at }: Evidence): string[] {
  const from = [source, path, at].filter(Boolean).join(' ');
  const [first = '', ...more] = text.trimEnd().split('\n');
  return [`    ${from}: ${first}`, ...more.map((line) => `      ${line}`)];
}

function block(lines: string[], title: string, rows: readonly string[]): void {
  if (rows.length > 0) lines.push('', `${title}:`, ...rows.map((row) => `  ${row}`));
}
