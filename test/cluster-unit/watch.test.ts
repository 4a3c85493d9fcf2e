import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { resourceOf } from '../../server/src/cluster/resources.ts';
import { listAndWatch } from '../../server/src/cluster/watch.ts';
import type { Failure } from '../../server/src/protocol.ts';
import { type Answer, clientFor, json, startApi, status } from './lib/api.ts';
import { until } from './lib/workerProbe.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The set as the handlers tell it, and what else they said. */
async function follow(answer: Answer) {
  const api = await startApi(answer);
  const client = clientFor(api.url);
  const stop = new AbortController();
  const names = new Set<string>();
  const listed = new Set<string>();
  const log: string[] = [];
  const refused: Failure[] = [];
  const done = listAndWatch(
    client,
    resourceOf('Pod')!,
    { namespace: 'shop' },
    {
      onListing: () => listed.clear(),
      onPage: (objects) => {
        log.push(`page ${objects.map(({ metadata }) => metadata.name).join()}`);
        for (const { metadata } of objects) listed.add(metadata.name ?? '');
      },
      onListed: () => {
        names.clear();
        for (const name of listed) names.add(name);
        log.push('list');
      },
      onChange: (type, { metadata }) => {
        if (type === 'DELETED') names.delete(metadata.name ?? '');
        else names.add(metadata.name ?? '');
      },
      onLive: () => log.push('live'),
      onLost: (failure) => log.push(`lost ${failure.code}`),
      onRefused: (failure) => refused.push(failure),
    },
    stop.signal,
  );
  cleanups.push(async () => {
    stop.abort();
    await done;
    client.connection.close();
    await api.close();
  });
  return { api, names, log, refused, done };
}

const pod = (name: string, resourceVersion: string) => ({ kind: 'Pod', metadata: { name, resourceVersion } });
const list = (names: string[], resourceVersion: string) => ({
  metadata: { resourceVersion },
  items: names.map((name) => pod(name, resourceVersion)),
});
const send = (response: ServerResponse, type: string, object: unknown): void => {
  response.write(`${JSON.stringify({ type, object })}\n`);
};

describe('list and watch', () => {
  it('applies changes, also when a line comes in pieces', async () => {
    const { names } = await follow((_request, response, url) => {
      if (!url.searchParams.has('watch')) return json(response, list(['a', 'b'], '10'));
      response.writeHead(200);
      const line = `${JSON.stringify({ type: 'ADDED', object: pod('ümlaut', '11') })}\n`;
      const bytes = Buffer.from(line);
      const cut = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, cut));
      setTimeout(() => {
        response.write(bytes.subarray(cut));
        send(response, 'DELETED', pod('a', '12'));
      }, 30);
    });
    await until('both changes', () => names.has('ümlaut') && !names.has('a'));
    assert.deepEqual([...names].sort(), ['b', 'ümlaut']);
  });

  it('goes on from the last version when the server ends the watch', async () => {
    const versions: (string | null)[] = [];
    const { names, log } = await follow((_request, response, url) => {
      if (!url.searchParams.has('watch')) return json(response, list(['a'], '10'));
      versions.push(url.searchParams.get('resourceVersion'));
      response.writeHead(200);
      if (versions.length === 1) {
        send(response, 'ADDED', pod('b', '11'));
        send(response, 'BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '15' } });
        response.end();
      } else send(response, 'ADDED', pod('c', '16'));
    });
    await until('the second watch', () => names.has('c'));
    assert.deepEqual(versions, ['10', '15']);
    assert.deepEqual(log.filter((entry) => entry === 'list').length, 1);
  });

  it('hands on each page as it comes, and starts over when the pages grow too old', async () => {
    let isOld = true;
    const { names, log } = await follow((_request, response, url) => {
      if (url.searchParams.has('watch')) return response.writeHead(200);
      if (!url.searchParams.has('continue'))
        return json(response, {
          ...list([isOld ? 'gone' : 'a'], '10'),
          metadata: { resourceVersion: '10', continue: 'next' },
        });
      if (!isOld) return json(response, list(['b'], '10'));
      isOld = false;
      json(response, status(410, 'Expired', 'the continue token is too old'), 410);
    });
    await until('both pages', () => log.includes('live'));
    assert.deepEqual([...names], ['a', 'b']);
    assert.deepEqual(log, ['page gone', 'page a', 'page b', 'list', 'live']);
  });

  it('lists again when its version is too old', async () => {
    let lists = 0;
    const { names, log } = await follow((_request, response, url) => {
      if (!url.searchParams.has('watch')) return json(response, list(lists++ ? ['new'] : ['old'], '10'));
      response.writeHead(200);
      if (lists === 1) send(response, 'ERROR', status(410, 'Expired', 'too old resource version'));
    });
    await until('the second list', () => names.has('new'));
    assert.ok(!names.has('old'));
    assert.ok(!log.some((entry) => entry.startsWith('lost')));
  });

  it('says when the connection breaks, and comes back', async () => {
    let watches = 0;
    const { names, log } = await follow((_request, response, url) => {
      if (!url.searchParams.has('watch')) return json(response, list(['a'], '10'));
      response.writeHead(200);
      response.flushHeaders();
      if (watches++ === 0) setTimeout(() => response.socket?.destroy(), 20);
      else send(response, 'ADDED', pod('b', '11'));
    });
    await until('the change after the break', () => names.has('b'));
    assert.deepEqual(log, ['page a', 'list', 'live', 'lost unreachable', 'live']);
  });

  it('waits between attempts', async () => {
    const { api } = await follow((_request, response) => json(response, status(503, 'X', 'not yet'), 503));
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.ok(api.seen.length <= 3, `${api.seen.length} requests`);
  });

  for (const [code, wanted] of [
    [403, 'forbidden'],
    [401, 'unauthorized'],
  ] as const)
    it(`ends at ${code}: asking again would only pester`, async () => {
      const { refused, done, api } = await follow((_request, response) =>
        json(response, status(code, 'X', 'no'), code),
      );
      await done;
      assert.deepEqual(
        refused.map((failure) => failure.code),
        [wanted],
      );
      assert.equal(api.seen.length, 1);
    });

  it('survives rubbish in the stream', async () => {
    let watches = 0;
    const { names, log } = await follow((_request, response, url) => {
      if (!url.searchParams.has('watch')) return json(response, list(['a'], '10'));
      response.writeHead(200);
      if (watches++ === 0) response.end('{"type":"ADDED","obj\n<html>\n');
      else send(response, 'ADDED', pod('b', '11'));
    });
    await until('the change after the rubbish', () => names.has('b'));
    assert.ok(names.has('a'));
    assert.ok(log.includes('lost refused'));
  });
});
