/** Processes on this machine, where the nodes and the editor are, found by what their environment says. */
import { readdirSync, readFileSync } from 'node:fs';

/** Those that carry the mark of a terminal's container. */
export const processesOf = (container: string): number[] =>
  processesWith(`POD_TRIAGE_SESSION=${container}\0`, '');

/** Our language server's process under the editor that reads this kubeconfig, and the extension host that started it. */
export function hostOf(kubeconfig: string): { server: number; extensionHost: number } | undefined {
  const [server] = processesWith(`KUBECONFIG=${kubeconfig}\0`, 'dist/server.js');
  if (server === undefined) return undefined;
  const [, parent] = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${server}/status`, 'utf8')) ?? [];
  return { server, extensionHost: Number(parent) };
}

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
