/** Commands aimed at the cluster that the answer is about, whatever the reader's current context is. */
import type { DiagnosisReport } from './report.ts';

export interface Aim {
  context?: string | undefined;
  /** A kubeconfig that was named, where it is not the usual one. */
  kubeconfig?: string | undefined;
}

/** Characters that no shell gives a meaning. */
const PLAIN = /^[\w@%+=:,./-]+$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** A word for a POSIX shell, in single quotes where it needs them. */
const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Names context and kubeconfig in a kubectl command that does not. A name with control characters is left out. */
export function aimed(command: string, aim: Aim): string {
  const flags = (['kubeconfig', 'context'] as const).flatMap((flag) => {
    const value = aim[flag];
    return !value || CONTROL.test(value) || command.includes(`--${flag}`)
      ? []
      : [`--${flag}=${quoted(value)}`];
  });
  return command.replace(/^kubectl(?= )/, () => ['kubectl', ...flags].join(' '));
}

/** The report with every command aimed. */
export function aimReport(report: DiagnosisReport, aim: Aim): DiagnosisReport {
  const own = <T extends { commands?: string[] }>(finding: T): T =>
    finding.commands
      ? { ...finding, commands: finding.commands.map((command) => aimed(command, aim)) }
      : finding;
  return {
    ...report,
    rootCauses: report.rootCauses.map(own),
    consequences: report.consequences.map(own),
    alsoSeen: report.alsoSeen.map(own),
  };
}
