/** A cluster worker with its notifications written down, for tests. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  type Answer,
  type Params,
  WorkerClient,
  type WorkerMethod,
  type WorkerStart,
} from '../../../server/src/cluster/rpc.ts';
import type { ServerNotifications } from '../../../server/src/protocol.ts';

type Name = keyof ServerNotifications;
type Value<M extends WorkerMethod> = Extract<Answer<M>, { ok: true }>['value'];

const LIMIT_MS = 60_000;

/** Asks again and again until it is so. */
export async function until(
  what: string,
  is: () => Promise<boolean> | boolean,
  limitMs = LIMIT_MS,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await is())) {
    if (Date.now() > end) assert.fail(`${what}: not within ${limitMs / 1000} s`);
    await sleep(100);
  }
}

export class WorkerProbe {
  readonly client: WorkerClient;
  readonly #worker: Worker;
  readonly seen: { name: Name; params: unknown }[] = [];
  readonly ended: (Error | undefined)[] = [];
  /** False plays an editor that has not drawn what it was given. */
  draws = true;

  constructor(start: Partial<WorkerStart> = {}, env: NodeJS.ProcessEnv = process.env) {
    const workerData: WorkerStart = {
      podTriageWorker: true,
      messages: '',
      locale: 'en',
      allowedPlugins: [],
      ...start,
    };
    const entry = new URL('../../../server/src/cluster/entry.ts', import.meta.url);
    this.#worker = new Worker(entry, { workerData, env });
    this.client = new WorkerClient(
      this.#worker,
      (name, params) => {
        this.seen.push({ name, params });
        if (name !== 'podTriage/terminalOutput' || !this.draws) return;
        const { id, data } = params as ServerNotifications['podTriage/terminalOutput'];
        this.client.notify('podTriage/terminalRead', { id, bytes: Buffer.from(data, 'base64').length });
      },
      (error) => this.ended.push(error),
    );
  }

  /** The value of an answer; a failure fails the test. */
  async ok<M extends WorkerMethod>(method: M, params: Params<M>): Promise<Value<M>> {
    const answer = await this.client.request(method, params);
    if (!answer.ok) assert.fail(`${method}: ${JSON.stringify(answer.failure)}`);
    return answer.value as Value<M>;
  }

  all<N extends Name>(name: N): ServerNotifications[N][] {
    return this.seen
      .filter((each) => each.name === name)
      .map(({ params }) => params as ServerNotifications[N]);
  }

  /** The newest notification of a name once it is as wanted. */
  async notified<N extends Name>(
    name: N,
    wanted: (params: ServerNotifications[N]) => boolean,
  ): Promise<ServerNotifications[N]> {
    let found: ServerNotifications[N] | undefined;
    await until(`${name} as wanted (last: ${JSON.stringify(this.all(name).at(-1))})`, () => {
      found = this.all(name).at(-1);
      return found !== undefined && wanted(found);
    });
    return found as ServerNotifications[N];
  }

  type(id: string, text: string): void {
    this.client.notify('podTriage/terminalInput', { id, data: Buffer.from(text).toString('base64') });
  }

  output(id: string): string {
    return Buffer.concat(
      this.all('podTriage/terminalOutput')
        .filter((each) => each.id === id)
        .map(({ data }) => Buffer.from(data, 'base64')),
    ).toString('utf8');
  }

  async printed(id: string, pattern: RegExp): Promise<void> {
    try {
      await until(`terminal prints ${pattern}`, () => pattern.test(this.output(id)), 20_000);
    } catch (error) {
      assert.fail(`${(error as Error).message}; it printed ${JSON.stringify(this.output(id))}`);
    }
  }

  /** Ends it as a crash does: nothing is cleaned up. */
  async die(): Promise<void> {
    await this.#worker.terminate();
  }

  close(): Promise<void> {
    return this.client.close(6000);
  }
}
