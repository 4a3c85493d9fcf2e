/** List, then watch, then watch again: keeps a set of objects true for as long as somebody looks. */
import type { KubeObject } from '../core/kube/object.ts';
import type { Failure } from '../protocol.ts';
import type { KubeClient, Selection } from './client.ts';
import { Expired, failureOf } from './failure.ts';
import { pause } from './pause.ts';
import type { ApiResource } from './resources.ts';

export interface WatchHandlers {
  /** A list begins: what it does not bring is gone once `onListed` is called. It may begin again before. */
  onListing(): void;
  onPage(objects: KubeObject[]): void;
  /** `left` objects were too many to be read. */
  onListed(left: number): void;
  onChange(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void;
  /** The set is as the server has it. */
  onLive(): void;
  /** The server does not answer; what is shown is old. Another attempt follows. */
  onLost(failure: Failure): void;
  /** Asking again is of no use until a person does something. */
  onRefused(failure: Failure): void;
}

const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;
/** Server-side limit of a watch: proxies and load balancers cut longer silences without a word. */
const WATCH_SECONDS = 240;

/** Trying again by ourselves would pester a sign-in, an account lock or an audit log. */
const FINAL: ReadonlySet<Failure['code']> = new Set([
  'forbidden',
  'unauthorized',
  'exec-plugin',
  'tls',
  'not-found',
  'invalid',
  'invalid-kubeconfig',
  'internal',
]);

/** Runs until the signal aborts or the server refuses. Never rejects. */
export async function listAndWatch(
  client: KubeClient,
  resource: ApiResource,
  selection: Selection,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  let delay = FIRST_DELAY_MS;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      if (version === undefined) {
        handlers.onListing();
        let last = { resourceVersion: '', left: 0 };
        for await (const { items, ...rest } of client.pages(resource, selection, signal)) {
          handlers.onPage(items);
          last = rest;
        }
        version = last.resourceVersion;
        handlers.onListed(last.left);
      }
      handlers.onLive();
      for await (const event of client.watch(resource, selection, version, signal, WATCH_SECONDS)) {
        if (event.type === 'BOOKMARK') {
          version = event.resourceVersion || version;
          continue;
        }
        version = event.object.metadata.resourceVersion ?? version;
        handlers.onChange(event.type, event.object);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Expired) version = undefined;
      else {
        const failure = failureOf(error);
        if (FINAL.has(failure.code)) {
          handlers.onRefused(failure);
          return;
        }
        handlers.onLost(failure);
      }
    }
    // A watch that lived was no failure; one that ended at once must not become a busy loop.
    if (Date.now() - startedAt > 5000) delay = FIRST_DELAY_MS;
    try {
      await pause(delay * (0.5 + Math.random()), signal);
    } catch {
      return;
    }
    delay = Math.min(delay * 2, MAX_DELAY_MS);
  }
}
