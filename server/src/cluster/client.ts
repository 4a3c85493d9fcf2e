/** Typed reads of an API server. Every call has a time limit and can be aborted; errors carry a `Failure`. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import type { KubeObject } from '../core/kube/object.ts';
import { t } from '../l10n.ts';
import type { Connection, Prepared } from './connection.ts';
import { Expired, fail, fromNetwork, fromStatus, type Purpose, timedOut } from './failure.ts';
import { containerName, namespaceSegment, pathSegment } from './names.ts';
import { type ApiResource, rbacName } from './resources.ts';
import { slim } from './slim.ts';

export interface Selection {
  namespace?: string | undefined;
  labelSelector?: string;
  fieldSelector?: string;
  /** Names, labels and owners only; how the existence of a Secret is known without its values. */
  metadataOnly?: boolean;
}

export interface Listed {
  items: KubeObject[];
  resourceVersion: string;
  /** Objects that were left out because of the cap. */
  left: number;
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  | { type: 'BOOKMARK'; resourceVersion: string };

/** A list repeats its name: `command=a&command=b`. */
export type Query = Record<string, string | string[] | undefined>;

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Query;
  body?: unknown;
  contentType?: string;
  accept?: string;
  purpose: Purpose;
  signal: AbortSignal;
  timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const PAGE = 500;
/** A namespace with more objects of a kind than this is read in part, and the rest is named as not read. */
const MAX_ITEMS = 20_000;
const MAX_BODY = 128 * 1024 * 1024;
const MAX_RETRIES = 2;

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

export class KubeClient {
  readonly connection: Connection;
  readonly #timeoutMs: number;
  /** Cluster's clock minus ours, from the last `Date` header. */
  #clockOffset = 0;

  constructor(connection: Connection, timeoutMs = TIMEOUT_MS) {
    this.connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** Now by the cluster's clock, in milliseconds. */
  now(): number {
    return Date.now() + this.#clockOffset;
  }

  async serverVersion(signal: AbortSignal): Promise<string> {
    const purpose = { verb: 'get', resource: '/version' };
    const { gitVersion } = await this.json<{ gitVersion?: string }>({
      method: 'GET',
      path: '/version',
      purpose,
      signal,
    });
    return gitVersion ?? '';
  }

  /** Reads all pages of a list, up to `max` objects. Throws a failure, never an incomplete list without saying so. */
  async list(
    resource: ApiResource,
    selection: Selection,
    signal: AbortSignal,
    max = MAX_ITEMS,
  ): Promise<Listed> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#pages(resource, selection, signal, max);
      } catch (error) {
        // The continue token outlived its snapshot: once more from the start.
        if (!(error instanceof Expired) || attempt > MAX_RETRIES) throw expiredToFailure(error);
      }
    }
  }

  async #pages(
    resource: ApiResource,
    selection: Selection,
    signal: AbortSignal,
    max: number,
  ): Promise<Listed> {
    const items: KubeObject[] = [];
    let token: string | undefined;
    for (;;) {
      const page = await this.json<RawList>({
        method: 'GET',
        path: pathTo(resource, selection.namespace),
        query: { ...selectors(selection), limit: String(Math.min(PAGE, max)), continue: token },
        accept: selection.metadataOnly ? METADATA_LIST : 'application/json',
        purpose: purposeOf('list', resource, selection.namespace),
        signal,
      });
      const meta = page.metadata ?? {};
      for (const item of page.items ?? []) items.push(slim(item, resource));
      token = meta.continue || undefined;
      if (token !== undefined && items.length < max) continue;
      const left = token === undefined ? 0 : (meta.remainingItemCount ?? 1);
      return { items, resourceVersion: meta.resourceVersion ?? '', left };
    }
  }

  /** One object. Throws `not-found` when it is not there. */
  async get(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
    signal: AbortSignal,
    metadataOnly = false,
  ): Promise<KubeObject> {
    const object = await this.json<KubeObject>({
      method: 'GET',
      path: `${pathTo(resource, namespace)}/${pathSegment(name)}`,
      accept: metadataOnly ? METADATA : 'application/json',
      purpose: purposeOf('get', resource, namespace),
      signal,
    });
    return slim(object, resource);
  }

  /** Changes after `resourceVersion`, until the server ends the watch. Throws `Expired` on 410. */
  async *watch(
    resource: ApiResource,
    selection: Selection,
    resourceVersion: string,
    signal: AbortSignal,
    timeoutSeconds = 240,
  ): AsyncGenerator<WatchEvent> {
    const response = await this.open({
      method: 'GET',
      path: pathTo(resource, selection.namespace),
      query: {
        ...selectors(selection),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(timeoutSeconds),
      },
      purpose: purposeOf('watch', resource, selection.namespace),
      signal,
    });
    // A server that dies without closing the connection sends nothing: the socket's own limit ends it.
    response.socket.setTimeout((timeoutSeconds + 15) * 1000, () => response.destroy());
    try {
      for await (const line of linesOf(response)) {
        const event = parseJson<RawEvent>(line, this.connection.server);
        if (event.type === 'ERROR') {
          const status = event.object as unknown as { code?: number };
          throw fromStatus(
            status.code ?? 500,
            line,
            this.connection.server.origin,
            purposeOf('watch', resource, selection.namespace),
          );
        }
        if (event.type === 'BOOKMARK')
          yield { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' };
        else yield { type: event.type, object: slim(event.object, resource) };
      }
    } catch (error) {
      throw signal.aborted ? error : fromNetwork(error, this.connection.server.origin);
    } finally {
      response.destroy();
    }
  }

  /** The last lines of a container's log. */
  async logs(
    namespace: string,
    pod: string,
    container: string,
    options: { previous: boolean; tail: number; limitBytes?: number },
    signal: AbortSignal,
  ): Promise<string> {
    const { text } = await this.text({
      method: 'GET',
      path: `/api/v1/namespaces/${namespaceSegment(namespace)}/pods/${pathSegment(pod)}/log`,
      query: {
        container: containerName(container),
        previous: options.previous ? 'true' : undefined,
        tailLines: String(options.tail),
        limitBytes: String(options.limitBytes ?? 256 * 1024),
      },
      accept: 'text/plain, application/json',
      purpose: { verb: 'get', resource: 'pods/log', namespace },
      signal,
    });
    return text;
  }

  async json<T>(call: Call): Promise<T> {
    const { text } = await this.text(call);
    return parseJson<T>(text, this.connection.server);
  }

  /** Sends a call and reads its whole answer within the time limit. */
  text(call: Call): Promise<{ text: string; status: number }> {
    return this.#answer(call, async (response) => ({
      text: await bodyOf(response),
      status: response.statusCode ?? 0,
    }));
  }

  /** Sends a call whose answer is a stream; its head has arrived, within the time limit, when this resolves. */
  open(call: Call): Promise<IncomingMessage> {
    return this.#answer(call, (response) => Promise.resolve(response));
  }

  /** Renews refused credentials once, and waits when the server asks for it. */
  async #answer<T>(call: Call, read: (response: IncomingMessage) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      // Outside the time limit: a credential plugin may wait for a person.
      const prepared = await this.connection.prepare(call.signal);
      const outcome = await this.#attempt(call, prepared, read);
      if (outcome.kind === 'done') return outcome.value;
      const { status, body, retryAfterMs } = outcome;
      const again = attempt <= MAX_RETRIES;
      if (again && status === 401 && this.connection.renew()) continue;
      if (!again || status !== 429)
        throw fromStatus(status, body, this.connection.server.origin, call.purpose);
      await pause(retryAfterMs, call.signal);
    }
  }

  async #attempt<T>(
    call: Call,
    prepared: Prepared,
    read: (response: IncomingMessage) => Promise<T>,
  ): Promise<
    { kind: 'done'; value: T } | { kind: 'failed'; status: number; body: string; retryAfterMs: number }
  > {
    const { origin } = this.connection.server;
    const ms = call.timeoutMs ?? this.#timeoutMs;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ms);
    try {
      const signal = AbortSignal.any([call.signal, limit.signal]);
      const response = await this.#send({ ...call, signal }, prepared);
      const status = response.statusCode ?? 0;
      const date = Date.parse(response.headers.date ?? '');
      // The header has whole seconds: on average half a second has passed since.
      if (!Number.isNaN(date)) this.#clockOffset = date + 500 - Date.now();
      if (status >= 200 && status < 300) return { kind: 'done', value: await read(response) };
      return { kind: 'failed', status, body: await bodyOf(response), retryAfterMs: retryAfterMs(response) };
    } catch (error) {
      if (call.signal.aborted) throw call.signal.reason;
      if (limit.signal.aborted) throw timedOut(t('The API server {server}', { server: origin }), ms / 1000);
      throw fromNetwork(error, origin);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(call: Call, { agent, headers }: Prepared): Promise<IncomingMessage> {
    const { connection } = this;
    const url = urlOf(connection.server, call.path, call.query);
    const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
    const { request } = url.protocol === 'https:' ? https : http;
    const once = (): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const sent = request(url, {
          method: call.method,
          agent,
          signal: call.signal,
          headers: {
            ...headers,
            accept: call.accept ?? 'application/json',
            'user-agent': 'pod-triage',
            ...(connection.compression ? { 'accept-encoding': 'gzip' } : {}),
            ...(payload === undefined
              ? {}
              : {
                  'content-type': call.contentType ?? 'application/json',
                  'content-length': Buffer.byteLength(payload),
                }),
          },
        });
        sent.once('response', resolve);
        sent.once('error', (error) =>
          // The server closed an idle connection at the moment it was taken again.
          reject(
            sent.reusedSocket && call.method === 'GET' ? new StaleSocket('stale', { cause: error }) : error,
          ),
        );
        sent.end(payload);
      });
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof StaleSocket) || call.signal.aborted) throw error;
      return once().catch((again: unknown) => {
        throw again instanceof StaleSocket ? again.cause : again;
      });
    }
  }
}

class StaleSocket extends Error {}

interface RawList {
  metadata?: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items?: KubeObject[];
}

interface RawEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

/** `/apis/apps/v1/namespaces/shop/deployments`. Throws `invalid` for a namespace that is none. */
export function pathTo(resource: ApiResource, namespace: string | undefined): string {
  const root = resource.group ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  return resource.namespaced && namespace !== undefined
    ? `${root}/namespaces/${namespaceSegment(namespace)}/${resource.plural}`
    : `${root}/${resource.plural}`;
}

export const purposeOf = (verb: string, resource: ApiResource, namespace: string | undefined): Purpose => ({
  verb,
  resource: rbacName(resource),
  ...(resource.namespaced && namespace !== undefined ? { namespace } : {}),
});

/** The server's address may have a path of its own (Rancher, kcp). */
export function urlOf(server: URL, path: string, query: Query = {}): URL {
  const url = new URL(server.href);
  url.pathname = server.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of Object.entries(query))
    for (const each of value === undefined ? [] : [value].flat()) url.searchParams.append(name, each);
  return url;
}

const selectors = ({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> => ({
  labelSelector,
  fieldSelector,
});

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(response)) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) {
      response.destroy();
      throw fail({
        code: 'refused',
        message: t('The answer of the API server is larger than {size} MB.', { size: 128 }),
      });
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const decoded = (response: IncomingMessage): AsyncIterable<unknown> =>
  response.headers['content-encoding'] === 'gzip'
    ? // Unlike `pipe`, this carries a broken connection on to the reader.
      pipeline(response, createGunzip(), () => {})
    : response;

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of decoded(response)) {
    rest += decoder.write(chunk as Buffer);
    let end = rest.indexOf('\n');
    if (end < 0) continue;
    let start = 0;
    for (; end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.slice(start, end);
      if (line.trim() !== '') yield line;
      start = end + 1;
    }
    rest = rest.slice(start);
  }
}

function parseJson<T>(text: string, server: URL): T {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null) return data as T;
  } catch {
    // Answered below: what came is not what an API server sends.
  }
  throw fail({
    code: 'refused',
    message: t(
      '{server} answers, but not as a Kubernetes API server; a login page or a proxy may stand in between.',
      {
        server: server.origin,
      },
    ),
    detail: text.slice(0, 120),
  });
}

function expiredToFailure(error: unknown): unknown {
  if (!(error instanceof Expired)) return error;
  return fail({
    code: 'lost',
    message: t('The list changed faster than it could be read; try again.'),
    detail: error.message,
  });
}

const retryAfterMs = (response: IncomingMessage): number =>
  Math.min(Number(response.headers['retry-after'] ?? 1) || 1, 5) * 1000;

/** Waits, or rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
