/** From the framed output of the script to one result for each thing tested. */
import type { Listener, ProbeCheck, ProbeResult } from './check.ts';
import {
  type Reading,
  readConnect,
  readDig,
  readHttp,
  readListeners,
  readPackets,
  type Step,
} from './read.ts';

export interface Parsed {
  results: ProbeResult[];
  listening?: Listener[];
}

const NOT_RUN: Step = { text: '' };

/** The records of the output by their id. A record that was cut off has no exit code. */
export function stepsOf(output: string): Map<string, Step> {
  const steps = new Map<string, Step>();
  let open: { id: string; text: string } | undefined;
  for (const part of output.split('\u001e').slice(1)) {
    if (part.startsWith('>')) {
      const end = part.indexOf('\n');
      open = { id: part.slice(1, end < 0 ? undefined : end), text: end < 0 ? '' : part.slice(end + 1) };
      steps.set(open.id, { text: open.text });
      continue;
    }
    const [, id = '', code = ''] = /^<(\S+) (\S+)/.exec(part) ?? [];
    if (open?.id === id)
      steps.set(id, { text: open.text, ...(/^\d+$/.test(code) ? { code: Number(code) } : {}) });
    open = undefined;
  }
  return steps;
}

/** Never throws: what cannot be read is inconclusive. `checks` are those that the script was given, in their order. */
export function parseProbe(checks: readonly ProbeCheck[], output: string): Parsed {
  const steps = stepsOf(output);
  const listening = readListeners(steps.get('listen') ?? NOT_RUN);
  const results = checks.flatMap((check, at) => resultsOf(check, String(at), steps));
  return {
    // Where nothing is let in at all, the size of packets is no question.
    results: results.filter(({ check }) => check.kind !== 'packets' || isReached(results, check.address)),
    ...(listening ? { listening } : {}),
  };
}

const isReached = (results: readonly ProbeResult[], address: string): boolean =>
  results.some(
    ({ check, outcome }) => check.kind === 'connect' && check.address === address && outcome === 'ok',
  );

function resultsOf(check: ProbeCheck, id: string, steps: ReadonlyMap<string, Step>): ProbeResult[] {
  const one = (reading: Reading | undefined): ProbeResult[] => (reading ? [{ check, ...reading }] : []);
  const step = steps.get(id) ?? NOT_RUN;
  switch (check.kind) {
    case 'lookup':
      return lookupResults(check, id, steps);
    case 'ask':
      return one(readDig(step));
    case 'connect':
      return one(settled(check, readConnect(step)));
    case 'http':
      return one(readHttp(step));
    case 'packets':
      return one(
        readPackets(
          [...steps].flatMap(([key, value]) =>
            key.startsWith(`${id}/`) ? [{ size: Number(key.slice(id.length + 1)), step: value }] : [],
          ),
        ),
      );
  }
}

/** A health port that is silent may be kept from us by policy; only a refusal says that nobody is there. */
const settled = (check: ProbeCheck, reading: Reading): Reading =>
  check.kind === 'connect' &&
  check.target.role === 'proxy' &&
  reading.outcome === 'failed' &&
  reading.symptom !== 'refused'
    ? { ...reading, outcome: 'inconclusive' }
    : reading;

function lookupResults(check: ProbeCheck, id: string, steps: ReadonlyMap<string, Step>): ProbeResult[] {
  const found = [...steps].flatMap(([key, step]): ProbeResult[] => {
    const [, protocol = '', server = ''] = new RegExp(`^${id}/(udp|tcp)/(\\S+)$`).exec(key) ?? [];
    if (!server) return [];
    return [{ check, via: { server, protocol: protocol === 'udp' ? 'UDP' : 'TCP' }, ...readDig(step) }];
  });
  return found.length > 0 ? found : [{ check, outcome: 'inconclusive', symptom: 'not-run', text: '' }];
}
