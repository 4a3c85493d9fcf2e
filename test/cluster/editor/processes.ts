/** Processes on this machine, where the nodes and the editor are, found by what their environment says. */
import { readdirSync, readFileSync } from 'node:fs';

/** Those that carry the mark of a terminal's container. */
export const processesOf = (container: string): number[] =>
  processesWith(`POD_TRIAGE_SESSION=${container}\0`, '');

function processesWith(mark: string, command: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark) &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(command)
        );
      } catch {
        // It ended in between.
        return false;
      }
    })
    .map(Number);
}
