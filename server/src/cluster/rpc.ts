/** Typed requests and notifications over a message port: between the language server and its cluster worker. */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { ClientNotifications, Requests, ServerNotifications } from '../protocol.ts';

/** Requests of the protocol that the worker answers. */
export const WORKER_METHODS = [
  'podTriage/contexts',
  'podTriage/namespaces',
  'podTriage/watch',
  'podTriage/pods',
  'podTriage/object',
  'podTriage/lineage',
  'podTriage/events',
  'podTriage/logs',
  'podTriage/followLogs',
  'podTriage/diagnose',
  'podTriage/subjects',
  'podTriage/planTerminal',
  'podTriage/openTerminal',
  'podTriage/closeTerminal',
  'podTriage/planProbe',
  'podTriage/runProbe',
] as const satisfies readonly (keyof Requests)[];
export type WorkerMethod = (typeof WORKER_METHODS)[number];

export type Params<M extends WorkerMethod> = Requests[M]['params'];
export type Answer<M extends WorkerMethod> = Requests[M]['result'];

export type Handlers = {
  [M in WorkerMethod]: (params: Params<M>, signal: AbortSignal) => Promise<Answer<M>>;
};

/** What the worker is started with. */
export interface WorkerStart {
  podTriageWorker: true;
  /** Folder of the message bundles, and the language. */
  messages: string;
  locale: string;
  /** Hashes of credential plugins that the user has allowed. */
  allowedPlugins: string[];
}

type ToWorker =
  | { kind: 'request'; id: number; method: WorkerMethod; params: unknown }
  | { kind: 'cancel'; id: number }
  | { kind: 'notify'; method: keyof ClientNotifications; params: unknown }
  | { kind: 'shutdown' };

type FromWorker =
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'error'; id: number; message: string }
  | { kind: 'notify'; method: keyof ServerNotifications; params: unknown }
  | { kind: 'closed' };

export type NotifyClient = <N extends keyof ServerNotifications>(
  name: N,
  params: ServerNotifications[N],
) => void;

type ClientHandlers = { [N in keyof ClientNotifications]?: (params: ClientNotifications[N]) => void };

/** The worker's side. `onShutdown` may take its time; the port is told when it is done. */
export function serveRequests(
  port: MessagePort,
  handlers: Handlers,
  onNotification: ClientHandlers,
  onShutdown: () => Promise<void>,
): NotifyClient {
  const running = new Map<number, AbortController>();
  const send = (message: FromWorker): void => port.postMessage(message);
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'request': {
        const stop = new AbortController();
        running.set(message.id, stop);
        const handler = handlers[message.method] as (
          params: unknown,
          signal: AbortSignal,
        ) => Promise<unknown>;
        handler(message.params, stop.signal)
          .then(
            (value) => send({ kind: 'answer', id: message.id, value }),
            (error: unknown) => send({ kind: 'error', id: message.id, message: String(error) }),
          )
          .finally(() => running.delete(message.id));
        return;
      }
      case 'cancel':
        running.get(message.id)?.abort(new DOMException('cancelled', 'AbortError'));
        return;
      case 'notify':
        (onNotification[message.method] as ((params: unknown) => void) | undefined)?.(message.params);
        return;
      case 'shutdown':
        for (const stop of running.values()) stop.abort(new DOMException('shutting down', 'AbortError'));
        void onShutdown().finally(() => send({ kind: 'closed' }));
    }
  });
  return (method, params) => send({ kind: 'notify', method, params });
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The worker has ended with requests under way. */
export class WorkerEnded extends Error {}

/** The server's side of one worker. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #onClosed: (() => void) | undefined;
  #ended = false;

  constructor(worker: Worker, onNotification: NotifyClient, onEnd: (error: Error | undefined) => void) {
    this.#worker = worker;
    let failure: Error | undefined;
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'notify') onNotification(message.method, message.params as never);
      else if (message.kind === 'closed') this.#onClosed?.();
      else this.#settle(message);
    });
    worker.on('error', (error) => {
      failure = error as Error;
    });
    worker.on('exit', () => {
      this.#ended = true;
      for (const { reject } of this.#pending.values())
        reject(new WorkerEnded(failure?.message ?? 'worker ended'));
      this.#pending.clear();
      this.#onClosed?.();
      onEnd(failure);
    });
  }

  request<M extends WorkerMethod>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Answer<M>> {
    if (this.#ended) return Promise.reject(new WorkerEnded('worker ended'));
    const id = this.#nextId++;
    const cancel = (): void => this.#send({ kind: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<Answer<M>>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#send({ kind: 'request', id, method, params });
      if (signal?.aborted) cancel();
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  notify<N extends keyof ClientNotifications>(method: N, params: ClientNotifications[N]): void {
    this.#send({ kind: 'notify', method, params });
  }

  /** Lets the worker clean up (debug pods), but not for ever. */
  async close(limitMs: number): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#onClosed = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#send({ kind: 'shutdown' });
    });
    await this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }

  #settle(message: Extract<FromWorker, { kind: 'answer' | 'error' }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'answer') pending?.resolve(message.value);
    else pending?.reject(new Error(message.message));
  }
}
