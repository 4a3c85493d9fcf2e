/** The worker thread: one service, one port, consent for credential plugins. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadMessages } from '../l10n.ts';
import type { PluginConsent, PluginHost, PluginRequest } from './execPlugin.ts';
import { type NotifyClient, serveRequests, type WorkerStart } from './rpc.ts';
import { ClusterService } from './service.ts';

/** True when this thread was started to be the worker. */
export const isWorker = (): boolean => (workerData as Partial<WorkerStart> | null)?.podTriageWorker === true;

export function runWorker(): void {
  const port = parentPort;
  if (!port) throw new Error('not in a worker thread');
  const { messages, locale, allowedPlugins } = workerData as WorkerStart;
  loadMessages(messages, locale);
  let notify: NotifyClient = () => {};
  const plugins = new Plugins(allowedPlugins, (method, params) => notify(method, params));
  const service = new ClusterService((method, params) => notify(method, params), plugins);
  notify = serveRequests(
    port,
    service.handlers,
    {
      'podTriage/terminalInput': ({ id, data }) => service.terminals.input(id, data),
      'podTriage/terminalRead': ({ id, bytes }) => service.terminals.read(id, bytes),
      'podTriage/terminalResize': ({ id, columns, rows }) => service.terminals.resize(id, columns, rows),
      'podTriage/allowPlugin': ({ id, allow }) => plugins.answer(id, allow),
      'podTriage/stopPlugin': ({ id }) => plugins.stop(id),
    },
    () => service.close(),
  );
}

/** Asks once for each plugin, by its hash, and remembers a yes; lets the user end one that waits, by its run. */
class Plugins implements PluginHost {
  readonly #allowed: Set<string>;
  readonly #notify: NotifyClient;
  readonly #open = new Map<string, (allow: boolean) => void>();
  /** Runs that wait: two contexts may run one plugin at a time. */
  readonly #runs = new Map<PluginRequest, { id: string; stop: () => void }>();
  #lastRun = 0;

  constructor(allowed: readonly string[], notify: NotifyClient) {
    this.#allowed = new Set(allowed);
    this.#notify = notify;
  }

  consent: PluginConsent = (request, signal) => {
    const { hash, command, args, file } = request;
    if (this.#allowed.has(hash)) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      this.#open.set(hash, resolve);
      // Nobody waits any more: the next attempt asks again.
      const drop = (): void => {
        if (this.#open.get(hash) === resolve) this.#open.delete(hash);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', drop, { once: true });
      this.#notify('podTriage/pluginConsent', { id: hash, command, args, file });
    });
  };

  answer(id: string, allow: boolean): void {
    if (allow) this.#allowed.add(id);
    this.#open.get(id)?.(allow);
    this.#open.delete(id);
  }

  onWaiting(request: PluginRequest, words: string, stop: () => void): void {
    const { id } = this.#runs.get(request) ?? { id: String(++this.#lastRun) };
    this.#runs.set(request, { id, stop });
    this.#notify('podTriage/pluginWaits', { id, command: request.command, words });
  }

  onEnded(request: PluginRequest): void {
    const run = this.#runs.get(request);
    this.#runs.delete(request);
    if (run) this.#notify('podTriage/pluginEnded', { id: run.id });
  }

  stop(id: string): void {
    for (const run of this.#runs.values()) if (run.id === id) run.stop();
  }
}
