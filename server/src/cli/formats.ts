/** How findings are printed. */
import type { Finding, Severity } from '../core/finding.ts';
import { formatRef } from '../core/kube/ref.ts';
import type { SourceFile } from '../core/yaml/document.ts';
import { positionsIn } from '../core/yaml/position.ts';
import { t } from '../l10n.ts';
import { junit } from './formats/junit.ts';
import { sarif } from './formats/sarif.ts';
import type { CliIO } from './io.ts';

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** Prints findings of the files; the format decides the shape. */
export function printFindings(
  format: Format,
  findings: readonly Finding[],
  files: readonly SourceFile[],
  io: CliIO,
): void {
  if (format === 'text') io.out(text(findings, files.length));
  else if (format === 'json') io.out(json(findings, files));
  else if (format === 'sarif') io.out(sarif(findings, files));
  else if (format === 'junit') io.out(junit(findings, files));
  else io.out(github(findings));
}

const resourceOf = ({ object }: Finding): string => (object.kind ? formatRef(object) : '');

function json(findings: readonly Finding[], files: readonly SourceFile[]): string {
  const positions = positionsIn(files);
  return `${JSON.stringify({ findings: findings.map((each) => toJson(each, positions)) }, null, 1)}\n`;
}

function toJson(finding: Finding, positions: ReturnType<typeof positionsIn>) {
  const { id, severity, confidence, file, line, column, endLine, endColumn, path, message, fixes } = finding;
  return {
    rule: id,
    severity,
    confidence,
    file,
    line,
    column,
    endLine,
    endColumn,
    resource: resourceOf(finding),
    path,
    message,
    case: finding.case,
    fixes: fixes.map((fix) => ({
      title: fix.title,
      safe: fix.safe,
      edits: fix.edits.map((edit) => {
        const position = positions.get(edit.file);
        const [start, end] = [position?.(edit.start), position?.(edit.end)];
        return {
          file: edit.file,
          line: start?.line,
          column: start?.column,
          endLine: end?.line,
          endColumn: end?.column,
          text: edit.text,
        };
      }),
    })),
  };
}

function text(findings: readonly Finding[], files: number): string {
  if (findings.length === 0) return `${t('Nothing found in {files} {files:file|files}.', { files })}\n`;
  const lines: string[] = [];
  let file: string | undefined;
  for (const finding of findings) {
    if (finding.file !== file) lines.push(...(file === undefined ? [] : ['']), finding.file ?? '');
    file = finding.file;
    const at = `${finding.line}:${finding.column}`;
    lines.push(`  ${at.padEnd(8)} ${finding.severity.padEnd(8)} ${finding.message}  ${finding.id}`);
  }
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  lines.push(
    '',
    t(
      '{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}, {infos} {infos:note|notes} and {hints} {hints:hint|hints} in {files} {files:file|files}.',
      {
        errors: count('error'),
        warnings: count('warning'),
        infos: count('info'),
        hints: count('hint'),
        files,
      },
    ),
  );
  return `${lines.join('\n')}\n`;
}

const GITHUB_LEVEL: Record<Severity, string> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function github(findings: readonly Finding[]): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return findings
    .map(
      ({ severity, file, line, column, endLine, endColumn, id, message }) =>
        `::${GITHUB_LEVEL[severity]} file=${property(file ?? '')},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn},title=${property(id)}::${data(message)}\n`,
    )
    .join('');
}
