import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlive, startTicksOf } from './processes.ts';
import { until } from './run.ts';

interface Holder {
  pid: number;
  startTicks: string;
}

const WAIT_SECONDS = 45 * 60;

/** Lets one `up` or `down` at a time work on a cluster; a second one waits. A holder that died holds nothing. */
export async function withLock<T>(
  stateDir: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const file = `${stateDir}.lock`;
  let told = false;
  await until(`Another command finishing with ${stateDir}`, WAIT_SECONDS, async () => {
    const holder = readHolder(file);
    if (holder && isAlive(holder.pid, holder.startTicks)) {
      if (!told) say(`Waiting for process ${holder.pid}, which is busy with this cluster`);
      told = true;
      return undefined;
    }
    if (holder) rmSync(file, { force: true });
    return take(file) ? true : undefined;
  });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** The file appears with its content or not at all: a link to one that is already written. */
function take(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}`;
  writeFileSync(
    own,
    JSON.stringify({ pid: process.pid, startTicks: startTicksOf(process.pid) ?? '' } satisfies Holder),
  );
  try {
    linkSync(own, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
