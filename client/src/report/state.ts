/** One diagnosis from the click to the answer, as plain data. */
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { DiagnosisReport, StepResult } from '../../../server/src/core/diagnosis/report.ts';
import type { Failure, ManifestLocation, Source } from '../../../server/src/protocol.ts';
import type { ManifestFix } from '../server/connection.ts';

export interface ReportState {
  source: Source;
  subject: Subject;
  phase: 'restored' | 'running' | 'done' | 'failed' | 'cancelled';
  /** What is being read right now. */
  doing: string;
  steps: StepResult[];
  /** The last complete answer; stays while a new one is being made. */
  report?: DiagnosisReport;
  failure?: Failure;
  /** What lint would write there, by the index of the root cause. */
  fixes: Record<number, ManifestFix[]>;
  /** Where the workspace declares the object of each root cause, by its index. */
  manifests: Record<number, ManifestLocation>;
}
