/** From the state of a diagnosis to the words of its page. Pure but for translation. */
import * as vscode from 'vscode';
import { ageBetween } from '../../../server/src/core/age.ts';
import { aimed } from '../../../server/src/core/diagnosis/aim.ts';
import { chainsOf } from '../../../server/src/core/diagnosis/chain.ts';
import { headline } from '../../../server/src/core/diagnosis/headline.ts';
import type { DiagnosisReport, ProbeReport, StepResult } from '../../../server/src/core/diagnosis/report.ts';
import {
  OUTCOME_SIGNS,
  outcomeName,
  PROBE_SIGNS,
  probePlace,
  stepName,
} from '../../../server/src/core/diagnosis/stepNames.ts';
import type { Confidence, Finding, Fix } from '../../../server/src/core/finding.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import type { ManifestLocation, Source } from '../../../server/src/protocol.ts';
import { aimOf, isProduction, sourceName } from '../cluster/source.ts';
import { actionFor } from '../failure.ts';
import { permissionIn } from '../role.ts';
import type { ManifestFix } from '../server/connection.ts';
import { PROBE_KINDS } from './activeTest.ts';
import { isRunnable } from './commands.ts';
import type { Button, CauseBox, EvidenceRow, PathStep, ReportPage, Row, Section } from './model.ts';
import type { ReportState } from './state.ts';

const { t } = vscode.l10n;
const translate = (template: string): string => t(template);

export function drawReport(state: ReportState): ReportPage {
  const { source, subject, report } = state;
  const at = report ? new Date(report.at) : undefined;
  return {
    title: subject.name,
    subtitle: [
      subject.namespace ? t('{0} in {1}', subject.kind, subject.namespace) : subject.kind,
      sourceName(source),
      at?.toLocaleTimeString(vscode.env.language) ?? '',
    ]
      .filter(Boolean)
      .join(' · '),
    at: report?.at ?? '',
    production: isProduction(source) ? t('production') : '',
    status: statusOf(state),
    actions: headButtons(state),
    sections: report ? sectionsOf(report, state) : pathOnly(state.steps),
  };
}

function statusOf({ phase, doing, failure }: ReportState): ReportPage['status'] {
  if (phase === 'failed') return { kind: phase, text: failure?.message ?? '', detail: failure?.detail ?? '' };
  if (phase === 'restored')
    return {
      kind: phase,
      text: t('Open when the window was reloaded; run the diagnosis again.'),
      detail: '',
    };
  if (phase === 'cancelled')
    return { kind: phase, text: t('Cancelled. What was known by then is shown.'), detail: '' };
  return { kind: phase, text: phase === 'running' ? doing || t('Reading the cluster…') : '', detail: '' };
}

function headButtons({ phase, report, failure, source, subject }: ReportState): Button[] {
  const buttons: Button[] = [
    phase === 'running'
      ? { id: 'cancel', label: t('Cancel') }
      : { id: 'run', label: t('Run Again'), primary: phase !== 'done' },
  ];
  if (phase === 'failed' && failure) buttons.push({ id: 'failure', label: actionFor(failure).title });
  if (phase !== 'running' && source.kind === 'context' && PROBE_KINDS.includes(subject.kind))
    buttons.push({
      id: 'probe',
      label: t('Run Active Test…'),
      title: t('Tries it from inside the cluster; asks first'),
    });
  if (report) {
    buttons.push({ id: 'copy', label: t('Copy as Markdown') }, { id: 'save', label: t('Save as Case…') });
  }
  return buttons;
}

const pathOnly = (steps: StepResult[]): Section[] =>
  steps.length === 0
    ? []
    : [{ id: 'path', kind: 'path', heading: t('The path'), steps: steps.map(pathStep) }];

function sectionsOf(
  report: DiagnosisReport,
  { manifests, fixes, phase, steps, source }: ReportState,
): Section[] {
  const causes = report.rootCauses;
  const chains = chainsOf(report).filter(({ consequences }) => consequences.length > 0);
  const commands = commandsOf(report, source);
  const sections: (Section | false)[] = [
    causes.length > 0
      ? {
          id: 'why',
          kind: 'causes',
          heading: t('Why it cannot be reached'),
          causes: causes.map((cause, index) => causeBox(cause, index, manifests[index], fixes[index] ?? [])),
        }
      : { id: 'why', kind: 'text', heading: t('Verdict'), text: headline(report, translate) },
    chains.length > 0 && {
      id: 'follows',
      kind: 'chains',
      heading: t('What follows from it'),
      chains: chains.map(({ consequences }) => consequences.map(({ message }) => message)),
    },
    causes.some(({ evidence }) => evidence.length > 0) && {
      id: 'evidence',
      kind: 'evidence',
      heading: t('How we know'),
      rows: causes.flatMap(({ evidence }) => evidence.map((each) => evidenceRow(each, report.at))),
    },
    report.probe !== undefined && testSection(report.probe),
    {
      id: 'path',
      kind: 'path',
      heading: t('The path'),
      // While the next answer is being made, its own steps are the ones that tick.
      steps: (phase === 'running' && steps.length > 0 ? steps : report.steps).map(pathStep),
    },
    report.notChecked.length > 0 && {
      id: 'notChecked',
      kind: 'rows',
      heading: t('Not checked'),
      rows: report.notChecked.map(({ check, detail, reason }, index) => ({
        text: check,
        detail,
        quoted: true,
        buttons:
          reason === 'forbidden' && permissionIn(detail)
            ? [{ id: 'copyRole', index, label: t('Copy the Role') }]
            : [],
      })),
    },
    report.alsoSeen.length > 0 && {
      id: 'also',
      kind: 'rows',
      folded: true,
      heading: t('Also seen: {0}, not the cause', report.alsoSeen.length),
      rows: report.alsoSeen.map(alsoRow),
    },
    report.healthy.length > 0 && {
      id: 'healthy',
      kind: 'rows',
      folded: causes.length > 0,
      heading: t('In order: {0}', report.healthy.length),
      rows: report.healthy.map((text) => ({ text, detail: '' })),
    },
    commands.length > 0 && {
      id: 'next',
      kind: 'commands',
      heading: t('Next'),
      rows: commands.map((command, index) => ({
        command,
        buttons: [
          { id: 'copyCommand', index, label: t('Copy') },
          ...(source.kind === 'context' && isRunnable(command) ? [runButton(index)] : []),
        ],
      })),
    },
  ];
  return sections.filter((section) => section !== false);
}

/** Every test with its outcome; the tool's words where they say why it failed. Folded when all of them worked. */
const testSection = (probe: ProbeReport): Section => ({
  id: 'tests',
  kind: 'rows',
  folded: probe.tests.every(({ outcome }) => outcome === 'ok'),
  heading: t('Active test from {0}', probePlace(probe)),
  rows: probe.tests.map(({ test, outcome, text }) => ({
    text: `${PROBE_SIGNS[outcome]} ${test}`,
    detail: outcome === 'ok' ? '' : text,
    quoted: true,
  })),
});

const runButton = (index: number): Button => ({
  id: 'runCommand',
  index,
  label: t('Put into a Terminal'),
  title: t('Typed into a terminal; you press Enter'),
});

/** Each command once, those of the first cause first. */
export function commandsOf(report: DiagnosisReport, source: Source): string[] {
  const commands = report.rootCauses.flatMap((cause) => cause.commands ?? []);
  return [...new Set(commands.map((command) => aimed(command, aimOf(source))))];
}

const CONFIDENCE: Record<Confidence, { word: string; why: string }> = {
  certain: { word: t('certain'), why: t('The signal proves it alone.') },
  likely: { word: t('likely'), why: t('Right in most cases; another cause can give the same signal.') },
  hint: { word: t('hint'), why: t('Worth a look; not a verdict.') },
};

function causeBox(
  cause: Finding,
  index: number,
  manifest: ManifestLocation | undefined,
  lintFixes: readonly ManifestFix[],
): CauseBox {
  const { word, why } = CONFIDENCE[cause.confidence];
  const file =
    manifest &&
    `${vscode.workspace.asRelativePath(vscode.Uri.parse(manifest.uri))}:${manifest.range.start.line + 1}`;
  const titles = fixTitles(cause, lintFixes);
  const fixes = titles.map(
    (label, second): Button => ({ id: 'fix', index, second, label, primary: second === 0 }),
  );
  return {
    severity: cause.severity,
    message: cause.message,
    confidence: word,
    confidenceWhy: why,
    place: cause.path ? `${formatRef(cause.object)} → ${cause.path}` : formatRef(cause.object),
    ...(file ? { manifest: { id: 'manifest', index, label: file, title: t('Open the manifest line') } } : {}),
    buttons: [...fixes, { id: 'case', index, label: t('Read the Case') }],
  };
}

/** The engine's own fixes, then those of lint at the same place; `act.ts` counts them the same way. */
const fixTitles = (cause: Finding, lintFixes: readonly ManifestFix[]): string[] => [
  ...ownFixes(cause).map(({ title }) => title),
  ...lintFixes.map(({ title }) => title),
];

export const ownFixes = (cause: Finding): Fix[] => cause.fixes.filter(({ edits }) => edits.length > 0);

function evidenceRow({ source, path, text, at }: Finding['evidence'][number], now: string): EvidenceRow {
  const age = ageBetween(at, now, translate);
  return { source, place: path ?? '', text, age: age && t('{0} ago', age), at: at ?? '' };
}

function pathStep({ step, outcome, detail }: StepResult): PathStep {
  const name = stepName(step, translate);
  return {
    sign: OUTCOME_SIGNS[outcome],
    name,
    outcome,
    spoken: `${name}: ${outcomeName(outcome, translate)}`,
    detail: detail ?? '',
  };
}

const alsoRow = (finding: Finding, index: number): Row => ({
  text: finding.message,
  detail: formatRef(finding.object),
  // The index counts on behind the root causes, where the panel looks it up.
  buttons: [{ id: 'case', index: 1000 + index, label: t('Read the Case') }],
});
