/** A cluster worker whose requests, bytes and memory are counted, asked through its real port. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  type Answer,
  type Params,
  WorkerClient,
  type WorkerMethod,
  type WorkerStart,
} from '../../server/src/cluster/rpc.ts';
import type { NamespaceView } from '../../server/src/protocol.ts';
import { BYTES, type CountedStart, PEAK_MEMORY, REQUESTS } from './clusterWorker.ts';

export interface Cost {
  requests: number;
  bytes: number;
  ms: number;
  /** The most memory the thread held meanwhile. */
  peakBytes: number;
}

type Value<M extends WorkerMethod> = Extract<Answer<M>, { ok: true }>['value'];

/** Longer than the worker's sampling of its counters. */
const SETTLE_MS = 30;
const LIMIT_MS = 120_000;

export class CountedWorker {
  readonly #counters = new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
  readonly #client: WorkerClient;
  #onView: (view: NamespaceView) => void = () => {};

  constructor() {
    const workerData: WorkerStart & CountedStart = {
      podTriageWorker: true,
      messages: '',
      locale: 'en',
      allowedPlugins: [],
      counters: this.#counters,
    };
    this.#client = new WorkerClient(
      new Worker(new URL('clusterWorker.ts', import.meta.url), { workerData }),
      (method, params) => {
        if (method === 'podTriage/namespaceChanged') this.#onView(params as NamespaceView);
      },
      (error) => {
        if (error) throw error;
      },
    );
  }

  async ask<M extends WorkerMethod>(method: M, params: Params<M>): Promise<Value<M>> {
    const answer = await this.#client.request(method, params);
    if (!answer.ok) throw new Error(`${method}: ${answer.failure.message}`);
    return answer.value as Value<M>;
  }

  /** The next view that is as wanted. */
  view(wanted: (view: NamespaceView) => boolean): Promise<NamespaceView> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The view did not come.')), LIMIT_MS);
      this.#onView = (view) => {
        if (view.failure) reject(new Error(view.failure.message));
        if (!wanted(view)) return;
        clearTimeout(timer);
        resolve(view);
      };
    });
  }

  /** What `work` costs, from an idle worker on. */
  async cost(work: () => Promise<unknown>): Promise<Cost> {
    await sleep(SETTLE_MS);
    const before = this.#counters.slice();
    this.#counters[PEAK_MEMORY] = 0;
    const start = performance.now();
    await work();
    const ms = performance.now() - start;
    await sleep(SETTLE_MS);
    const since = (place: number): number => (this.#counters[place] ?? 0) - (before[place] ?? 0);
    return {
      requests: since(REQUESTS),
      bytes: since(BYTES),
      ms,
      peakBytes: this.#counters[PEAK_MEMORY] ?? 0,
    };
  }

  close(): Promise<void> {
    return this.#client.close(5000);
  }
}
