import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SetupError } from './setupError.ts';

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Answer with the output instead of failing when the command does. */
  allowFailure?: boolean;
}

/** Runs one command to its end and answers with what it printed. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [command = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (cause) => {
      if (options.allowFailure) resolve('');
      else reject(new SetupError(`${command} could not be started: ${cause.message}`));
    });
    child.on('close', (code, signal) => {
      const text = Buffer.concat(out).toString();
      if (code === 0 || options.allowFailure) return resolve(text);
      const tail = Buffer.concat(err).toString().trim().split('\n').slice(-12).join('\n');
      reject(new SetupError(`${argv.join(' ')} ended with ${signal ?? code}: ${tail || text.trim()}`));
    });
    // A command that does not read its input closes the pipe: no reason to fail.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The search path with the system folders that an ordinary user's shell often lacks. */
export function searchPath(extra: readonly string[] = []): string {
  const own = (process.env.PATH ?? '').split(':').filter(Boolean);
  return [...new Set([...extra, ...own, ...SYSTEM_FOLDERS])].join(':');
}

export function findCommand(name: string): string | undefined {
  return searchPath()
    .split(':')
    .map((folder) => `${folder}/${name}`)
    .find((file) => existsSync(file));
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until the answer is something, or the time is over. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined>,
  hint: () => string = () => '',
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last = '';
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (cause) {
      last = cause instanceof Error ? cause.message : String(cause);
    }
    await sleep(200);
  }
  throw new SetupError(
    [`${what} did not happen within ${seconds} s.`, last, hint()].filter(Boolean).join(' '),
  );
}
