/** A diagnosis as a Markdown document: for an issue, a chat, a case of one's own, and the command line. */

import type { Finding } from '../finding.ts';
import { fillTemplate, type MessageData, type Translate } from '../finding.ts';
import { formatRef } from '../kube/ref.ts';
import { oneLine, printable } from '../printable.ts';
import { chainsOf } from './chain.ts';
import { headline } from './headline.ts';
import type { DiagnosisReport } from './report.ts';
import {
  OUTCOME_SIGNS,
  outcomeName,
  PROBE_SIGNS,
  probeOutcomeName,
  probePlace,
  stepName,
} from './stepNames.ts';

const messages = {
  title: '{object}: diagnosis',
  subtitle: '{where}, {at}',
  why: 'Why it cannot be reached',
  follows: 'What follows from it',
  evidence: 'How we know',
  path: 'The path',
  tests: 'Active test from {from}',
  notChecked: 'Not checked',
  alsoSeen: 'Also seen, not the cause',
  healthy: 'In order',
  next: 'Next',
  certain: 'certain',
  likely: 'likely',
  hint: 'hint',
} as const;

/** `where` names context and namespace, as the reader knows them. */
export function reportMarkdown(report: DiagnosisReport, where: string, translate: Translate): string {
  const say = (id: keyof typeof messages, data: MessageData = {}): string =>
    fillTemplate(translate(messages[id]), data);
  const lines: string[] = [
    `# ${plain(say('title', { object: formatRef(report.subject) }))}`,
    '',
    plain(say('subtitle', { where, at: report.at })),
    '',
    `## ${say('why')}`,
    '',
  ];
  if (report.rootCauses.length === 0) lines.push(plain(headline(report, translate)), '');
  for (const { cause, consequences } of chainsOf(report)) {
    lines.push(`- **${plain(cause.message)}** (${say(cause.confidence)})`);
    lines.push(`  ${place(cause)} · \`${cause.case}\``);
    consequences.forEach(({ message }, depth) => {
      lines.push(`${'  '.repeat(depth + 1)}- → ${plain(message)}`);
    });
    lines.push('');
  }
  section(lines, say('evidence'), report.rootCauses.flatMap(evidenceLines));
  section(
    lines,
    say('path'),
    report.steps.map(({ step, outcome, detail }) => {
      const name = `${OUTCOME_SIGNS[outcome]} ${stepName(step, translate)}: ${outcomeName(outcome, translate)}`;
      return `- ${name}${detail ? `, ${plain(detail)}` : ''}`;
    }),
  );
  section(
    lines,
    say('tests', { from: plain(report.probe ? probePlace(report.probe) : '') }),
    (report.probe?.tests ?? []).map(
      ({ test, outcome, text }) =>
        `- ${PROBE_SIGNS[outcome]} ${plain(test)}: ${probeOutcomeName(outcome, translate)} ${code(text)}`,
    ),
  );
  section(
    lines,
    say('notChecked'),
    report.notChecked.map(({ check, detail }) => `- ${plain(check)}: ${plain(detail)}`),
  );
  section(
    lines,
    say('alsoSeen'),
    report.alsoSeen.map((finding) => `- ${plain(finding.message)} · ${place(finding)}`),
  );
  section(
    lines,
    say('healthy'),
    report.healthy.map((line) => `- ${plain(line)}`),
  );
  const commands = [...new Set(report.rootCauses.flatMap((cause) => cause.commands ?? []))];
  if (commands.length > 0) lines.push(`## ${say('next')}`, '', fence(commands.join('\n'), 'sh'), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

function section(lines: string[], title: string, rows: readonly string[]): void {
  if (rows.length > 0) lines.push(`## ${title}`, '', ...rows, '');
}

const place = ({ object, path }: Finding): string =>
  code(path ? `${formatRef(object)} ${path}` : formatRef(object));

const evidenceLines = ({ evidence }: Finding): string[] =>
  evidence.map(({ source, path, text, at }) => {
    const from = [source, path, at].filter(Boolean).join(' ');
    return text.includes('\n')
      ? `- ${plain(from)}\n\n${indent(fence(text, 'text'))}`
      : `- ${plain(from)} ${code(text)}`;
  });

const indent = (text: string): string => text.replace(/^/gm, '  ');

/** Text that came from a cluster must not become markup. */
const plain = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_[\]<>#|~&]/g, '\\$&')
    .replace(/\s+/g, ' ');

/** A code span whose fence is longer than any run of backticks inside. */
function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${oneLine(text).replace(/\s+/g, ' ')}${pad}${ticks}`;
}

function fence(text: string, language: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${printable(text)}\n${ticks}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
