/**
 * The streams of attach and exec over a WebSocket: one byte of channel, then data
 * (https://kubernetes.io/docs/reference/using-api/deprecation-guide/ names the protocols; the frames are those of
 * k8s.io/apimachinery/pkg/util/remotecommand: 0 stdin, 1 stdout, 2 stderr, 3 status, 4 resize, 255 close).
 */
import WebSocket from 'ws';
import { t } from '../l10n.ts';
import { type Query, urlOf } from './address.ts';
import type { KubeClient } from './client.ts';
import { fail, fromNetwork, fromStatus, type Purpose, timedOut } from './failure.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const [STDIN, STDOUT, STDERR, STATUS, RESIZE] = [0, 1, 2, 3, 4];
const HANDSHAKE_MS = 15_000;
const PING_MS = 20_000;

/** How the stream ended. `status` is absent when the connection broke. */
export interface ChannelEnd {
  status?: { isSuccess: boolean; exitCode?: number; message: string };
}

export interface ChannelHandlers {
  onOutput(bytes: Buffer): void;
  onEnd(end: ChannelEnd): void;
}

export interface Channel {
  write(bytes: Buffer): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

/** Opens the streams; resolves when the server has agreed. Throws failures like any call. */
export async function openChannel(
  client: KubeClient,
  call: { path: string; query: Query; purpose: Purpose },
  handlers: ChannelHandlers,
  signal: AbortSignal,
): Promise<Channel> {
  const { server } = client.connection;
  const { agent, headers } = await client.connection.prepare(signal);
  const url = urlOf(server, call.path, call.query);
  url.protocol = server.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, PROTOCOLS, {
    agent,
    headers: headers as Record<string, string>,
    handshakeTimeout: HANDSHAKE_MS,
    perMessageDeflate: false,
  });
  // Listens from the start: the first frames may come together with the server's agreement.
  const channel = new OpenChannel(socket, handlers);
  await opened(socket, server.origin, call.purpose, signal);
  return channel;
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
  readonly #handlers: ChannelHandlers;
  #status: ChannelEnd['status'];
  #alive = true;
  #wasOpen = false;
  #pings: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, handlers: ChannelHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.on('message', (data) => this.#receive(toBuffer(data)));
    socket.on('pong', () => {
      this.#alive = true;
    });
    // The close event follows every error and says all there is to say.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(this.#pings);
      // A handshake that failed is told by the promise of the opening.
      if (this.#wasOpen) handlers.onEnd(this.#status ? { status: this.#status } : {});
    });
    socket.on('open', () => {
      this.#wasOpen = true;
      this.#pings = setInterval(() => this.#ping(), PING_MS);
    });
  }

  write(bytes: Buffer): void {
    this.#send(STDIN, bytes);
  }

  resize(columns: number, rows: number): void {
    this.#send(RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  }

  close(): void {
    this.#socket.close();
    // A peer that is gone does not answer the closing handshake.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  #send(channel: number | undefined, bytes: Buffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN || channel === undefined) return;
    this.#socket.send(Buffer.concat([Uint8Array.of(channel), bytes]));
  }

  #receive(frame: Buffer): void {
    const data = frame.subarray(1);
    this.#alive = true;
    // Channels that a later protocol adds are nothing to fall over.
    if (frame[0] === STDOUT || frame[0] === STDERR) {
      if (data.length > 0) this.#handlers.onOutput(data);
    } else if (frame[0] === STATUS) this.#status = statusOf(data);
  }

  #ping(): void {
    if (!this.#alive) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    this.#socket.ping();
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
