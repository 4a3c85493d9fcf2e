/** Sends calls to an API server: credentials, sockets, time limits, the cluster's clock, errors as failures. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { t } from '../l10n.ts';
import { type Query, urlOf } from './address.ts';
import { bodyOf, parseJson } from './answer.ts';
import type { Connection, Prepared } from './connection.ts';
import { fromNetwork, fromStatus, type Purpose, timedOut } from './failure.ts';
import { pause } from './pause.ts';

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
const MAX_RETRIES = 2;

/** Every call has a time limit and can be aborted; what it throws carries a `Failure`. */
export class Transport {
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

const retryAfterMs = (response: IncomingMessage): number =>
  Math.min(Number(response.headers['retry-after'] ?? 1) || 1, 5) * 1000;
