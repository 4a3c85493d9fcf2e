/** Runs exec credential plugins: without a shell, with a time limit, and only after the user agreed. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { t } from '../l10n.ts';
import { type ClusterError, fail } from './failure.ts';
import { findExecutable } from './findExecutable.ts';
import type { ClusterEntry, Environment, ExecPlugin } from './kubeconfig.ts';
import { policyAllows, readPluginPolicy } from './kuberc.ts';

export interface PluginRequest {
  /** Same command, arguments and file: same hash. */
  hash: string;
  /** Absolute path of what would run. */
  command: string;
  args: string[];
  /** The kubeconfig that asks for it. */
  file: string;
}

/** Asks the user whether a plugin may run. */
export type PluginConsent = (request: PluginRequest, signal: AbortSignal) => Promise<boolean>;

/** Who is asked about plugins, and told of one that does not answer at once. */
export interface PluginHost {
  consent: PluginConsent;
  /**
   * It runs for a while now: what it has said so far, a sign-in perhaps. Called again when it says more.
   * `stop` ends it; whoever waits for its answer gets a failure.
   */
  onWaiting?(request: PluginRequest, words: string, stop: () => void): void;
  /** One that was waited for is over, however it ended. */
  onEnded?(request: PluginRequest): void;
}

export interface PluginCredential {
  token?: string;
  cert?: string;
  key?: string;
  /** Milliseconds; absent when it does not expire. */
  expiresAt?: number;
}

export interface PluginOptions {
  host: PluginHost;
  environment: Environment;
  signal: AbortSignal;
  /** A person may have to finish a sign-in in a browser. */
  timeoutMs?: number;
  /** After so long without an answer the host is told. */
  patienceMs?: number;
}

const TIMEOUT_MS = 60_000;
const PATIENCE_MS = 3000;
/** Words that come together are told together. */
const GATHER_MS = 100;
const MAX_OUTPUT = 1024 * 1024;
const API_VERSION = /^client\.authentication\.k8s\.io\/(v1|v1beta1)$/;

const pluginFailure = (message: string, detail?: string): ClusterError =>
  fail({ code: 'exec-plugin', message, ...(detail ? { detail } : {}) });

/** Runs the plugin and reads its answer. Throws `exec-plugin` failures, and the signal's reason. */
export async function runPlugin(
  plugin: ExecPlugin,
  cluster: ClusterEntry,
  caData: string | undefined,
  options: PluginOptions,
): Promise<PluginCredential> {
  const { command } = plugin;
  if (!API_VERSION.test(plugin.apiVersion))
    throw pluginFailure(
      t(
        'Credential plugin {command} speaks {version}, which is not supported; use client.authentication.k8s.io/v1.',
        {
          command,
          version: plugin.apiVersion || '""',
        },
      ),
    );
  if (plugin.interactiveMode === 'Always')
    throw pluginFailure(
      t('Credential plugin {command} wants a terminal of its own; sign in with it in a terminal first.', {
        command,
      }),
    );
  const env = pluginEnvironment(plugin, cluster, caData, options.environment);
  const file = await findExecutable(command, env.PATH);
  if (file === undefined)
    throw pluginFailure(
      t(
        'Credential plugin {command} is not on the PATH of this process; install it, or start the editor from a shell that has it.',
        {
          command,
        },
      ),
      plugin.installHint ?? `PATH=${env.PATH ?? ''}`,
    );
  if (!(await policyAllows(await readPluginPolicy(options.environment), file, env.PATH)))
    throw pluginFailure(
      t('Credential plugin {command} is refused by credentialPluginPolicy in the kuberc file.', { command }),
    );
  const hash = createHash('sha256')
    .update(JSON.stringify([file, plugin.args, plugin.file]))
    .digest('hex');
  const request: PluginRequest = { hash, command: file, args: plugin.args, file: plugin.file };
  if (!(await options.host.consent(request, options.signal)))
    throw pluginFailure(t('Credential plugin {command} was not allowed to run.', { command }));
  const output = await capture(request, env, options);
  return readCredential(output, plugin);
}

function pluginEnvironment(
  plugin: ExecPlugin,
  cluster: ClusterEntry,
  caData: string | undefined,
  { env }: Environment,
): Record<string, string | undefined> {
  const clusterInfo = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.insecure || undefined,
    'certificate-authority-data': caData,
    'proxy-url': cluster.proxyUrl,
    config: cluster.execConfig,
  };
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: clusterInfo } : {}) },
  };
  return {
    ...env,
    ...Object.fromEntries(plugin.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
}

function capture(
  request: PluginRequest,
  env: Record<string, string | undefined>,
  { host, signal, timeoutMs = TIMEOUT_MS, patienceMs = PATIENCE_MS }: PluginOptions,
): Promise<string> {
  const { command: file, args } = request;
  let resolve: (output: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<string>((onDone, onError) => {
    [resolve, reject] = [onDone, onError];
  });
  const child = spawn(file, args, {
    shell: false,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let output = '';
  let words = '';
  // A plugin may start helpers that hold its pipes open: killing it must not wait for them.
  const stop = (error: Error): void => {
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
    reject(error);
  };
  let isWaitedFor = false;
  let telling: NodeJS.Timeout | undefined;
  const said = (): string => words.trim().slice(-400);
  const stopped = (): void =>
    stop(
      pluginFailure(
        t('Credential plugin {command} was stopped before it answered.', { command: file }),
        said(),
      ),
    );
  const tell = (): void => {
    isWaitedFor = true;
    telling = undefined;
    host.onWaiting?.(request, said(), stopped);
  };
  telling = setTimeout(tell, patienceMs);
  const timer = setTimeout(() => {
    stop(
      fail({
        code: 'exec-plugin',
        message: t(
          'Credential plugin {command} did not finish within {seconds} s; it may wait for a sign-in.',
          {
            command: file,
            seconds: timeoutMs / 1000,
          },
        ),
        ...(words ? { detail: said() } : {}),
      }),
    );
  }, timeoutMs);
  const onAbort = (): void => stop(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (output.length > MAX_OUTPUT)
      stop(pluginFailure(t('Credential plugin {command} wrote more than 1 MB.', { command: file })));
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-4096);
    if (isWaitedFor) telling ??= setTimeout(tell, GATHER_MS);
  });
  child.on('error', (error) =>
    reject(
      pluginFailure(t('Credential plugin {command} could not be started.', { command: file }), error.message),
    ),
  );
  child.on('close', (code, killed) => {
    if (code === 0) return resolve(output);
    reject(
      pluginFailure(
        t('Credential plugin {command} failed with {code}; run it in a terminal to see why.', {
          command: file,
          code: code ?? killed ?? '',
        }),
        said(),
      ),
    );
  });
  return promise.finally(() => {
    clearTimeout(timer);
    clearTimeout(telling);
    if (isWaitedFor) host.onEnded?.(request);
    signal.removeEventListener('abort', onAbort);
  });
}

function readCredential(output: string, plugin: ExecPlugin): PluginCredential {
  let answer: { apiVersion?: string; kind?: string; status?: Record<string, unknown> };
  try {
    answer = JSON.parse(output) as typeof answer;
  } catch {
    // The output may hold a secret: it is not quoted.
    throw pluginFailure(
      t('Credential plugin {command} did not answer with JSON.', { command: plugin.command }),
    );
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = answer?.status ?? {};
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  const [bearer, cert, key] = [text(token), text(clientCertificateData), text(clientKeyData)];
  if (
    answer?.kind !== 'ExecCredential' ||
    answer.apiVersion !== plugin.apiVersion ||
    (!bearer && !(cert && key))
  )
    throw pluginFailure(
      t('Credential plugin {command} gave no ExecCredential of {version} with a token or a certificate.', {
        command: plugin.command,
        version: plugin.apiVersion,
      }),
    );
  const expires = Date.parse(text(expirationTimestamp) ?? '');
  return {
    ...(bearer ? { token: bearer } : {}),
    ...(cert && key ? { cert, key } : {}),
    ...(Number.isNaN(expires) ? {} : { expiresAt: expires }),
  };
}
