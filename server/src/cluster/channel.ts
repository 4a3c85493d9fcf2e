/**
 * The streams of attach and exec over a WebSocket: one byte of channel, then data
 * (https://kubernetes.io/docs/reference/using-api/deprecation-guide/ names the protocols; the frames are those of
 * k8s.io/apimachinery/pkg/util/remotecommand: 0 stdin, 1 stdout, 2 stderr, 3 status, 4 resize, 255 close).
 */
import type { ClientRequest } from 'node:http';
import WebSocket from 'ws';
import { t } from '../l10n.ts';
import { type Query, urlOf } from './address.ts';
import type { KubeClient } from './client.ts';
import { fail, failureOf, fromNetwork, fromStatus, type Purpose, timedOut } from './failure.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const [STDIN, STDOUT, STDERR, STATUS, RESIZE] = [0, 1, 2, 3, 4];
const HANDSHAKE_MS = 15_000;
/**
 * As kubectl has them: a ping often enough for every proxy in between, and patience with a server under load. What
 * counts is pings without an answer, not time: after a laptop's sleep the answers are there and only not read yet.
 */
const PING_MS = 5000;
const MAX_UNANSWERED = 12;
/** A pool may hold several sockets that the server has closed in the meantime. */
const MAX_STALE = 3;

/** How the stream ended. `status` is absent when the connection broke; `why` then says what was seen of that. */
export interface ChannelEnd {
  status?: { isSuccess: boolean; exitCode?: number; message: string };
  why?: string;
  /** Bytes written after the server was heard last: they may not have arrived. */
  unconfirmed?: number;
}

export interface ChannelHandlers {
  onOutput(bytes: Buffer): void;
  onEnd(end: ChannelEnd): void;
}

export interface Channel {
  write(bytes: Buffer): void;
  resize(columns: number, rows: number): void;
  /** Stops reading, so that the other side has to wait, until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Opens the streams; resolves when the server has agreed. Throws failures like any call. */
export async function openChannel(
  client: KubeClient,
  call: { path: string; query: Query; purpose: Purpose },
  handlers: ChannelHandlers,
  signal: AbortSignal,
  pingMs = PING_MS,
): Promise<Channel> {
  const { server } = client.connection;
  const url = urlOf(server, call.path, call.query);
  url.protocol = server.protocol === 'https:' ? 'wss:' : 'ws:';
  for (let attempt = 1; ; attempt++) {
    const { agent, headers } = await client.connection.prepare(signal);
    let sent: ClientRequest | undefined;
    const socket = new WebSocket(url, PROTOCOLS, {
      agent,
      headers: headers as Record<string, string>,
      handshakeTimeout: HANDSHAKE_MS,
      perMessageDeflate: false,
      finishRequest: (request) => {
        sent = request;
        request.end();
      },
    });
    // Listens from the start: the first frames may come together with the server's agreement.
    const channel = new OpenChannel(socket, handlers, pingMs);
    try {
      await opened(socket, server.origin, call.purpose, signal);
      return channel;
    } catch (error) {
      // The server closed a pooled socket at the moment it was taken again: nothing was asked yet.
      const isStale = sent?.reusedSocket === true && failureOf(error).code === 'unreachable';
      if (!isStale || attempt > MAX_STALE || signal.aborted) throw error;
    }
  }
}

function opened(socket: WebSocket, server: string, purpose: Purpose, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
      socket.terminate();
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (run: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      run();
    };
    socket.once('open', () => settle(resolve));
    // Refused with an answer: the body is a Status object.
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < 65_536) body += chunk;
      });
      response.on('end', () =>
        settle(() => reject(fromStatus(response.statusCode ?? 500, body, server, purpose))),
      );
    });
    socket.on('error', (error) =>
      settle(() =>
        reject(
          /handshake has timed out/.test(error.message)
            ? timedOut(t('The API server {server}', { server }), HANDSHAKE_MS / 1000)
            : /subprotocol|Unexpected server response|Invalid/.test(error.message)
              ? fail({
                  code: 'refused',
                  message: t(
                    '{server} does not open WebSockets for this; a proxy in between may not let them through.',
                    {
                      server,
                    },
                  ),
                  detail: error.message,
                })
              : fromNetwork(error, server),
        ),
      ),
    );
  });
}

class OpenChannel implements Channel {
  readonly #socket: WebSocket;
  #status: ChannelEnd['status'];
  #wasOpen = false;
  #unanswered = 0;
  #unconfirmed = 0;
  #broke: string | undefined;
  #pings: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, handlers: ChannelHandlers, pingMs: number) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(toBuffer(data), handlers));
    socket.on('pong', () => this.#heard());
    socket.on('ping', () => this.#heard());
    // The close event follows every error; what broke is told with it.
    socket.on('error', (error) => {
      this.#broke ??= error.message;
    });
    socket.on('close', (code, reason) => {
      clearInterval(this.#pings);
      // A handshake that failed is told by the promise of the opening.
      if (this.#wasOpen) handlers.onEnd(this.#endOf(code, reason.toString('utf8')));
    });
    socket.on('open', () => {
      this.#wasOpen = true;
      this.#heard();
      this.#pings = setInterval(() => this.#ping(pingMs), pingMs);
    });
  }

  write(bytes: Buffer): void {
    this.#unconfirmed += bytes.length;
    this.#send(STDIN, bytes);
  }

  resize(columns: number, rows: number): void {
    this.#send(RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.resume();
    this.#socket.close();
    // A peer that is gone does not answer the closing handshake.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  #send(channel: number | undefined, bytes: Buffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN || channel === undefined) return;
    this.#socket.send(Buffer.concat([Uint8Array.of(channel), bytes]));
  }

  #receive(frame: Buffer, handlers: ChannelHandlers): void {
    const data = frame.subarray(1);
    this.#heard();
    // Channels that a later protocol adds are nothing to fall over.
    if (frame[0] === STDOUT || frame[0] === STDERR) {
      if (data.length > 0) handlers.onOutput(data);
    } else if (frame[0] === STATUS) this.#status = statusOf(data);
  }

  #heard(): void {
    this.#unanswered = 0;
    this.#unconfirmed = 0;
  }

  #ping(pingMs: number): void {
    // While nothing is read, no answer is read either.
    if (this.#socket.isPaused) return;
    if (this.#unanswered >= MAX_UNANSWERED) {
      this.#broke = t('nothing was heard for {seconds} s', { seconds: (MAX_UNANSWERED * pingMs) / 1000 });
      this.#socket.terminate();
      return;
    }
    this.#unanswered++;
    this.#socket.ping();
  }

  #endOf(code: number, reason: string): ChannelEnd {
    if (this.#status) return { status: this.#status };
    return {
      why: this.#broke ?? `WebSocket ${[code, reason].filter(Boolean).join(' ')}`,
      ...(this.#unconfirmed > 0 ? { unconfirmed: this.#unconfirmed } : {}),
    };
  }
}

const toBuffer = (data: WebSocket.RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);

function statusOf(data: Buffer): NonNullable<ChannelEnd['status']> {
  try {
    const status = JSON.parse(data.toString('utf8')) as {
      status?: string;
      message?: string;
      details?: { causes?: { reason?: string; message?: string }[] };
    };
    const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
    return {
      isSuccess: status.status === 'Success',
      message: status.message ?? '',
      ...(code === undefined ? {} : { exitCode: Number(code) }),
    };
  } catch {
    return { isSuccess: false, message: data.toString('utf8').slice(0, 200) };
  }
}
