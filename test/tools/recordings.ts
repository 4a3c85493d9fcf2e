/** The recorded snapshots of the faults, diagnosed: what the test cluster said, without the cluster. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { diagnose } from '../../server/src/core/diagnosis/diagnose.ts';
import type { Observed, Subject } from '../../server/src/core/diagnosis/observed.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import { readSnapshot } from '../../server/src/snapshot/read.ts';
import { type Fault, loadFault } from '../cluster/lib/faults/fault.ts';
import { recordingOf } from '../cluster/lib/faults/record.ts';

export const RECORDINGS = dirname(recordingOf('any'));

/** Ids of the faults that have one. */
export const recordedIds = (): string[] => (existsSync(RECORDINGS) ? readdirSync(RECORDINGS).sort() : []);

/** The recorded faults that have a cause, which the healthy ones have not. */
export const faultsRecorded = (): Fault[] =>
  recordedIds()
    .map(loadFault)
    .filter(({ expect }) => expect.root !== null);

/** Modes that a recording shows: the cause, what it leads to, and what else is said. */
export const modesShownBy = ({ expect }: Fault): string[] => [
  ...(expect.root === null ? [] : [expect.root]),
  ...Object.keys(expect.leadsTo ?? {}),
  ...Object.keys(expect.also ?? {}),
];

export interface Recorded {
  fault: Fault;
  observed: Observed;
  subject: Subject;
  report: DiagnosisReport;
}

/** Diagnoses what a fault's description says a user would point at. */
export async function recorded(id: string): Promise<Recorded> {
  const fault = loadFault(id);
  const observed = await readSnapshot(recordingOf(id));
  const [kind = '', name = ''] = fault.diagnose.split('/');
  const subject = { kind, namespace: id, name };
  return { fault, observed, subject, report: diagnose(observed, subject) };
}
