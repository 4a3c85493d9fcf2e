/** The test bed: `npm run cluster -- up | down | status | logs | stop | start`. See README.md. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { down, readInfo, statusOf, up } from './lib/cluster.ts';
import { type Mode, stateDir } from './lib/layout.ts';
import { Processes } from './lib/processes.ts';
import { SetupError } from './lib/setupError.ts';

const USAGE = `Usage: npm run cluster -- COMMAND [--real | --simulated]

  up [--nodes N] [--pods N]
                     build what is missing and start the cluster (N simulated nodes, default 5, and
                     N running pods on them, default none)
  down               take it down and leave nothing behind
  status [--json]    say whether it is up, and where its kubeconfig is
  logs [PROCESS]     print the end of every log, or one log whole
  stop PROCESS       end one process of the cluster, as a fault would
  start PROCESS      start it again

--real is the default for root, --simulated for everybody else.
status, logs, stop and start without a mode mean the cluster that is there; down means both.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    real: { type: 'boolean', default: false },
    simulated: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    nodes: { type: 'string', default: '5' },
    pods: { type: 'string', default: '0' },
  },
});

const say = (line: string): void => console.error(line);
const isRoot = process.getuid?.() === 0;

const named: Mode | undefined = values.real ? 'real' : values.simulated ? 'simulated' : undefined;

/** The mode that was named, else the one that is there, else the one that this user can have. */
function modeMeant(): Mode {
  if (named) return named;
  const there = (['real', 'simulated'] as const).find((mode) => statusOf(mode).kind !== 'down');
  return there ?? (isRoot ? 'real' : 'simulated');
}

function processMeant(): { processes: Processes; name: string } {
  const processes = new Processes(stateDir(modeMeant()));
  const name = positionals[1];
  if (!name)
    throw new SetupError(`Name a process: ${processes.names().join(', ') || 'the cluster is not up'}.`);
  return { processes, name };
}

async function upCommand(): Promise<void> {
  const mode = named ?? (isRoot ? 'real' : 'simulated');
  const nodes = Number(values.nodes);
  if (!Number.isInteger(nodes) || nodes < 1) throw new SetupError('--nodes takes a number of 1 or more.');
  const pods = Number(values.pods);
  if (!Number.isInteger(pods) || pods < 0) throw new SetupError('--pods takes a number.');
  if (mode === 'real' && pods > 0)
    throw new SetupError('--pods is for the simulated cluster: add --simulated.');
  const begin = Date.now();
  const info = await up(mode, { nodes, pods }, say);
  say(`The ${mode} cluster is up (${((Date.now() - begin) / 1000).toFixed(1)} s). Its kubeconfig:`);
  console.log(info.kubeconfig);
}

async function downCommand(): Promise<void> {
  for (const mode of named ? [named] : (['real', 'simulated'] as const)) await down(mode, say);
  say('Nothing is left.');
}

function statusCommand(): void {
  const mode = modeMeant();
  const status = statusOf(mode);
  const processes = new Processes(stateDir(mode));
  if (values.json) {
    const running = processes.names().map((name) => ({ name, pid: processes.pidOf(name) ?? null }));
    console.log(
      JSON.stringify({ status: status.kind, ...(readInfo(mode) ?? { mode }), processes: running }, null, 2),
    );
    return;
  }
  console.log(`${mode}: ${status.kind}`);
  if (status.kind === 'broken')
    console.log(`stopped: ${status.stopped.join(', ') || 'it never came up whole'}`);
  if (status.kind === 'up')
    console.log(`kubeconfig: ${status.info.kubeconfig}\ncontext: ${status.info.context}`);
}

function logsCommand(): void {
  const processes = new Processes(stateDir(modeMeant()));
  const name = positionals[1];
  if (name) {
    spawnSync('cat', [processes.logFile(name)], { stdio: 'inherit' });
    return;
  }
  for (const each of processes.names()) console.log(`==> ${each} <==\n${processes.lastLines(each, 10)}\n`);
}

const commands: Record<string, () => void | Promise<void>> = {
  up: upCommand,
  down: downCommand,
  status: statusCommand,
  logs: logsCommand,
  stop: async () => {
    const { processes, name } = processMeant();
    await processes.stop(name);
  },
  start: () => {
    const { processes, name } = processMeant();
    processes.restart(name);
  },
};

const command = commands[positionals[0] ?? ''];
if (values.help || !command) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  try {
    await command();
  } catch (cause) {
    if (!(cause instanceof SetupError)) throw cause;
    say(cause.message);
    process.exitCode = 2;
  }
}
