import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchPath, sleep } from './run.ts';
import { SetupError } from './setupError.ts';

export interface ProcessSpec {
  name: string;
  argv: readonly string[];
  env?: Record<string, string>;
  /** Network namespace to run in. */
  netns?: string;
}

interface ProcessRecord extends ProcessSpec {
  pid: number;
  /** Start time in clock ticks since boot: with the boot's id it tells a recycled pid from ours. */
  startTicks: string;
  boot: string;
}

/** In the environment of every process of a cluster (and so of the shims that containerd starts). */
const MARK = 'POD_TRIAGE_CLUSTER';

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** The fields of /proc/PID/stat after the command name, which may itself hold spaces and brackets. */
function statOf(pid: number): { state: string; startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export const startTicksOf = (pid: number): string | undefined => statOf(pid)?.startTicks;

export function isAlive(pid: number, startTicks: string): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.startTicks === startTicks && stat.state !== 'Z';
}

/** Ends the given processes: asked first, then made to. Only processes that started at the given time. */
async function endAll(
  targets: readonly { pid: number; startTicks: string }[],
  graceMs: number,
): Promise<void> {
  const living = () => targets.filter(({ pid, startTicks }) => isAlive(pid, startTicks));
  const signal = (name: NodeJS.Signals) => {
    for (const { pid } of living()) {
      try {
        process.kill(pid, name);
      } catch {
        // It ended between the look and the signal.
      }
    }
  };
  signal('SIGTERM');
  for (let waited = 0; waited < graceMs && living().length > 0; waited += 50) await sleep(50);
  signal('SIGKILL');
  for (let waited = 0; waited < 5000 && living().length > 0; waited += 50) await sleep(50);
}

/** Ends whatever processes a list of ids names now (of a cgroup or a namespace that is ours). */
export function endPids(pids: readonly number[], graceMs: number): Promise<void> {
  const targets = pids.flatMap((pid) => {
    const stat = statOf(pid);
    return stat && pid !== process.pid ? [{ pid, startTicks: stat.startTicks }] : [];
  });
  return endAll(targets, graceMs);
}

/** The long-running programs of one cluster, each with its record and its log in the state folder. */
export class Processes {
  readonly stateDir: string;
  private readonly records: string;
  readonly logs: string;

  constructor(stateDir: string) {
    this.stateDir = stateDir;
    this.records = join(stateDir, 'processes');
    this.logs = join(stateDir, 'logs');
  }

  start(spec: ProcessSpec): void {
    if (this.isRunning(spec.name)) return;
    mkdirSync(this.records, { recursive: true });
    mkdirSync(this.logs, { recursive: true });
    // `ip netns exec` would mount a new /sys, where the kubelet finds no cgroups: nsenter leaves it alone.
    const enter = spec.netns ? ['nsenter', `--net=/run/netns/${spec.netns}`, '--'] : [];
    const [command = '', ...rest] = [...enter, ...spec.argv];
    const log = openSync(this.logFile(spec.name), 'a');
    const env = { PATH: searchPath(), HOME: this.stateDir, ...spec.env, [MARK]: this.stateDir };
    const child = spawn(command, rest, {
      cwd: this.stateDir,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', () => {});
    child.unref();
    const stat = child.pid === undefined ? undefined : statOf(child.pid);
    if (child.pid === undefined || !stat)
      throw new SetupError(`${spec.name} could not be started (${command}).`);
    const record: ProcessRecord = { ...spec, pid: child.pid, startTicks: stat.startTicks, boot: bootId() };
    writeFileSync(join(this.records, `${spec.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Starts a stopped process again as it was started first. */
  restart(name: string): void {
    const record = this.read(name);
    if (!record) throw new SetupError(`There is no process ${name}; there are: ${this.names().join(', ')}.`);
    this.start(record);
  }

  async stop(name: string, graceMs = 5000): Promise<void> {
    const record = this.read(name);
    if (!record) throw new SetupError(`There is no process ${name}; there are: ${this.names().join(', ')}.`);
    if (record.boot === bootId()) await endAll([record], graceMs);
  }

  names(): string[] {
    try {
      return readdirSync(this.records)
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length))
        .sort();
    } catch {
      return [];
    }
  }

  isRunning(name: string): boolean {
    const record = this.read(name);
    return record !== undefined && record.boot === bootId() && isAlive(record.pid, record.startTicks);
  }

  pidOf(name: string): number | undefined {
    return this.isRunning(name) ? this.read(name)?.pid : undefined;
  }

  logFile(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  lastLines(name: string, count: number): string {
    try {
      return readFileSync(this.logFile(name), 'utf8').trimEnd().split('\n').slice(-count).join('\n');
    } catch {
      return '';
    }
  }

  /** Ends everything that carries this cluster's mark, recorded or not: shims, and what a crash left. */
  async sweep(graceMs: number): Promise<void> {
    const mark = `${MARK}=${this.stateDir}`;
    const pids = readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number)
      .filter((pid) => environOf(pid).includes(mark));
    await endPids(pids, graceMs);
    rmSync(this.records, { recursive: true, force: true });
  }

  private read(name: string): ProcessRecord | undefined {
    try {
      return JSON.parse(readFileSync(join(this.records, `${name}.json`), 'utf8')) as ProcessRecord;
    } catch {
      return undefined;
    }
  }
}

function environOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Somebody else's process, or one that has just ended.
    return [];
  }
}
