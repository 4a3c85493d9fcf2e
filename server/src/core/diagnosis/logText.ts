/** What applications write about connections that failed. Patterns of common clients; figures and names, not languages. */

export type Symptom = 'timeout' | 'refused' | 'unresolved' | 'lookup-timeout' | 'lookup-failed';

export interface ConnectionError {
  symptom: Symptom;
  host?: string;
  ip?: string;
  port?: number;
  /** The log line, as it stands. */
  line: string;
}

const IP = String.raw`(?<ip>\d{1,3}(?:\.\d{1,3}){3})`;
const HOST = String.raw`(?<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)\.?`;
const PORT = String.raw`(?<port>\d{1,5})`;
const TIMEOUT = `(?:i/o timeout|connection timed out|connect timed out|timed out|timeout|deadline exceeded)`;

const pattern = (symptom: Symptom, source: string): { symptom: Symptom; regex: RegExp } => ({
  symptom,
  regex: new RegExp(source, 'i'),
});

/** Order matters: the first that fits a line says what it means. */
const PATTERNS = [
  // Go
  pattern('unresolved', String.raw`lookup ${HOST}(?: on [\d.:]+)?: no such host`),
  pattern('lookup-timeout', String.raw`lookup ${HOST}(?: on [\d.:]+)?:.*(?:i/o timeout|deadline exceeded)`),
  pattern(
    'lookup-failed',
    String.raw`lookup ${HOST}(?: on [\d.:]+)?:.*(?:server misbehaving|connection refused|no route to host)`,
  ),
  pattern('refused', `dial (?:tcp|udp) ${IP}:${PORT}: connect: connection refused`),
  pattern(
    'timeout',
    `dial (?:tcp|udp) ${IP}:${PORT}: (?:i/o timeout|connect: connection timed out|.*deadline exceeded)`,
  ),
  // Node.js
  pattern('unresolved', `getaddrinfo ENOTFOUND ${HOST}`),
  pattern('lookup-timeout', `getaddrinfo EAI_AGAIN ${HOST}`),
  pattern('refused', `connect ECONNREFUSED ${IP}:${PORT}`),
  pattern('timeout', `connect ETIMEDOUT ${IP}:${PORT}`),
  // libpq, Python, Java
  pattern(
    'unresolved',
    `could not translate host name "${HOST}" to address: (?:Name or service not known|Name does not resolve)`,
  ),
  pattern(
    'lookup-timeout',
    `could not translate host name "${HOST}" to address: (?:Temporary failure|Try again)`,
  ),
  pattern(
    'refused',
    String.raw`connection to server at "${HOST}"(?: \(${IP}\))?, port ${PORT} failed: Connection refused`,
  ),
  pattern(
    'timeout',
    String.raw`connection to server at "${HOST}"(?: \(${IP}\))?, port ${PORT} failed: .*${TIMEOUT}`,
  ),
  pattern('unresolved', `UnknownHostException: ${HOST}`),
  pattern('unresolved', `host='${HOST}', port=${PORT}.*Name or service not known`),
  pattern('lookup-timeout', `host='${HOST}', port=${PORT}.*Temporary failure in name resolution`),
  pattern('refused', `host='${HOST}', port=${PORT}.*Connection refused`),
  pattern('timeout', `host='${HOST}', port=${PORT}.*${TIMEOUT}`),
  // curl, wget, nc
  pattern('lookup-timeout', `Resolving timed out.*|Could not resolve host: ${HOST}.*time`),
  pattern('unresolved', `Could not resolve host: ${HOST}`),
  pattern('unresolved', `bad address '${HOST}(?::${PORT})?'`),
  pattern('refused', `Failed to connect to ${HOST} port ${PORT}.*(?:refused|Couldn't connect)`),
  pattern('timeout', `Failed to connect to ${HOST} port ${PORT}.*${TIMEOUT}`),
  pattern('refused', String.raw`can't connect to remote host(?: \(${IP}\))?: Connection refused`),
  pattern('timeout', String.raw`can't connect to remote host(?: \(${IP}\))?: .*${TIMEOUT}`),
  pattern('refused', String.raw`${HOST} ?[:(]${PORT}\)?.{0,40}connection refused`),
  pattern('timeout', String.raw`${HOST} ?[:(]${PORT}\)?.{0,40}(?:i/o timeout|connection timed out)`),
];

/** What the last `lines` lines say about failed connections, newest first, each target once. */
export function connectionErrors(text: string, lines = 30): ConnectionError[] {
  const seen = new Set<string>();
  const found: ConnectionError[] = [];
  for (const line of lastLines(text, lines).reverse()) {
    const error = parseLine(line);
    if (!error) continue;
    const key = `${error.symptom}|${error.host ?? ''}|${error.ip ?? ''}|${error.port ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(error);
  }
  return found;
}

function parseLine(line: string): ConnectionError | undefined {
  // Cluster text is hostile: long lines cost, and say nothing more in their tail.
  const head = line.slice(0, 1000);
  for (const { symptom, regex } of PATTERNS) {
    const groups = regex.exec(head)?.groups;
    if (!groups) continue;
    const isAddress = groups.host !== undefined && /^\d{1,3}(\.\d{1,3}){3}$/.test(groups.host);
    const ip = groups.ip ?? (isAddress ? groups.host : undefined);
    return {
      symptom,
      line: line.trimEnd(),
      ...(groups.host && !isAddress ? { host: groups.host.toLowerCase() } : {}),
      ...(ip ? { ip } : {}),
      ...(groups.port ? { port: Number(groups.port) } : {}),
    };
  }
  return undefined;
}

/** The last non-empty lines, oldest first. */
export function lastLines(text: string, count: number): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count);
}

/**
 * Lines that follow the one that says what happened: frames of a stack, the text of a usage, and what a shell or a
 * runtime adds about the end of its program.
 */
const FOLLOWING = [
  /^\s/,
  /^goroutine \d+ /,
  // A frame of Go: shop.(*Cart).Add(0x0, {0x1, 0x2}).
  /^(?:panic|[\w-]*[./][\w./*()[\]{}-]*)\((?:[\w?.{}-]|, ?)*\)$/,
  /^created by /,
  /^\[signal \w+: /,
  /^exit status \d+$/,
  /^Node\.js v\d/,
  /^usage(?: of \S+)?:/i,
  /^\S+: (?:line )?\d+: +\d+ (?:Aborted|Killed|Segmentation fault|Bus error|Illegal instruction|Terminated)\b/,
];
const TELLING_TAIL = 120;

/** The last line that says what happened, without the stack, usage or obituary behind it. */
export function tellingLine(text: string): string | undefined {
  const lines = lastLines(text, TELLING_TAIL);
  return lines.findLast((line) => !FOLLOWING.some((regex) => regex.test(line.slice(0, 300)))) ?? lines.at(-1);
}

const LISTENING = [
  /\blisten(?:ing|s)?\b[^\n]{0,60}?[:\s](\d{2,5})\b(?!\.)/i,
  /\b(?:started|serving|running|bound)\b[^\n]{0,40}?(?:port|:)\s?(\d{2,5})\b(?!\.)/i,
];

/** The port an application says it listens on, and the line that says so. */
export function listeningPort(text: string): { port: number; line: string } | undefined {
  for (const raw of text.split('\n')) {
    const line = raw.slice(0, 500);
    if (/connection refused|dial tcp|connect to/i.test(line)) continue;
    for (const regex of LISTENING) {
      const port = Number(regex.exec(line)?.[1]);
      if (port >= 1 && port <= 65535) return { port, line: line.trimEnd() };
    }
  }
  return undefined;
}
