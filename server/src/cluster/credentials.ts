/** The credentials of a kubeconfig's user: embedded, from files, or from a plugin, whose answer is kept until it expires. */
import { readFile } from 'node:fs/promises';
import { t } from '../l10n.ts';
import { type PluginCredential, type PluginHost, runPlugin } from './execPlugin.ts';
import { fail } from './failure.ts';
import type { ClusterEntry, Environment, UserEntry } from './kubeconfig.ts';

/** Token files are rewritten in place by those who own them. */
const TOKEN_FILE_MS = 60_000;
/** Credentials are renewed a little before they expire. */
const EXPIRY_MARGIN_MS = 30_000;

/** Embedded data wins over a file, as in kubectl. */
export async function fileOrData(
  file: string | undefined,
  data: string | undefined,
  kubeconfig: string,
): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : readNamed(file, kubeconfig);
}

async function readNamed(file: string, kubeconfig: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fail({
      code: 'invalid-kubeconfig',
      message: t('Kubeconfig {kubeconfig} names the file {file}, which cannot be read.', {
        kubeconfig,
        file,
      }),
      detail: (error as Error).message,
    });
  }
}

interface Known {
  headers: Record<string, string | string[]>;
  tls: { cert?: string; key?: string };
}

interface Run {
  result: Promise<PluginCredential>;
  waiting: number;
  stop: AbortController;
}

/** Runs nothing before it is asked. */
export class Credentials {
  readonly #user: UserEntry | undefined;
  readonly #cluster: ClusterEntry;
  readonly #plugins: PluginHost;
  readonly #environment: Environment;
  #plugin: PluginCredential | undefined;
  /** One run serves all that wait for it; it goes on while one of them still waits. */
  #running: Run | undefined;
  #tokenFile: { token: string; readAt: number } | undefined;

  constructor(
    user: UserEntry | undefined,
    cluster: ClusterEntry,
    plugins: PluginHost,
    environment: Environment,
  ) {
    this.#user = user;
    this.#cluster = cluster;
    this.#plugins = plugins;
    this.#environment = environment;
  }

  async get(signal: AbortSignal): Promise<Known> {
    const user = this.#user;
    if (!user) return { headers: {}, tls: {} };
    const headers: Known['headers'] = {};
    const tls: Known['tls'] = {};
    const cert = await fileOrData(user.certFile, user.certData, user.file);
    const key = await fileOrData(user.keyFile, user.keyData, user.file);
    if (cert && key) Object.assign(tls, { cert, key });
    const token = user.tokenFile ? await this.#tokenFromFile(user.tokenFile, user.file) : user.token;
    if (token) headers.authorization = `Bearer ${token}`;
    else if (user.username !== undefined)
      headers.authorization = `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    if (user.exec && !token && !tls.cert) {
      const credential = await this.#fromPlugin(signal);
      if (credential.token) headers.authorization = `Bearer ${credential.token}`;
      if (credential.cert && credential.key)
        Object.assign(tls, { cert: credential.cert, key: credential.key });
    }
    const as = user.impersonate;
    if (as) {
      headers['impersonate-user'] = as.user;
      if (as.uid) headers['impersonate-uid'] = as.uid;
      if (as.groups.length > 0) headers['impersonate-group'] = as.groups;
      for (const [name, values] of Object.entries(as.extra))
        headers[`impersonate-extra-${encodeURIComponent(name)}`] = values;
    }
    return { headers, tls };
  }

  forget(): boolean {
    const had = this.#plugin !== undefined || this.#tokenFile !== undefined;
    this.#plugin = undefined;
    this.#tokenFile = undefined;
    return had;
  }

  async #tokenFromFile(file: string, kubeconfig: string): Promise<string> {
    if (this.#tokenFile && Date.now() - this.#tokenFile.readAt < TOKEN_FILE_MS) return this.#tokenFile.token;
    const token = (await readNamed(file, kubeconfig)).trim();
    this.#tokenFile = { token, readAt: Date.now() };
    return token;
  }

  async #fromPlugin(signal: AbortSignal): Promise<PluginCredential> {
    const known = this.#plugin;
    if (known && (known.expiresAt === undefined || known.expiresAt - EXPIRY_MARGIN_MS > Date.now()))
      return known;
    const run = this.#running ?? this.#start();
    run.waiting++;
    const left = (): void => {
      if (--run.waiting === 0) run.stop.abort(new DOMException('nobody waits any more', 'AbortError'));
    };
    return abortable(run.result, signal).finally(left);
  }

  #start(): Run {
    const exec = this.#user?.exec;
    if (!exec) throw new Error('no plugin');
    const stop = new AbortController();
    const result = (async () => {
      const ca = await fileOrData(this.#cluster.caFile, this.#cluster.caData, this.#cluster.file);
      const caData = ca === undefined ? undefined : Buffer.from(ca).toString('base64');
      return runPlugin(exec, this.#cluster, caData, {
        host: this.#plugins,
        environment: this.#environment,
        signal: stop.signal,
      });
    })();
    const run = { result, waiting: 0, stop };
    this.#running = run;
    const settle = (credential?: PluginCredential): void => {
      this.#running = undefined;
      this.#plugin = credential;
    };
    result.then(settle, () => settle());
    return run;
  }
}

/** Rejects with the signal's reason when it aborts first; the promise itself goes on. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
