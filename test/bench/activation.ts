/** Activation and the first diagnostic, in the real editor. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHostSuite } from '../tools/hostSuite.ts';
import { type Figures, inMs } from './measure.ts';

const RUNS = 3;

export async function activation(): Promise<Figures> {
  const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-figures-'));
  const load: number[] = [];
  const call: number[] = [];
  const first: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const path = join(scratch, `${run}.json`);
      await runHostSuite('bench', [], { POD_TRIAGE_HOST_FIGURES: path });
      const figures = JSON.parse(readFileSync(path, 'utf8')) as {
        load: number;
        call: number;
        firstDiagnostic: number;
      };
      load.push(figures.load);
      call.push(figures.call);
      first.push(figures.firstDiagnostic);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return {
    'load the client bundle': inMs(load),
    'activate()': inMs(call, 20),
    'open file to first diagnostic': inMs(first, 1000),
  };
}
