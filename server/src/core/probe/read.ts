/** Reads what the tools print. The words are those of dig, OpenBSD nc, nmap's ncat, curl and iputils ping. */
import type { Listener, ProbeOutcome, ProbeSymptom } from './check.ts';

/** What one step printed, and how it ended; no code when it was not run. */
export interface Step {
  text: string;
  code?: number;
}

export interface Reading {
  outcome: ProbeOutcome;
  symptom: ProbeSymptom;
  text: string;
}

/** A tool that is missing, or another one of the same name: BusyBox's nc and ping know other options. */
const TOOL_TROUBLE =
  /not found|No such file|invalid option|unrecognized option|unknown option|applet|BusyBox|[Oo]peration not permitted|Permission denied|usage:|Usage:/;
/** Exit codes of `timeout` when the limit was reached: GNU, and BusyBox by its signal. */
const CUT_OFF = new Set([124, 137, 143]);

const failed = (symptom: ProbeSymptom, text: string): Reading => ({ outcome: 'failed', symptom, text });
const passed = (symptom: ProbeSymptom, text: string): Reading => ({ outcome: 'ok', symptom, text });
const unclear = (symptom: ProbeSymptom, text: string): Reading => ({
  outcome: 'inconclusive',
  symptom,
  text,
});

const lineWith = (text: string, pattern: RegExp): string | undefined =>
  text.split('\n').find((line) => pattern.test(line));
const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

/** What keeps a step from saying anything; undefined when its words can be read. */
function trouble({ text, code }: Step): Reading | undefined {
  if (code === undefined) return unclear('not-run', lastLine(text));
  if (code === 126 || code === 127) return unclear('tool', lastLine(text));
  const line = lineWith(text, TOOL_TROUBLE);
  return line === undefined ? undefined : unclear('tool', line.trim());
}

const CONNECTION: readonly [RegExp, ProbeSymptom][] = [
  [/connection refused/i, 'refused'],
  [/no route to host|host unreachable/i, 'no-route'],
  [/network (?:is )?unreachable/i, 'no-route'],
  [/timed out|timeout/i, 'timeout'],
];

const STATUS: Record<string, ProbeSymptom> = {
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'query-refused',
};

/** dig: an answer of any status is exit code 0, silence is 9. */
export function readDig(step: Step): Reading {
  // Its warnings have the words of trouble in them; the status line is sure.
  const header = lineWith(step.text, /->>HEADER<<-/);
  const status = header && /status: (\w+)/.exec(header)?.[1];
  if (!header || !status) {
    const error = lineWith(step.text, /communications error|Connection to \S+ for .* failed/);
    const symptom = CONNECTION.find(([words]) => words.test(error ?? ''))?.[1];
    if (error && symptom) return failed(symptom, bare(error));
    return (
      trouble(step) ?? unclear(CUT_OFF.has(step.code ?? 0) ? 'out-of-time' : 'tool', lastLine(step.text))
    );
  }
  const answers = step.text
    .split('\n')
    .filter((line) => /^[^;\s]\S*\s+\d+\s+IN\s+(?:A|AAAA|CNAME)\s/.test(line));
  const text = [`status: ${status}`, ...answers.slice(0, 3).map((line) => line.replace(/\s+/g, ' '))].join(
    '\n',
  );
  if (status !== 'NOERROR') return failed(STATUS[status] ?? 'servfail', text);
  return answers.length > 0 ? passed('answered', text) : failed('no-records', text);
}

const bare = (line: string): string => line.replace(/^;;\s*/, '').trim();

/** nc -z: exit code 1 is refused, timed out, and a tool that does not know the option. */
export function readConnect(step: Step): Reading {
  const found = trouble(step);
  if (found) return found;
  const success = lineWith(step.text, /succeeded!|\bopen\b|Connected to/);
  if (step.code === 0) return passed('connected', (success ?? lastLine(step.text)).trim());
  const name = lineWith(step.text, /getaddrinfo|Name or service not known|Name does not resolve|Try again/);
  if (name) return failed('unresolved', name.trim());
  for (const [words, symptom] of CONNECTION) {
    const line = lineWith(step.text, words);
    if (line) return failed(symptom, line.trim());
  }
  return unclear(CUT_OFF.has(step.code ?? 0) ? 'out-of-time' : 'tool', lastLine(step.text));
}

/** What curl's exit codes mean behind a connection: https://curl.se/libcurl/c/libcurl-errors.html */
const CURL: Record<number, ProbeSymptom> = { 35: 'reset', 52: 'reset', 56: 'reset', 60: 'answered' };

/** curl -w '%{json}': any HTTP status is an answer of the application. Undefined without a connection: that is another test. */
export function readHttp(step: Step): Reading | undefined {
  const json = /\{[^\n]*"exitcode"[^\n]*\}/.exec(step.text)?.[0];
  const said = json === undefined ? undefined : fields(json);
  if (!said) return trouble(step) ?? unclear('tool', lastLine(step.text));
  const words = said.errormsg ?? '';
  if (said.exitcode === 0) return passed('answered', `HTTP ${said.http_code ?? ''}`.trim());
  if (said.exitcode === 7 || (said.exitcode === 28 && !said.time_connect)) return undefined;
  if (said.exitcode === 28) return failed('no-answer', words);
  const symptom = CURL[said.exitcode ?? 0];
  return symptom ? failed(symptom, words) : unclear('tool', words);
}

interface CurlFields {
  exitcode?: number;
  errormsg?: string | null;
  http_code?: number;
  time_connect?: number;
}

function fields(json: string): CurlFields | undefined {
  try {
    return JSON.parse(json) as CurlFields;
  } catch {
    return undefined;
  }
}

const RECEIVED = /(\d+) bytes from/;
const NEEDS_CUT = /Frag needed|message too long/i;

/**
 * ping of growing sizes. A size that is lost where a smaller one came back, without an answer that says so, is a
 * black hole. ICMP that never comes back says nothing: policies and firewalls often drop it.
 */
export function readPackets(steps: readonly { size: number; step: Step }[]): Reading {
  const first = steps[0];
  if (!first) return unclear('not-run', '');
  const found = trouble(first.step);
  if (found) return found;
  if (!RECEIVED.test(first.step.text)) return unclear('tool', lossOf(first.step.text));
  const cut = steps.find(({ step }) => NEEDS_CUT.test(step.text));
  if (cut) return passed('answered', (lineWith(cut.step.text, NEEDS_CUT) ?? '').trim());
  const lost = steps.find(({ step }) => step.code !== undefined && !RECEIVED.test(step.text));
  if (!lost) return passed('answered', answerOf(steps.at(-1)?.step.text ?? ''));
  const before = steps[steps.indexOf(lost) - 1];
  return failed(
    'too-big',
    [before && answerOf(before.step.text), sizeOf(lost.step.text), lossOf(lost.step.text)]
      .filter(Boolean)
      .join('\n'),
  );
}

const answerOf = (text: string): string => (lineWith(text, RECEIVED) ?? '').trim();
const lossOf = (text: string): string => (lineWith(text, /packet loss/) ?? lastLine(text)).trim();
const sizeOf = (text: string): string => (lineWith(text, /^PING /) ?? '').trim();

const LISTEN = '0A';

/** Sockets in state LISTEN of /proc/net/tcp and tcp6: https://docs.kernel.org/networking/proc_net_tcp.html */
export function readListeners({ text, code }: Step): Listener[] | undefined {
  if (code === undefined || !/local_address/.test(text)) return undefined;
  return text.split('\n').flatMap((line): Listener[] => {
    const row = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(
      line,
    );
    if (!row || row[3] !== LISTEN) return [];
    const address = addressOf(row[1] ?? '');
    return [{ address, port: Number.parseInt(row[2] ?? '', 16), scope: scopeOf(address), line: line.trim() }];
  });
}

/** The kernel prints each 32-bit word of an address in the byte order of the machine: little-endian. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const all = bytes.join('').toLowerCase();
  if (/^0{32}$/.test(all)) return '::';
  if (/^0{31}1$/.test(all)) return '::1';
  if (/^0{20}ffff/.test(all))
    return bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  return (all.match(/.{4}/g) ?? []).join(':');
}

function scopeOf(address: string): Listener['scope'] {
  if (address === '0.0.0.0' || address === '::') return 'any';
  return address === '::1' || address.startsWith('127.') ? 'loopback' : 'address';
}
