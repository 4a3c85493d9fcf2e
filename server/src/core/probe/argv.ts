/** The arguments of the script: validated words, each of which is one argument and never shell. */
import { parseAddress } from '../kube/cidr.ts';
import type { ProbeCheck } from './check.ts';

const NAME = /^[a-z0-9]([-a-z0-9_.]{0,251}[a-z0-9])?\.?$/i;
const URL = /^https?:\/\/(?:[\d.]+|\[[\da-f:.]+\]):\d{1,5}\/[\w\-./~%?&=+,:;@]*$/i;

export const isHostName = (text: string): boolean => NAME.test(text);
const isAddress = (text: string): boolean => parseAddress(text) !== undefined;
const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** True when every word of the check is what it should be. Cluster text is hostile: anything else is not tested. */
export function isSafe(check: ProbeCheck): boolean {
  switch (check.kind) {
    case 'lookup':
      return isHostName(check.name);
    case 'ask':
      return isHostName(check.name) && isAddress(check.address) && isPort(check.port);
    case 'connect':
      return (isAddress(check.address) || isHostName(check.address)) && isPort(check.port);
    case 'http':
      return URL.test(check.url);
    case 'packets':
      return isAddress(check.address);
  }
}

/** What follows `sh -c SCRIPT pod-triage`. Throws for a check that is not safe: plans hold none. */
export function scriptArguments(checks: readonly ProbeCheck[], seconds: number): string[] {
  return [String(seconds), ...checks.flatMap(wordsOf)];
}

function wordsOf(check: ProbeCheck): string[] {
  if (!isSafe(check)) throw new Error(`not a check that can be run: ${JSON.stringify(check)}`);
  switch (check.kind) {
    case 'lookup':
      return ['lookup', check.name];
    case 'ask':
      return ['ask', check.address, String(check.port), check.name];
    case 'connect':
      return ['connect', check.address, String(check.port)];
    case 'http':
      return ['http', check.url];
    case 'packets':
      return ['packets', check.address];
  }
}
