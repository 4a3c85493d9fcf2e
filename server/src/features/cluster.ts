/** The cluster requests: handed on to a worker thread that is started by the first of them. */
import { Worker } from 'node:worker_threads';
import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import {
  type Answer,
  type NotifyClient,
  type Params,
  WORKER_METHODS,
  WorkerClient,
  WorkerEnded,
  type WorkerMethod,
  type WorkerStart,
} from '../cluster/rpc.ts';
import { t } from '../l10n.ts';
import type { ClientNotifications, Failure, NamespaceView, Result, Source } from '../protocol.ts';

export interface ClusterDeps {
  /** False in an untrusted workspace: snapshots are read, clusters are not. */
  isTrusted(): boolean;
  /** The cluster bundle, or its source when run from the tree. */
  workerFile: string;
  /** Folder of the message bundles. */
  messages: string;
  locale: string;
  log(text: string): void;
}

/** How long a worker may take to delete its debug pods when the server ends. */
const SHUTDOWN_MS = 4000;
const RESTART_AFTER_MS = 30_000;

export interface Cluster {
  /** Ends the worker after it has cleaned up. */
  close(): Promise<void>;
}

/** Registers every request and notification that concerns a cluster. Starts nothing yet. */
export function registerCluster(connection: Connection, deps: ClusterDeps): Cluster {
  let worker: WorkerClient | undefined;
  /** The view that is being watched, and what it showed last: asked for again when the worker had to be replaced. */
  let watched: Source | null = null;
  let shown: NamespaceView | undefined;
  let crashedAt = 0;
  const allowedPlugins = new Set<string>();
  /** Terminals whose streams are in the worker. */
  const terminals = new Set<string>();

  const notifyClient: NotifyClient = (method, params) => {
    if (method === 'podTriage/namespaceChanged') shown = params as NamespaceView;
    if (method === 'podTriage/terminalExit') terminals.delete((params as { id: string }).id);
    void connection.sendNotification(method, params);
  };

  const start = (): WorkerClient => {
    const data: WorkerStart = {
      podTriageWorker: true,
      messages: deps.messages,
      locale: deps.locale,
      allowedPlugins: [...allowedPlugins],
    };
    const started = new WorkerClient(
      new Worker(deps.workerFile, { workerData: data }),
      notifyClient,
      (error) => {
        if (worker !== started) return;
        worker = undefined;
        if (error) onCrash(error);
      },
    );
    return started;
  };

  /** The tree keeps what it showed, marked as old; one new worker is tried, and no more in quick succession. */
  const onCrash = (error: Error): void => {
    deps.log(`The cluster worker ended: ${error.stack ?? error.message}`);
    const again = Date.now() - crashedAt > RESTART_AFTER_MS;
    crashedAt = Date.now();
    for (const id of [...terminals])
      notifyClient('podTriage/terminalExit', { id, failure: crashed(error.message) });
    if (!watched) return;
    const last = shown ?? { source: watched, state: 'stale', workloads: [], gaps: [] };
    notifyClient('podTriage/namespaceChanged', { ...last, state: 'stale', failure: crashed(error.message) });
    if (!again) return;
    worker = start();
    worker.request('podTriage/watch', { source: watched }).catch((cause: Error) => deps.log(cause.message));
  };

  const answer = async <M extends WorkerMethod>(
    method: M,
    params: Params<M>,
    token: CancellationToken,
  ): Promise<Answer<M>> => {
    if (!deps.isTrusted() && touchesCluster(method, params)) return refused(untrusted()) as Answer<M>;
    if (method === 'podTriage/watch') watched = (params as Params<'podTriage/watch'>).source;
    const stop = new AbortController();
    const subscription = token.onCancellationRequested(() => stop.abort());
    try {
      worker ??= start();
      const value = await worker.request(method, params, stop.signal);
      if (method === 'podTriage/openTerminal' && (value as Result<unknown>).ok)
        terminals.add((params as Params<'podTriage/openTerminal'>).id);
      if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      return value;
    } catch (error) {
      if (error instanceof WorkerEnded) return refused(crashed(error.message)) as Answer<M>;
      throw error;
    } finally {
      subscription.dispose();
    }
  };

  for (const method of WORKER_METHODS)
    connection.onRequest(method, (params: Params<typeof method>, token: CancellationToken) =>
      answer(method, params, token),
    );
  const forward = <N extends keyof ClientNotifications>(name: N): void => {
    connection.onNotification(name, (params: ClientNotifications[N]) => worker?.notify(name, params));
  };
  forward('podTriage/terminalInput');
  forward('podTriage/terminalRead');
  forward('podTriage/terminalResize');
  forward('podTriage/stopPlugin');
  connection.onNotification(
    'podTriage/allowPlugin',
    (params: ClientNotifications['podTriage/allowPlugin']) => {
      if (params.allow) allowedPlugins.add(params.id);
      worker?.notify('podTriage/allowPlugin', params);
    },
  );

  let closed: Promise<void> | undefined;
  return {
    close: () => {
      closed ??= worker?.close(SHUTDOWN_MS) ?? Promise.resolve();
      worker = undefined;
      return closed;
    },
  };
}

/** A snapshot is a folder of files: reading it runs nothing and reaches nobody. */
function touchesCluster(method: WorkerMethod, params: unknown): boolean {
  if (method === 'podTriage/closeTerminal') return false;
  const { source, folder } = params as { source?: Source | null; folder?: string };
  if (method === 'podTriage/namespaces') return folder === undefined;
  return source === undefined || source?.kind === 'context';
}

const refused = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });

const untrusted = (): Failure => ({
  code: 'untrusted',
  message: t('Pod Triage touches no cluster in an untrusted workspace; trust it to go on.'),
});

const crashed = (detail: string): Failure => ({
  code: 'lost',
  message: t('The connection to the cluster ended unexpectedly; refresh to start it again.'),
  detail,
});
