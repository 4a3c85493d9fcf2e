/** The command line: picks the command, turns errors into one line and an exit code. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadMessages, localeOf, t } from '../l10n.ts';
import { cases } from './cases.ts';
import { type CliIO, UsageError } from './io.ts';
import { lint } from './lint.ts';

const USAGE = `pod-triage lint [--format text|json|sarif|junit|github] [--profile default|strict|pss-restricted]
                [--enable IDS|all] [--disable IDS] [--config FILE] [--kubernetes-version 1.36]
                [--fix] [--fail-on error|warning|info|hint] PATH...|-
pod-triage diagnose KIND/NAME -n NS [--context C | --from SNAPSHOT] [--format text|json|markdown]
                [--stats]   reads kubelet statistics; that needs get nodes/proxy, which can do far more than read
                [--probe [--yes] [--probe-image IMAGE]]
pod-triage scan [-n NS | -A] [--context C | --from SNAPSHOT] [--format text|json]
pod-triage snapshot --out DIR [-n NS] [--for KIND/NAME] [--context C]
pod-triage cases [ID]
pod-triage lsp
`;

type Command = (args: string[], io: CliIO) => number | Promise<number>;

const CLUSTER_COMMANDS = ['diagnose', 'scan', 'snapshot'] as const;

const COMMANDS: Record<string, Command> = {
  lint,
  cases,
  lsp: async () => {
    // The connection takes its streams from this flag.
    process.argv.push('--stdio');
    await import('../main.ts');
    return new Promise(() => {});
  },
  help: (_args, io) => {
    io.out(USAGE);
    return 0;
  },
};
for (const name of CLUSTER_COMMANDS)
  COMMANDS[name] = async (args, io) => {
    // What talks to clusters is a bundle of its own: linting starts without it.
    const { clusterCommands } = await import('../cluster/entry.ts');
    return clusterCommands[name](args, io);
  };

async function main(argv: string[]): Promise<number> {
  const io: CliIO = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(`${text}\n`),
    cwd: process.cwd(),
    env: process.env,
    // npm links the command: the files lie beside the real one.
    root: join(dirname(realpathSync(process.argv[1] ?? '.')), '..'),
    readStdin: async () => {
      process.stdin.setEncoding('utf8');
      let text = '';
      for await (const chunk of process.stdin) text += chunk;
      return text;
    },
    // Asked for when it is needed: a lint has no use for the streams.
    get confirm() {
      return process.stdin.isTTY && process.stderr.isTTY ? confirm : undefined;
    },
  };
  loadMessages(join(io.root, 'dist', 'l10n'), localeOf(io.env));
  const [name = 'help', ...args] = argv;
  const command = COMMANDS[name === '--help' || name === '-h' ? 'help' : name];
  if (!command) {
    io.err(t('There is no command {name}; pod-triage help lists them.', { name }));
    return 2;
  }
  try {
    return await command(args, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(`pod-triage: ${error.message}`);
    return 2;
  }
}

// The reader may leave early (`pod-triage cases | head`): the end of a program that SIGPIPE stops, not a crash.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});
/** On standard error: standard output is for results. Anything but yes is no. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^(y|yes)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
