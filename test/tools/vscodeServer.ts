/** The real VS Code server, from the npm package that carries it: installed once a machine, started on loopback. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CACHE } from './paths.ts';

const VERSION = '4.139.1';
const HOME = join(CACHE, 'vscode-server', `${VERSION}-node${process.versions.node.split('.')[0]}`);
const MAIN = join(HOME, 'lib', 'vscode', 'out', 'server-main.js');
/** Natives that the server cannot start without; the others serve features that are not used here. */
const NATIVES = ['@vscode/spdlog', '@vscode/native-watchdog'];

/** Path of the server's entry; installs it first when it is not there. Throws with what to install when that fails. */
export function installServer(say: (text: string) => void = () => {}): string {
  if (existsSync(MAIN)) return MAIN;
  say(`Installing the VS Code server ${VERSION} into ${HOME} (once, about a minute)…`);
  mkdirSync(dirname(HOME), { recursive: true });
  const scratch = mkdtempSync(join(dirname(HOME), 'install-'));
  try {
    run('npm', ['pack', '--silent', `code-server@${VERSION}`], scratch);
    run('tar', ['xzf', `code-server-${VERSION}.tgz`], scratch);
    const vscode = join(scratch, 'package', 'lib', 'vscode');
    run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscode);
    run('npm', ['rebuild', ...NATIVES], vscode, {
      npm_config_nodedir: join(dirname(process.execPath), '..'),
    });
    renameSync(join(scratch, 'package'), HOME);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return MAIN;
}

function run(command: string, args: string[], cwd: string, env: Record<string, string> = {}): void {
  try {
    execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new Error(
      `The VS Code server could not be installed: "${command} ${args.join(' ')}" failed. It needs npm, tar, python3, make and a C++ compiler.\n${String(stderr ?? error).slice(-2000)}`,
    );
  }
}

export interface RunningServer {
  port: number;
  origin: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Extra flags of the server. */
  flags?: string[];
  env?: Record<string, string>;
  /** A fixed port; a free one when absent. */
  port?: number;
  /** Keeps settings and extensions there instead of in a folder that is deleted at the end. */
  dataFolder?: string;
}

/** Starts the server on loopback and waits until it listens. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const main = installServer((text) => console.error(text));
  const port = options.port ?? (await freePort());
  const data = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'pod-triage-vscode-'));
  const flags = [
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    '--telemetry-level',
    'off',
    '--server-data-dir',
    data,
  ];
  const child = spawn(process.execPath, [main, ...flags, ...(options.flags ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  await listening(child);
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((done) => child.once('exit', done));
      if (!options.dataFolder) rmSync(data, { recursive: true, force: true });
    },
  };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      if (/host agent listening/.test(output)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`The VS Code server ended with ${code} before it listened.\n${output.slice(-2000)}`)),
    );
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
