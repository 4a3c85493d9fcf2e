import assert from 'node:assert/strict';
import net from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { KubeClient } from '../../server/src/cluster/client.ts';
import { failureOf } from '../../server/src/cluster/failure.ts';
import { resourceOf } from '../../server/src/cluster/resources.ts';
import type { Failure } from '../../server/src/protocol.ts';
import { type Answer, type Api, caData, clientFor, json, startApi, status } from './lib/api.ts';

const POD = resourceOf('Pod')!;
const SECRET = resourceOf('Secret')!;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(answer: Answer, options?: Parameters<typeof startApi>[1]): Promise<Api> {
  const api = await startApi(answer, options);
  cleanups.push(() => api.close());
  return api;
}

function connect(...args: Parameters<typeof clientFor>): KubeClient {
  const client = clientFor(...args);
  cleanups.push(() => client.connection.close());
  return client;
}

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const pods = (client: KubeClient) => client.list(POD, { namespace: 'shop' }, soon());
const failing = (run: Promise<unknown>): Promise<Failure> =>
  run.then(() => assert.fail('no failure'), failureOf);

const list = (names: string[], more?: string) => ({
  kind: 'PodList',
  metadata: { resourceVersion: '7', ...(more ? { continue: more, remainingItemCount: 1 } : {}) },
  items: names.map((name) => ({ metadata: { name, managedFields: [{ manager: 'x' }] } })),
});

describe('a list', () => {
  it('follows the pages, names the kind of its items and drops what nobody reads', async () => {
    const api = await serve((_request, response, url) =>
      json(response, url.searchParams.get('continue') ? list(['b']) : list(['a'], 'to/ken+')),
    );
    const { items, resourceVersion, left } = await pods(connect(api.url));
    assert.deepEqual(
      items,
      ['a', 'b'].map((name) => ({ metadata: { name }, kind: 'Pod', apiVersion: 'v1' })),
    );
    assert.deepEqual([resourceVersion, left], ['7', 0]);
    assert.match(api.seen[1] ?? '', /limit=500&continue=to%2Fken%2B$/);
  });

  it('starts again when its token has expired', async () => {
    let expired = false;
    const api = await serve((_request, response, url) => {
      if (!url.searchParams.get('continue')) return json(response, list(['a'], 'token'));
      if (expired) return json(response, list(['b']));
      expired = true;
      return json(response, status(410, 'Expired', 'The provided continue parameter is too old'), 410);
    });
    assert.deepEqual(
      (await pods(connect(api.url))).items.map(({ metadata }) => metadata.name),
      ['a', 'b'],
    );
    assert.equal(api.seen.length, 4);
  });

  it('that never gets through says so instead of trying for ever', async () => {
    const api = await serve((_request, response) => json(response, status(410, 'Expired', 'too old'), 410));
    assert.equal((await failing(pods(connect(api.url)))).code, 'lost');
    assert.equal(api.seen.length, 3);
  });

  it('says how many objects it left out', async () => {
    const api = await serve((_request, response) => json(response, list(['a', 'b'], 'token')));
    const { items, left } = await connect(api.url).list(POD, { namespace: 'shop' }, soon(), 2);
    assert.deepEqual([items.length, left], [2, 1]);
  });

  it('of Secrets asks for metadata and for nothing else', async () => {
    const api = await serve((_request, response) =>
      json(response, { ...list([]), kind: 'PartialObjectMetadataList' }),
    );
    await connect(api.url).list(SECRET, { namespace: 'shop', metadataOnly: true }, soon());
    assert.equal(api.headers[0]?.accept, 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
  });

  it('never keeps the value of a Secret that comes all the same', async () => {
    const api = await serve((_request, response) =>
      json(response, {
        metadata: {},
        items: [
          {
            metadata: {
              name: 's',
              annotations: {
                'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"aHVudGVyMg=="}}',
              },
            },
            data: { p: 'aHVudGVyMg==' },
            stringData: { q: 'hunter2' },
          },
        ],
      }),
    );
    const { items } = await connect(api.url).list(SECRET, { namespace: 'shop' }, soon());
    assert.ok(!/hunter2|aHVudGVyMg/.test(JSON.stringify(items)));
    assert.deepEqual((items[0] as unknown as { data: object }).data, { p: '' });
  });

  it('reads compressed answers', async () => {
    const api = await serve((request, response) => {
      assert.equal(request.headers['accept-encoding'], 'gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(list(['a']))));
    });
    assert.equal((await pods(connect(api.url))).items.length, 1);
  });

  it('keeps the path of a server that has one', async () => {
    const api = await serve((_request, response) => json(response, list([])));
    await pods(connect(`${api.url}/k8s/clusters/c-1/`));
    assert.match(api.seen[0] ?? '', /^GET \/k8s\/clusters\/c-1\/api\/v1\/namespaces\/shop\/pods\?/);
  });

  it('impersonates as the kubeconfig says', async () => {
    const api = await serve((_request, response) => json(response, list([])));
    const impersonate = { user: 'jane', groups: ['dev', 'ops'], extra: { 'a/b': ['c'] } };
    await pods(connect(api.url, {}, { username: 'me', password: 'pw', impersonate }));
    assert.equal(api.headers[0]?.authorization, `Basic ${Buffer.from('me:pw').toString('base64')}`);
    assert.equal(api.headers[0]?.['impersonate-user'], 'jane');
    assert.equal(api.headers[0]?.['impersonate-group'], 'dev, ops');
    assert.equal(api.headers[0]?.['impersonate-extra-a%2fb'], 'c');
  });
});

describe('the cluster’s clock', () => {
  it('is that of the Date header', async () => {
    const api = await serve((_request, response) =>
      json(response, list([]), 200, { date: 'Wed, 01 Jan 2020 00:00:00 GMT' }),
    );
    const client = connect(api.url);
    await pods(client);
    assert.ok(Math.abs(client.now() - Date.UTC(2020, 0, 1)) < 2000);
  });
});

describe('names', () => {
  const BAD = ['a/../x', '..', '%2e%2e', 'a b', '<img>', 'A', '', 'a\n', 'x'.repeat(300)];
  it('that are none never reach the network', async () => {
    const api = await serve((_request, response) => json(response, list([])));
    const client = connect(api.url);
    for (const bad of BAD) {
      assert.equal((await failing(client.list(POD, { namespace: bad }, soon()))).code, 'invalid', bad);
      const log = { previous: false, tail: 1 };
      assert.equal((await failing(client.logs(bad, 'p', 'c', log, soon()))).code, 'invalid', bad);
      assert.equal((await failing(client.logs('n', 'p', bad, log, soon()))).code, 'invalid', bad);
      // Names of some kinds are any path segment: those are escaped, not refused.
      if (!['a b', '<img>', 'A'].includes(bad))
        assert.equal((await failing(client.get(POD, 'n', bad, soon()))).code, 'invalid', bad);
    }
    assert.deepEqual(api.seen, []);
  });
});

describe('a refusal', () => {
  const ANSWERS: [code: number, wanted: Failure['code'], message: RegExp][] = [
    [401, 'unauthorized', /sign in again/],
    [403, 'forbidden', /may not list pods in namespace shop/],
    [404, 'not-found', /./],
    [409, 'refused', /./],
    [422, 'refused', /./],
    [500, 'refused', /./],
    [503, 'unreachable', /not ready/],
  ];
  for (const [code, wanted, message] of ANSWERS)
    it(`${code} is ${wanted}, with the server’s words`, async () => {
      const api = await serve((_request, response) =>
        json(response, status(code, 'X', 'its own words'), code),
      );
      const failure = await failing(pods(connect(api.url)));
      assert.equal(failure.code, wanted);
      assert.match(failure.message, message);
      assert.equal(failure.detail, 'its own words');
    });

  it('403 names the missing permission', async () => {
    const api = await serve((_request, response) => json(response, status(403, 'Forbidden', 'no'), 403));
    const deployments = resourceOf('Deployment')!;
    const failure = await failing(connect(api.url).list(deployments, { namespace: 'shop' }, soon()));
    assert.deepEqual(failure.permission, { verb: 'list', resource: 'deployments.apps', namespace: 'shop' });
  });

  it('429 is waited for as long as the server asks', async () => {
    let first = true;
    const api = await serve((_request, response) => {
      if (!first) return json(response, list(['a']));
      first = false;
      return json(response, status(429, 'TooManyRequests', 'slow down'), 429, { 'retry-after': '1' });
    });
    const started = performance.now();
    assert.equal((await pods(connect(api.url))).items.length, 1);
    assert.ok(performance.now() - started >= 990);
  });
});

describe('a server that is not what it should be', () => {
  it('dead: unreachable, at once', async () => {
    const api = await startApi(() => {});
    await api.close();
    const failure = await failing(pods(connect(api.url)));
    assert.equal(failure.code, 'unreachable');
    assert.match(failure.detail ?? '', /ECONNREFUSED/);
  });

  it('silent before its answer: timed out', async () => {
    const api = await serve(() => {});
    const started = performance.now();
    const failure = await failing(pods(connect(api.url, {}, {}, { timeoutMs: 200 })));
    assert.equal(failure.code, 'timed-out');
    assert.ok(performance.now() - started < 2000);
  });

  it('silent in the middle of its answer: timed out', async () => {
    const api = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"items":[');
    });
    assert.equal((await failing(pods(connect(api.url, {}, {}, { timeoutMs: 200 })))).code, 'timed-out');
  });

  it('cut off in the middle, compressed or not: unreachable', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const api = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding, 'content-length': 5000 });
        response.write(encoding === 'gzip' ? gzipSync('{"items":[]}').subarray(0, 12) : '{"items":[');
        setTimeout(() => response.socket?.destroy(), 50);
      });
      assert.equal((await failing(pods(connect(api.url)))).code, 'unreachable', encoding);
    }
  });

  for (const [what, body] of [
    ['a login page', '<html><body>Sign in</body></html>'],
    ['half an object', '{"items":[{"meta'],
    ['nothing', ''],
    ['a number', '42'],
  ] as const)
    it(`answering ${what}: says that it is no API server`, async () => {
      const api = await serve((_request, response) => response.end(body));
      const failure = await failing(pods(connect(api.url)));
      assert.equal(failure.code, 'refused');
      assert.match(failure.message, /not as a Kubernetes API server/);
    });

  it('speaking no HTTP: unreachable', async () => {
    const server = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const { port } = server.address() as net.AddressInfo;
    assert.equal((await failing(pods(connect(`http://127.0.0.1:${port}`)))).code, 'unreachable');
  });

  it('closing idle connections: the request is sent again', async () => {
    const api = await serve((_request, response) => {
      response.on('finish', () => setTimeout(() => response.socket?.destroy(), 5));
      json(response, list(['a']));
    });
    const client = connect(api.url);
    // Some of these pauses meet the moment of the closing.
    for (let i = 0; i < 40; i++) {
      assert.equal((await pods(client)).items.length, 1);
      await new Promise((resolve) => setTimeout(resolve, 3 + (i % 5)));
    }
  });

  it('aborting is not a failure of the server', async () => {
    const api = await serve(() => {});
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(connect(api.url).list(POD, { namespace: 'shop' }, stop.signal), {
      name: 'AbortError',
    });
  });
});

describe('TLS', () => {
  const answer: Answer = (_request, response) => json(response, list(['a']));

  it('trusts the authority of the kubeconfig', async () => {
    const api = await serve(answer, { certificate: 'server' });
    assert.equal((await pods(connect(api.url, { caData }))).items.length, 1);
  });

  for (const [what, certificate, cluster, words] of [
    ['an unknown authority', 'server', {}, /certificate-authority/],
    ['another name', 'elsewhere', { caData }, /server name/],
    ['an expired certificate', 'expired', { caData }, /has expired/],
  ] as const)
    it(`${what}: refused, with what to compare`, async () => {
      const api = await serve(answer, { certificate });
      const failure = await failing(pods(connect(api.url, cluster)));
      assert.equal(failure.code, 'tls');
      assert.match(failure.message, words);
      assert.deepEqual(api.seen, []);
    });

  it('checks the name that tls-server-name gives, and nothing when told so', async () => {
    const api = await serve(answer, { certificate: 'elsewhere' });
    assert.equal((await pods(connect(api.url, { caData, tlsServerName: 'elsewhere.test' }))).items.length, 1);
    assert.equal((await pods(connect(api.url, { insecure: true }))).items.length, 1);
  });

  it('with a plain HTTP server on the other side: says TLS', async () => {
    const api = await serve(answer);
    assert.equal((await failing(pods(connect(api.url.replace('http:', 'https:'))))).code, 'tls');
  });
});

describe('a proxy', () => {
  /** Lets CONNECT through and writes down to where. */
  async function connectProxy(refuse = false): Promise<{ url: string; to: string[] }> {
    const to: string[] = [];
    const proxy = await serve(() => {});
    proxy.server.on('connect', (request, socket) => {
      to.push(request.url ?? '');
      if (refuse) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const [host, port] = (request.url ?? '').split(':');
      const target = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
    });
    return { url: proxy.url, to };
  }

  const answer: Answer = (_request, response) => json(response, list(['a']));

  it('of the kubeconfig is used, TLS end to end', async () => {
    const api = await serve(answer, { certificate: 'server' });
    const proxy = await connectProxy();
    assert.equal((await pods(connect(api.url, { caData, proxyUrl: proxy.url }))).items.length, 1);
    assert.deepEqual(proxy.to, [`127.0.0.1:${api.port}`]);
  });

  it('that refuses is named', async () => {
    const api = await serve(answer, { certificate: 'server' });
    const proxy = await connectProxy(true);
    const failure = await failing(pods(connect(api.url, { caData, proxyUrl: proxy.url })));
    assert.equal(failure.code, 'unreachable');
    assert.match(failure.message, /Proxy/);
  });

  it('of the environment is left out for loopback addresses', async () => {
    const api = await serve(answer, { certificate: 'server' });
    const client = connect(api.url, { caData }, {}, { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } });
    assert.equal((await pods(client)).items.length, 1);
  });

  it('of SOCKS5 gets the name, not an address', async () => {
    const api = await serve(answer, { certificate: 'server' });
    const names: string[] = [];
    const socks = net.createServer((socket) => {
      socket.once('data', () => {
        socket.write(Uint8Array.of(5, 0));
        socket.once('data', (request) => {
          names.push(request.subarray(5, 5 + (request[4] ?? 0)).toString());
          const target = net.connect(api.port, '127.0.0.1', () => {
            socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
            target.pipe(socket).pipe(target);
          });
        });
      });
    });
    await new Promise<void>((resolve) => socks.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => socks.close());
    const { port } = socks.address() as net.AddressInfo;
    const server = `https://localhost:${api.port}`;
    const client = connect(server, { caData, proxyUrl: `socks5://127.0.0.1:${port}` });
    assert.equal((await pods(client)).items.length, 1);
    assert.deepEqual(names, ['localhost']);
  });

  it('that is no address is refused before anything is opened', () => {
    assert.throws(() => connect('https://x', { proxyUrl: 'ftp://user:pw@p' }), /ftp:\/\/p/);
  });
});
