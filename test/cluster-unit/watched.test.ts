/** What the worker asks of the API while a namespace is watched: nothing that the watch has brought already. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { type Answer, json, startApi } from './lib/api.ts';
import { WorkerProbe } from './lib/workerProbe.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const PODS = '/api/v1/namespaces/shop/pods';
const pod = (name: string) => ({
  metadata: { name, namespace: 'shop', uid: name },
  spec: { nodeName: 'n', containers: [{ name: 'app' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

async function watched(podPages: Answer) {
  const api = await startApi((request, response, url) => {
    if (url.searchParams.has('watch')) {
      response.writeHead(200);
      response.flushHeaders();
      return;
    }
    if (url.pathname === PODS) return podPages(request, response, url);
    json(response, { metadata: { resourceVersion: '1' }, items: [] });
  });
  const folder = mkdtempSync(join(tmpdir(), 'pod-triage-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: api.url } }],
      users: [{ name: 'test', user: {} }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    }),
  );
  const probe = new WorkerProbe();
  cleanups.push(
    () => api.close(),
    () => rmSync(folder, { recursive: true }),
    () => probe.client.close(2000),
  );
  const source = { kind: 'context', context: 'test', namespace: 'shop', kubeconfig } as const;
  await probe.ok('podTriage/watch', { source });
  return { api, probe, source };
}

describe('a watched namespace', () => {
  it('answers for its pods and subjects without another list', async () => {
    const { api, probe, source } = await watched((_request, response) =>
      json(response, { metadata: { resourceVersion: '1' }, items: [pod('web')] }),
    );
    await probe.notified('podTriage/namespaceChanged', ({ state }) => state === 'ready');
    const lists = () => api.seen.filter((line) => !line.includes('watch=true')).length;
    const before = lists();
    const { total } = await probe.ok('podTriage/pods', { source, offset: 0, limit: 10 });
    const subjects = await probe.ok('podTriage/subjects', { source, kinds: ['Pod'] });
    assert.deepEqual([total, subjects.map(({ ref }) => ref.name)], [1, ['web']]);
    assert.equal(lists(), before);
    await probe.ok('podTriage/subjects', { source: { ...source, namespace: 'other' }, kinds: ['Pod'] });
    assert.ok(lists() > before);
  });

  it('shows the pods of the first page while the next is on its way', async () => {
    let finish: () => void = () => assert.fail('the second page was not asked for');
    const { api, probe, source } = await watched((_request, response, url) => {
      if (!url.searchParams.has('continue'))
        return json(response, {
          metadata: { resourceVersion: '1', continue: 'next' },
          items: [pod('first')],
        });
      finish = () => json(response, { metadata: { resourceVersion: '1' }, items: [pod('second')] });
    });
    const early = await probe.notified('podTriage/namespaceChanged', ({ workloads }) => workloads.length > 0);
    assert.deepEqual([early.state, early.workloads.map(({ ref }) => ref.name)], ['loading', ['first']]);
    const page = await probe.ok('podTriage/pods', { source, offset: 0, limit: 10 });
    assert.deepEqual(
      page.pods.map(({ ref }) => ref.name),
      ['first'],
    );
    assert.equal(
      api.seen.filter((line) => line.includes('/pods?limit') && !line.includes('continue=')).length,
      1,
    );
    finish();
    const whole = await probe.notified('podTriage/namespaceChanged', ({ state }) => state === 'ready');
    assert.deepEqual(
      whole.workloads.map(({ ref }) => ref.name),
      ['first', 'second'],
    );
  });

  it('says how many pods were too many', async () => {
    const items = Array.from({ length: 20_000 }, (_, index) => pod(`p-${index}`));
    const { probe } = await watched((_request, response) =>
      json(response, { metadata: { resourceVersion: '1', continue: 'next', remainingItemCount: 7 }, items }),
    );
    const { gaps } = await probe.notified('podTriage/namespaceChanged', ({ state }) => state === 'partial');
    assert.deepEqual(gaps, [
      { kind: 'Pod', namespace: 'shop', reason: 'not-evaluated', detail: '20000 were read, 7 were not' },
    ]);
  });
});
