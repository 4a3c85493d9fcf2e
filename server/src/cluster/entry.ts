/** The cluster bundle: commands for the command line, and the worker when it is started as one. */
import { type CliIO, UsageError } from '../cli/io.ts';

export type ClusterCommand = (args: string[], io: CliIO) => Promise<number>;

const missing: ClusterCommand = async () => {
  throw new UsageError('This command is being built.');
};

// The cluster engineer replaces these with cli/diagnose.ts, cli/scan.ts, cli/snapshot.ts and starts the worker here.
export const clusterCommands: Record<'diagnose' | 'scan' | 'snapshot', ClusterCommand> = {
  diagnose: missing,
  scan: missing,
  snapshot: missing,
};
