import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterEach, describe, it } from 'node:test';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { type ChannelEnd, openChannel } from '../../server/src/cluster/channel.ts';
import { failureOf } from '../../server/src/cluster/failure.ts';
import { clientFor, startApi, status } from './lib/api.ts';
import { until } from './lib/workerProbe.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type OnSocket = (socket: WebSocket) => void;

/** A server that agrees to one of the API's protocols. */
async function kubelet(onSocket: OnSocket, protocol = 'v5.channel.k8s.io') {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  return connect((request, socket, head) => sockets.handleUpgrade(request, socket, head, onSocket));
}

async function connect(onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void) {
  const api = await startApi(() => {}, { onUpgrade });
  const client = clientFor(api.url);
  cleanups.push(
    () => client.connection.close(),
    () => api.close(),
  );
  const output: Buffer[] = [];
  const ends: ChannelEnd[] = [];
  const open = (signal = AbortSignal.timeout(5000), pingMs?: number) =>
    openChannel(
      client,
      {
        path: '/api/v1/namespaces/n/pods/p/exec',
        query: { command: ['sh', '-c', 'a&b=c'], stdin: 'true' },
        purpose: { verb: 'create', resource: 'pods/exec', namespace: 'n' },
      },
      { onOutput: (bytes) => output.push(bytes), onEnd: (end) => ends.push(end) },
      signal,
      pingMs,
    );
  return { open, ends, text: () => Buffer.concat(output).toString() };
}

const frame = (channel: number, text: string): Buffer =>
  Buffer.concat([Uint8Array.of(channel), Buffer.from(text)]);

describe('the streams of attach and exec', () => {
  it('carry bytes both ways, sizes, and the exit code', async () => {
    const got: string[] = [];
    const { open, ends, text } = await kubelet((socket) => {
      socket.on('message', (data: Buffer) => {
        got.push(`${data[0]}:${data.subarray(1)}`);
        if (data[0] !== 0) return;
        socket.send(frame(1, 'out'));
        socket.send(frame(2, 'err'));
        socket.send(
          frame(
            3,
            JSON.stringify({
              status: 'Failure',
              details: { causes: [{ reason: 'ExitCode', message: '42' }] },
            }),
          ),
        );
        socket.close();
      });
    });
    const channel = await open();
    channel.resize(80, 24);
    channel.write(Buffer.from('ls\r'));
    await until('the end', () => ends.length > 0);
    assert.deepEqual(got, ['4:{"Width":80,"Height":24}', '0:ls\r']);
    assert.equal(text(), 'outerr');
    assert.equal(ends[0]?.status?.exitCode, 42);
  });

  it('repeat the command’s words in the address, escaped', async () => {
    let address = '';
    const { open } = await connect((request, socket) => {
      address = request.url ?? '';
      socket.destroy();
    });
    await assert.rejects(open());
    assert.equal(
      address,
      '/api/v1/namespaces/n/pods/p/exec?command=sh&command=-c&command=a%26b%3Dc&stdin=true',
    );
  });

  it('work with the older protocol', async () => {
    const { open, text } = await kubelet((socket) => socket.send(frame(1, 'hello')), 'v4.channel.k8s.io');
    await open();
    await until('the output', () => text() === 'hello');
  });

  it('do not fall over frames that nobody knows', async () => {
    const { open, text } = await kubelet((socket) => {
      socket.send(frame(255, '\u0001'));
      socket.send(frame(9, 'x'));
      socket.send(Buffer.alloc(0));
      socket.send(frame(3, 'no json'));
      socket.send(frame(1, 'still here'));
    });
    await open();
    await until('the output', () => text() === 'still here');
  });

  it('that break end without a status', async () => {
    const { open, ends } = await kubelet((socket) => setTimeout(() => socket.terminate(), 20));
    await open();
    await until('the end', () => ends.length > 0);
    assert.deepEqual(ends, [{ why: 'WebSocket 1006' }]);
  });

  it('that are silent stay open as long as the server answers pings', async () => {
    let pings = 0;
    const { open, ends } = await kubelet((socket) => socket.on('ping', () => pings++));
    const channel = await open(undefined, 5);
    await until('many pings', () => pings > 40);
    assert.deepEqual(ends, []);
    channel.close();
  });

  it('to a server that is gone without a word end, and say what of the typing is unsure', async () => {
    const { open, ends } = await kubelet((socket) => socket.pause());
    const channel = await open(undefined, 5);
    channel.write(Buffer.from('rm -r x\r'));
    await until('the end', () => ends.length > 0);
    assert.match(ends[0]?.why ?? '', /nothing was heard/);
    assert.equal(ends[0]?.unconfirmed, 8);
  });

  it('that are not read make the server wait, and are not taken for dead', async () => {
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024, 1);
    const { open, ends, text } = await kubelet((socket) => {
      const more = (): void => {
        if (sent >= 32 * 1024 * 1024) return;
        sent += piece.length;
        socket.send(piece, () => setImmediate(more));
      };
      more();
    });
    const channel = await open(undefined, 5);
    channel.pause();
    let before = -1;
    await until('the server waits', async () => {
      const [last, now] = [before, sent];
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return last === now;
    });
    assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
    assert.deepEqual(ends, []);
    channel.resume();
    await until('all of it', () => text().length > 30 * 1024 * 1024);
    channel.close();
  });

  it('are opened anew when the pooled socket was closed meanwhile', async () => {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
    let refusals = 0;
    const used = new WeakSet<Duplex>();
    const api = await startApi(
      (request, response) => {
        used.add(request.socket);
        response.end('{}');
      },
      {
        onUpgrade: (request, socket, head) => {
          // A socket that had a request before plays the one that the server was about to close.
          if (used.has(socket)) {
            refusals++;
            socket.destroy();
          } else sockets.handleUpgrade(request, socket, head, (opened) => opened.send(frame(1, 'fresh')));
        },
      },
    );
    const client = clientFor(api.url);
    cleanups.push(
      () => client.connection.close(),
      () => api.close(),
    );
    await client.serverVersion(AbortSignal.timeout(5000));
    let text = '';
    const channel = await openChannel(
      client,
      { path: '/exec', query: {}, purpose: { verb: 'create', resource: 'pods/exec' } },
      {
        onOutput: (bytes) => {
          text += bytes;
        },
        onEnd: () => {},
      },
      AbortSignal.timeout(5000),
    );
    await until('the output', () => text === 'fresh');
    assert.equal(refusals, 1);
    channel.close();
  });

  it('refused: the server’s words and the permission', async () => {
    const body = JSON.stringify(status(403, 'Forbidden', 'pods "p" is forbidden'));
    const { open } = await connect((_request, socket) =>
      socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
    );
    const failure = await open().then(() => assert.fail('opened'), failureOf);
    assert.equal(failure.code, 'forbidden');
    assert.equal(failure.detail, 'pods "p" is forbidden');
    assert.deepEqual(failure.permission, { verb: 'create', resource: 'pods/exec', namespace: 'n' });
  });

  it('through a proxy that answers with a page: says WebSocket', async () => {
    const { open } = await connect((_request, socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'),
    );
    const failure = await open().then(() => assert.fail('opened'), failureOf);
    assert.equal(failure.code, 'refused');
  });

  it('with a server that never answers: can be cancelled', async () => {
    const { open } = await connect(() => {});
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(open(stop.signal), { name: 'AbortError' });
  });
});
