/** The worker thread: one service, one port, consent for credential plugins. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadMessages } from '../l10n.ts';
import type { PluginConsent } from './execPlugin.ts';
import { type NotifyClient, serveRequests, type WorkerStart } from './rpc.ts';
import { ClusterService } from './service.ts';

/** True when this thread was started to be the worker. */
export const isWorker = (): boolean => (workerData as Partial<WorkerStart> | null)?.podTriageWorker === true;

export function runWorker(): void {
  const port = parentPort;
  if (!port) throw new Error('not in a worker thread');
  const { messages, locale, allowedPlugins } = workerData as WorkerStart;
  loadMessages(messages, locale);
  const consents = new Consents(allowedPlugins);
  let notify: NotifyClient = () => {};
  const service = new ClusterService((method, params) => notify(method, params), consents.ask);
  notify = serveRequests(
    port,
    service.handlers,
    {
      'podTriage/terminalInput': ({ id, data }) => service.terminals.input(id, data),
      'podTriage/terminalRead': ({ id, bytes }) => service.terminals.read(id, bytes),
      'podTriage/terminalResize': ({ id, columns, rows }) => service.terminals.resize(id, columns, rows),
      'podTriage/allowPlugin': ({ id, allow }) => consents.answer(id, allow),
    },
    () => service.close(),
  );
  consents.onAsk = ({ hash, command, args, file }) =>
    notify('podTriage/pluginConsent', { id: hash, command, args, file });
}

/** Asks once for each plugin and remembers a yes. The question's id is the plugin's hash. */
class Consents {
  onAsk: (request: Parameters<PluginConsent>[0]) => void = () => {};
  readonly #allowed: Set<string>;
  readonly #open = new Map<string, (allow: boolean) => void>();

  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed);
  }

  ask: PluginConsent = (request, signal) => {
    if (this.#allowed.has(request.hash)) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      this.#open.set(request.hash, resolve);
      // Nobody waits any more: the next attempt asks again.
      const drop = (): void => {
        if (this.#open.get(request.hash) === resolve) this.#open.delete(request.hash);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', drop, { once: true });
      this.onAsk(request);
    });
  };

  answer(id: string, allow: boolean): void {
    if (allow) this.#allowed.add(id);
    this.#open.get(id)?.(allow);
    this.#open.delete(id);
  }
}
