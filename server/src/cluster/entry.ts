/** The cluster bundle: commands for the command line, and the worker when it is started as one. */
import { diagnose } from '../cli/diagnose.ts';
import type { CliIO } from '../cli/io.ts';
import { scan } from '../cli/scan.ts';
import { snapshot } from '../cli/snapshot.ts';
import { isWorker, runWorker } from './worker.ts';

export type ClusterCommand = (args: string[], io: CliIO) => Promise<number>;

export const clusterCommands: Record<'diagnose' | 'scan' | 'snapshot', ClusterCommand> = {
  diagnose,
  scan,
  snapshot,
};

if (isWorker()) runWorker();
