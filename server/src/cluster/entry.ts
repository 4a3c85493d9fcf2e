/** The cluster bundle: commands for the command line, and the worker when it is started as one. */
import { join } from 'node:path';
import { diagnose } from '../cli/diagnose.ts';
import type { CliIO } from '../cli/io.ts';
import { scan } from '../cli/scan.ts';
import { snapshot } from '../cli/snapshot.ts';
import { loadMessages } from '../l10n.ts';
import { isWorker, runWorker } from './worker.ts';

export type ClusterCommand = (args: string[], io: CliIO) => Promise<number>;

/** This bundle has its own copy of the messages: they are loaded on the first command. */
const withMessages =
  (command: ClusterCommand): ClusterCommand =>
  (args, io) => {
    const locale = io.env.LC_ALL ?? io.env.LC_MESSAGES ?? io.env.LANG ?? 'en';
    loadMessages(join(io.root, 'dist', 'l10n'), locale);
    return command(args, io);
  };

export const clusterCommands: Record<'diagnose' | 'scan' | 'snapshot', ClusterCommand> = {
  diagnose: withMessages(diagnose),
  scan: withMessages(scan),
  snapshot: withMessages(snapshot),
};

if (isWorker()) runWorker();
