/** The consequences of each root cause, in the order they follow from it. */
import type { Finding } from '../finding.ts';
import type { Consequence, DiagnosisReport } from './report.ts';

export interface CauseChain {
  cause: Finding;
  consequences: Consequence[];
}

export const chainsOf = (report: DiagnosisReport): CauseChain[] =>
  report.rootCauses.map((cause, index) => ({
    cause,
    consequences: report.consequences.filter(({ rootCause }) => rootCause === index),
  }));
