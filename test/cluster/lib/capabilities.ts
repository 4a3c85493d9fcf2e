import { readFileSync } from 'node:fs';

const CAP_SYS_RESOURCE = 24n;

/** Whether processes here may lower their OOM score; in many sandboxes even root may not. */
export function mayLowerOomScore(): boolean {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line?.[1] !== undefined && ((BigInt(`0x${line[1]}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}
