/** What the Cluster view knows: the chosen source, its workloads, the pods that were asked for. Reads only while visible. */
import * as vscode from 'vscode';
import type { ObjectRef } from '../../../server/src/core/kube/ref.ts';
import type {
  Failure,
  Health,
  NamespaceView,
  PodRow,
  Source,
  WorkloadRow,
} from '../../../server/src/protocol.ts';
import type { Server } from '../server/connection.ts';
import { isSource, sourceKey } from './source.ts';

export interface NodeRow {
  ref: ObjectRef;
  health: Health;
  status: string;
}

/** Pods of one workload as far as they were read. */
export interface PodPage {
  pods: PodRow[];
  total: number;
}

/** How many pods one step of the tree shows. */
export const PAGE = 200;
const SETTLE_MS = 250;
const REMEMBERED = 'podTriage.source';

export class ClusterModel implements vscode.Disposable {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<{ whole: boolean }>();
  /** `whole` is false when nothing but the rows of the same source may have changed. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];
  readonly #limits = new Map<string, number>();
  #source: Source | undefined;
  #view: NamespaceView | undefined;
  #failure: Failure | undefined;
  #visible = false;
  #timer: NodeJS.Timeout | undefined;
  #whole = false;
  filter = '';

  constructor(server: Server, memory: vscode.Memento) {
    this.#server = server;
    this.#memory = memory;
    const remembered = memory.get(REMEMBERED);
    this.#source = isSource(remembered) ? remembered : undefined;
    this.#subscriptions = [
      server.on('podTriage/namespaceChanged', (view) => this.#receive(view)),
      this.#changed,
    ];
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** The last answer for the chosen source. */
  get view(): NamespaceView | undefined {
    return this.#view;
  }

  /** Why there is nothing to show, when asking itself failed. */
  get failure(): Failure | undefined {
    return this.#failure ?? (this.#view?.state === 'error' ? this.#view.failure : undefined);
  }

  /** Workloads that pass the filter. */
  get workloads(): WorkloadRow[] {
    const rows = this.#view?.workloads ?? [];
    const filter = this.filter.toLowerCase();
    if (filter === '') return rows;
    return rows.filter(({ ref, summary }) =>
      `${ref.kind}/${ref.name} ${summary}`.toLowerCase().includes(filter),
    );
  }

  /** Moves the view. A choice of the user is remembered for the workspace. */
  async show(source: Source, { remember = true } = {}): Promise<void> {
    const same = this.#source !== undefined && sourceKey(this.#source) === sourceKey(source);
    this.#source = source;
    this.#failure = undefined;
    if (!same) {
      this.#view = undefined;
      this.#limits.clear();
      this.filter = '';
    }
    if (remember) await this.#memory.update(REMEMBERED, source);
    this.#announce();
    if (this.#visible) await this.#watch();
  }

  /** Looks at nothing, until something is chosen. */
  async forget(): Promise<void> {
    this.#source = undefined;
    this.#view = undefined;
    this.#failure = undefined;
    await this.#memory.update(REMEMBERED, undefined);
    if (this.#visible) await this.#server.ask('podTriage/watch', { source: null });
    this.#announce();
  }

  /** Says that there is nothing to look at, and why. */
  fail(failure: Failure): void {
    this.#failure = failure;
    this.#announce();
  }

  async setVisible(visible: boolean): Promise<void> {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible && this.#source) await this.#watch();
    if (!visible && this.#source) await this.#server.ask('podTriage/watch', { source: null });
  }

  /** Reads again from the start. */
  async refresh(): Promise<void> {
    this.#failure = undefined;
    if (!this.#source) return;
    await this.#server.ask('podTriage/watch', { source: null });
    await this.#watch();
  }

  setFilter(text: string): void {
    this.filter = text;
    this.#announce();
  }

  /** Pods of a workload, as many as were asked for so far. */
  async pods(workload: WorkloadRow): Promise<PodPage | Failure> {
    const source = this.#source;
    if (!source) return { pods: [], total: 0 };
    const limit = this.#limits.get(workload.uid) ?? PAGE;
    const answer = await this.#server.ask('podTriage/pods', {
      source,
      workload: workload.ref,
      offset: 0,
      limit,
    });
    return answer.ok ? answer.value : answer.failure;
  }

  showMore(workload: WorkloadRow): void {
    this.#limits.set(workload.uid, (this.#limits.get(workload.uid) ?? PAGE) + PAGE);
    this.#announce();
  }

  /** Workloads with more pods than the tree shows of them. */
  get cutOff(): { workload: WorkloadRow; rest: number }[] {
    return this.workloads
      .map((workload) => ({ workload, rest: workload.pods - (this.#limits.get(workload.uid) ?? PAGE) }))
      .filter(({ rest }) => rest > 0);
  }

  async nodes(): Promise<NodeRow[] | Failure> {
    const source = this.#source;
    if (!source) return [];
    const answer = await this.#server.ask('podTriage/subjects', { source, kinds: ['Node'] });
    return answer.ok ? answer.value : answer.failure;
  }

  async events(ref: ObjectRef, token?: vscode.CancellationToken): Promise<string[]> {
    const source = this.#source;
    if (!source) return [];
    const answer = await this.#server.ask('podTriage/events', { source, ref }, token);
    return answer.ok ? answer.value : [];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const each of this.#subscriptions) each.dispose();
  }

  async #watch(): Promise<void> {
    const source = this.#source;
    if (!source) return;
    const answer = await this.#server.ask('podTriage/watch', { source });
    if (!answer.ok && this.#source && sourceKey(this.#source) === sourceKey(source))
      this.fail(answer.failure);
  }

  #receive(view: NamespaceView): void {
    // Answers about a namespace that was left behind arrive late.
    if (!this.#source || sourceKey(view.source) !== sourceKey(this.#source)) return;
    const sameRows = this.#failure === undefined && this.#view?.state === view.state;
    this.#view = view;
    this.#failure = undefined;
    this.#announce(!sameRows);
  }

  /** A rollout changes many objects at once; the tree is drawn once, and never later because more changes come. */
  #announce(whole = true): void {
    this.#whole ||= whole;
    this.#timer ??= setTimeout(() => {
      const change = { whole: this.#whole };
      this.#timer = undefined;
      this.#whole = false;
      this.#changed.fire(change);
    }, SETTLE_MS);
  }
}
