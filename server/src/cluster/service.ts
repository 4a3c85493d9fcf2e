/** Answers the protocol's cluster requests. Lives in the worker; knows nothing of LSP. */
import { stringify } from 'yaml';
import { diagnose } from '../core/diagnosis/diagnose.ts';
import { t, translate } from '../l10n.ts';
import type { Result, Source } from '../protocol.ts';
import { readSnapshot, type Snapshot } from '../snapshot/read.ts';
import type { KubeClient } from './client.ts';
import { type ClusterConnections, openConnections } from './connections.ts';
import { eventLines } from './eventLines.ts';
import type { PluginHost } from './execPlugin.ts';
import { fail, failureOf } from './failure.ts';
import { contextInfos, kubeconfigPaths, processEnvironment } from './kubeconfig.ts';
import { KubeconfigWatch } from './kubeconfigWatch.ts';
import { lineageOf } from './lineage.ts';
import { LineBatch } from './logs/batch.ts';
import { followLogs } from './logs/follow.ts';
import { readLogs } from './logs/read.ts';
import { ActiveTests } from './probe/activeTests.ts';
import type { Answer, Handlers, NotifyClient, Params, WorkerMethod } from './rpc.ts';
import { clusterReader, type SourceReader, snapshotReader } from './source.ts';
import { type SubjectRow, subjectRow } from './subjects.ts';
import { Terminals } from './terminal/terminals.ts';
import { LiveView } from './view/liveView.ts';
import { HEALTH_ORDER, NamespaceModel, VIEW_KINDS } from './view/namespaceModel.ts';
import { snapshotPods, snapshotView } from './view/snapshotView.ts';

const SECOND_LOOK_MS = 1000;
const WORKLOADS: ReadonlySet<string> = new Set(VIEW_KINDS);

export class ClusterService {
  readonly handlers: Handlers;
  readonly terminals: Terminals;
  readonly #tests = new ActiveTests();
  readonly #notify: NotifyClient;
  readonly #connections: ClusterConnections;
  readonly #snapshots = new Map<string, Promise<Snapshot>>();
  readonly #watch: KubeconfigWatch;
  #kubeconfig: string | undefined;
  #kubeconfigHash = '';
  #live: LiveView | undefined;
  #shown = 0;

  constructor(notify: NotifyClient, plugins: PluginHost) {
    this.#notify = notify;
    this.#connections = openConnections({ plugins });
    this.#watch = new KubeconfigWatch(() => void this.#kubeconfigTouched());
    this.terminals = new Terminals(notify);
    this.handlers = {
      'podTriage/contexts': guarded((params) => this.#contexts(params)),
      'podTriage/namespaces': guarded(async ({ context, folder, ...files }, signal) => {
        const source: Source =
          folder === undefined
            ? { kind: 'context', context, namespace: '', ...files }
            : { kind: 'snapshot', folder, namespace: '' };
        return (await this.#reader(source)).namespaces(signal);
      }),
      'podTriage/watch': guarded(({ source }) => this.#show(source)),
      'podTriage/pods': guarded((params, signal) => this.#pods(params, signal)),
      'podTriage/object': guarded(async ({ source, ref }, signal) => {
        const object = await (await this.#reader(source)).get(ref, signal);
        return { yaml: stringify(object) };
      }),
      'podTriage/lineage': guarded(async ({ source, ref }, signal) =>
        lineageOf(await this.#reader(source), ref, signal),
      ),
      'podTriage/events': guarded(async ({ source, ref }, signal) => {
        const reader = await this.#reader(source);
        return eventLines(await reader.events(ref, signal), reader.now());
      }),
      'podTriage/logs': guarded(async ({ source, ...log }, signal) =>
        readLogs(await this.#reader(source), log, signal),
      ),
      'podTriage/followLogs': guarded(async ({ id, source, ...log }, signal) => {
        const client = await this.#client(source, t('The log of a snapshot does not grow.'));
        const lines = new LineBatch((text) => this.#notify('podTriage/logText', { id, text }));
        try {
          await followLogs(client, log, lines, signal);
        } finally {
          lines.flush();
        }
        return null;
      }),
      'podTriage/diagnose': guarded((params, signal) => this.#diagnose(params, signal)),
      'podTriage/subjects': guarded((params, signal) => this.#subjects(params, signal)),
      'podTriage/planTerminal': guarded(async ({ source, subject, options }, signal) =>
        this.terminals.plan(await this.#client(source), source, subject, options, signal),
      ),
      'podTriage/openTerminal': guarded(async (params, signal) =>
        this.terminals.open(await this.#client(params.source), params, signal),
      ),
      'podTriage/planProbe': guarded(async ({ id, source, subject, options }, signal) =>
        this.#tests.plan(id, await this.#liveClient(source), subject, options, signal),
      ),
      'podTriage/runProbe': guarded(({ id }, signal) =>
        this.#tests.run(
          id,
          (doing) => this.#notify('podTriage/diagnosisStep', { id, steps: [], doing }),
          signal,
        ),
      ),
      'podTriage/closeTerminal': guarded(async ({ id }) => {
        await this.terminals.close(id);
        return null;
      }),
    };
  }

  async close(): Promise<void> {
    this.#live?.close();
    this.#watch.close();
    await Promise.all([this.terminals.closeAll(), this.#tests.settled()]);
    this.#connections.close();
  }

  async #contexts({ kubeconfig }: Params<'podTriage/contexts'>): Promise<Value<'podTriage/contexts'>> {
    // What the view looks at is followed; somebody who asks about other files does not change that.
    if (this.#live) return contextInfos(await this.#connections.config(kubeconfig || undefined));
    await this.#follow(kubeconfig);
    const config = await this.#connections.config(this.#kubeconfig);
    this.#kubeconfigHash = config.hash;
    return contextInfos(config);
  }

  async #follow(kubeconfig: string | undefined): Promise<void> {
    this.#kubeconfig = kubeconfig || undefined;
    // Until it was read, any content is news.
    this.#kubeconfigHash = '';
    await this.#watch.follow(kubeconfigPaths(this.#kubeconfig, processEnvironment()));
  }

  /** Something happened beside a kubeconfig file: tell only when its content is another. */
  async #kubeconfigTouched(again = false): Promise<void> {
    try {
      const config = await this.#connections.config(this.#kubeconfig);
      if (config.hash === this.#kubeconfigHash) return;
      await this.#follow(this.#kubeconfig);
      this.#kubeconfigHash = config.hash;
      this.#notify('podTriage/kubeconfigChanged', { contexts: contextInfos(config) });
    } catch (error) {
      if (this.#kubeconfigHash === '') return;
      // Half written files come whole a moment later. Files that are gone, or stay broken, are news.
      if (failureOf(error).code !== 'no-kubeconfig' && !again) {
        setTimeout(() => void this.#kubeconfigTouched(true), SECOND_LOOK_MS).unref();
        return;
      }
      this.#kubeconfigHash = '';
      this.#notify('podTriage/kubeconfigChanged', { contexts: [] });
    }
  }

  async #show(source: Source | null): Promise<null> {
    const generation = ++this.#shown;
    this.#live?.close();
    this.#live = undefined;
    if (source === null) return null;
    if (source.kind === 'snapshot') {
      // Looking again reads again: a snapshot may have been made anew.
      this.#snapshots.delete(source.folder);
      this.#notify('podTriage/namespaceChanged', snapshotView(await this.#snapshot(source.folder), source));
      return null;
    }
    await this.#follow(source.kubeconfig);
    this.#kubeconfigHash = (await this.#connections.config(source.kubeconfig)).hash;
    const client = await this.#client(source);
    // A later call has taken over while this one waited.
    if (generation !== this.#shown) return null;
    this.#live = new LiveView(source, client, (view) => this.#notify('podTriage/namespaceChanged', view));
    return null;
  }

  async #pods(
    { source, workload, offset, limit }: Params<'podTriage/pods'>,
    signal: AbortSignal,
  ): Promise<Value<'podTriage/pods'>> {
    const rows = await this.#podRows(source, workload, signal);
    return { pods: rows.slice(offset, offset + limit), total: rows.length };
  }

  async #podRows(source: Source, workload: Params<'podTriage/pods'>['workload'], signal: AbortSignal) {
    if (source.kind === 'snapshot')
      return snapshotPods(await this.#snapshot(source.folder), source.namespace, workload);
    const live = this.#liveFor(source);
    if (live) return live.pods(workload);
    const { model, now } = await this.#modelOf(source, signal);
    return model.podRows(now, workload);
  }

  /** The namespace that is watched, or another read once. Kinds that may not be read leave their pods on their own. */
  async #modelOf(source: Source, signal: AbortSignal): Promise<{ model: NamespaceModel; now: number }> {
    const watched = this.#liveFor(source)?.whole();
    if (watched) return watched;
    const reader = await this.#reader(source);
    const model = new NamespaceModel(source.namespace);
    await Promise.all(
      VIEW_KINDS.map(async (kind) => {
        try {
          model.reset(kind, await reader.list(kind, source.namespace, signal));
        } catch (error) {
          if (kind === 'Pod' || failureOf(error).code !== 'forbidden') throw error;
        }
      }),
    );
    return { model, now: Date.parse(reader.now()) };
  }

  async #subjects(
    { source, kinds }: Params<'podTriage/subjects'>,
    signal: AbortSignal,
  ): Promise<Value<'podTriage/subjects'>> {
    const rows: SubjectRow[] = [];
    const fromModel = kinds.filter((kind) => WORKLOADS.has(kind));
    if (fromModel.length > 0) {
      const { model, now } = await this.#modelOf(source, signal);
      const pods = fromModel.includes('Pod') ? model.podRows(now) : [];
      const workloads = model
        .workloadRows(now)
        .filter(({ ref }) => ref.kind !== 'Pod' && fromModel.includes(ref.kind));
      for (const { ref, health, status, summary } of pods)
        rows.push({ ref, health, status: [status, summary].filter(Boolean).join(' · ') });
      for (const { ref, health, ready, summary } of workloads)
        rows.push({ ref, health, status: [ready, summary].filter(Boolean).join(' · ') });
    }
    const reader = await this.#reader(source);
    const others = kinds.filter((kind) => !WORKLOADS.has(kind));
    const lists = await Promise.all(others.map((kind) => reader.list(kind, source.namespace, signal)));
    rows.push(...lists.flat().map(subjectRow));
    return rows.sort((a, b) => HEALTH_ORDER.indexOf(a.health) - HEALTH_ORDER.indexOf(b.health));
  }

  async #diagnose(
    { id, source, subject }: Params<'podTriage/diagnose'>,
    signal: AbortSignal,
  ): Promise<Value<'podTriage/diagnose'>> {
    const step = (doing: string, steps: Value<'podTriage/diagnose'>['steps'] = []): void =>
      this.#notify('podTriage/diagnosisStep', { id, steps, doing });
    let soFar: Value<'podTriage/diagnose'>['steps'] = [];
    step(t('Connecting'));
    const reader = await this.#reader(source);
    const observed = await reader.observe(subject, {
      signal,
      onStep: (doing) => step(doing, soFar),
      onPartial: (partial) => {
        soFar = diagnose(partial, subject, { translate }).steps;
        step(t('Reading logs'), soFar);
      },
    });
    step(t('Comparing with known faults'), soFar);
    return diagnose(observed, subject, { translate });
  }

  #liveFor(source: Source): LiveView | undefined {
    const live = this.#live;
    if (!live?.isReady || source.kind !== 'context' || live.source.kind !== 'context') return undefined;
    const same = (['context', 'namespace', 'kubeconfig'] as const).every(
      (part) => live.source.kind === 'context' && live.source[part] === source[part],
    );
    return same ? live : undefined;
  }

  async #reader(source: Source): Promise<SourceReader> {
    if (source.kind === 'snapshot') return snapshotReader(await this.#snapshot(source.folder));
    return clusterReader(await this.#client(source));
  }

  async #liveClient(source: Source): Promise<KubeClient> {
    if (source.kind === 'context') return this.#client(source);
    throw fail({
      code: 'invalid',
      message: t('An active test runs in a cluster; a snapshot is a record of one.'),
    });
  }

  /** The client of a context. An empty name is the current context. */
  async #client(
    source: Source,
    otherwise = t('A snapshot has no containers to open a terminal in.'),
  ): Promise<KubeClient> {
    if (source.kind === 'context')
      return this.#connections.client(source.context || undefined, source.kubeconfig);
    throw fail({ code: 'invalid', message: otherwise });
  }

  #snapshot(folder: string): Promise<Snapshot> {
    const known = this.#snapshots.get(folder);
    if (known) return known;
    const read = readSnapshot(folder);
    this.#snapshots.set(folder, read);
    // A folder that could not be read is tried again next time.
    read.catch(() => this.#snapshots.delete(folder));
    return read;
  }
}

type Value<M extends WorkerMethod> = Extract<Answer<M>, { ok: true }>['value'];

/** What a handler throws becomes the failure of its answer: nothing of this crosses the port as an exception. */
function guarded<P, T>(
  handle: (params: P, signal: AbortSignal) => Promise<T>,
): (params: P, signal: AbortSignal) => Promise<Result<T>> {
  return async (params, signal) => {
    try {
      return { ok: true, value: await handle(params, signal) };
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  };
}
