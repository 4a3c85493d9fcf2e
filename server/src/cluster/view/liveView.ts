/** One namespace of a live cluster while somebody looks at it. */
import type { Gap } from '../../core/diagnosis/observed.ts';
import type { ObjectRef } from '../../core/kube/ref.ts';
import { t } from '../../l10n.ts';
import type { Failure, NamespaceView, PodRow, Source } from '../../protocol.ts';
import type { KubeClient } from '../client.ts';
import { rbacName, resourceOf } from '../resources.ts';
import { listAndWatch } from '../watch.ts';
import { NamespaceModel, VIEW_KINDS } from './namespaceModel.ts';

/** At most five updates a second reach the tree. */
const COALESCE_MS = 200;
/** Ages and "for too long" change by themselves. */
const TICK_MS = 15_000;

/** Warnings of pods make the rows' last words; without them the rows still stand. */
const STREAMS = [
  ...VIEW_KINDS.map((kind) => ({ kind, selection: {} })),
  { kind: 'Event', selection: { fieldSelector: 'type=Warning,involvedObject.kind=Pod' } },
];

export class LiveView {
  readonly source: Source;
  readonly #client: KubeClient;
  readonly #send: (view: NamespaceView) => void;
  readonly #model: NamespaceModel;
  readonly #stop = new AbortController();
  /** Kinds whose first answer has not come yet. */
  readonly #pending = new Set(STREAMS.map(({ kind }) => kind));
  readonly #gaps = new Map<string, Gap>();
  readonly #lost = new Map<string, Failure>();
  #hasPods = false;
  #failure: Failure | undefined;
  #asOf = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastSent = '';
  readonly #tick: NodeJS.Timeout;

  constructor(source: Source, client: KubeClient, send: (view: NamespaceView) => void) {
    this.source = source;
    this.#client = client;
    this.#send = send;
    this.#model = new NamespaceModel(source.namespace);
    for (const { kind, selection } of STREAMS) void this.#follow(kind, selection);
    this.#tick = setInterval(() => this.#changed(), TICK_MS);
    this.#changed();
  }

  /** True when pods are there to be asked for: those of the first page while others are on their way. */
  get isReady(): boolean {
    return this.#hasPods && this.#failure === undefined;
  }

  /** What is shown, when all of it is there and as the server has it. */
  whole(): { model: NamespaceModel; now: number } | undefined {
    if (this.#pending.size > 0 || this.#lost.size > 0 || this.#failure) return undefined;
    return { model: this.#model, now: this.#client.now() };
  }

  pods(workload?: ObjectRef): PodRow[] {
    return this.#model.podRows(this.#client.now(), workload);
  }

  close(): void {
    this.#stop.abort(new DOMException('view closed', 'AbortError'));
    clearTimeout(this.#timer);
    clearInterval(this.#tick);
  }

  #follow(kind: string, selection: { fieldSelector?: string }): Promise<void> {
    const resource = resourceOf(kind);
    if (!resource) return Promise.resolve();
    let refill = this.#model.refill(kind);
    let read = 0;
    const alive = (): void => {
      this.#asOf = this.#client.now();
      this.#lost.delete(kind);
      this.#pending.delete(kind);
      this.#changed();
    };
    return listAndWatch(
      this.#client,
      resource,
      { ...selection, namespace: this.source.namespace },
      {
        onListing: () => {
          refill = this.#model.refill(kind);
          read = 0;
        },
        onPage: (objects) => {
          refill.add(objects);
          read += objects.length;
          if (kind === 'Pod') this.#hasPods = true;
          this.#changed();
        },
        onListed: (left) => {
          refill.end();
          this.#gaps.delete(kind);
          if (left > 0)
            this.#gaps.set(kind, {
              kind,
              namespace: this.source.namespace,
              reason: 'not-evaluated',
              detail: t('{read} were read, {left} were not', { read, left }),
            });
          alive();
        },
        onChange: (type, object) => {
          if (type === 'DELETED') this.#model.remove(object);
          else this.#model.upsert(object);
          alive();
        },
        onLive: alive,
        onLost: (failure) => {
          this.#pending.delete(kind);
          this.#lost.set(kind, failure);
          this.#changed();
        },
        onRefused: (failure) => {
          this.#pending.delete(kind);
          // Without pods there is nothing to show; without anything else there is.
          if (kind === 'Pod') this.#failure = failure;
          else if (failure.code === 'forbidden' || failure.code === 'not-found')
            this.#gaps.set(kind, {
              kind,
              namespace: this.source.namespace,
              reason: failure.code === 'forbidden' ? 'forbidden' : 'unavailable',
              detail: `needs list, watch ${rbacName(resource)}`,
            });
          else this.#lost.set(kind, failure);
          this.#changed();
        },
      },
      this.#stop.signal,
    );
  }

  #changed(): void {
    if (this.#stop.signal.aborted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, COALESCE_MS);
  }

  #draw(): void {
    const view = this.#view();
    // The time of the last answer alone is no news.
    const content = JSON.stringify({ ...view, asOf: view.state === 'stale' ? view.asOf : '' });
    if (content === this.#lastSent) return;
    this.#lastSent = content;
    this.#send(view);
  }

  #view(): NamespaceView {
    const lost = this.#lost.get('Pod') ?? [...this.#lost.values()][0];
    const failure = this.#failure ?? lost;
    return {
      source: this.source,
      state: this.#state(),
      workloads: this.#model.workloadRows(this.#client.now()),
      gaps: [...this.#gaps.values()],
      ...(failure ? { failure } : {}),
      ...(this.#asOf > 0 ? { asOf: new Date(this.#asOf).toISOString() } : {}),
    };
  }

  #state(): NamespaceView['state'] {
    if (this.#failure) return this.#asOf > 0 && this.#failure.code !== 'forbidden' ? 'stale' : 'error';
    // Never reached at all: an error, although attempts go on.
    if (this.#lost.has('Pod')) return this.#asOf > 0 ? 'stale' : 'error';
    if (this.#pending.size > 0) return 'loading';
    if (this.#lost.size > 0) return 'stale';
    return this.#gaps.size > 0 ? 'partial' : 'ready';
  }
}
