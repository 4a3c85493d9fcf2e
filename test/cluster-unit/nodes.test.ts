import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { collect } from '../../server/src/cluster/collect.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { clientFor, json, startApi, status } from './lib/api.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const NODES = Array.from({ length: 30 }, (_, index) => `node-${index}`);

const pod = (name: string, { node, ready = true }: { node?: string | undefined; ready?: boolean }) => ({
  metadata: { name, namespace: 'shop', uid: name, labels: { app: name } },
  spec: { ...(node ? { nodeName: node } : {}), containers: [{ name: 'app', image: 'x' }] },
  status: {
    phase: node ? 'Running' : 'Pending',
    conditions: [{ type: 'Ready', status: ready && node ? 'True' : 'False' }],
  },
});

/** What is asked of the API about nodes and kube-proxy while the pod is diagnosed, and the nodes read. */
async function read(subject: ReturnType<typeof pod>, more: Record<string, object[]> = {}) {
  const api = await startApi((_request, response, url) => {
    const { pathname } = url;
    const named = /^\/api\/v1\/nodes\/(.+)$/.exec(pathname)?.[1];
    if (pathname === '/version') return json(response, { gitVersion: 'v1.36.3' });
    if (named && NODES.includes(named)) return json(response, { metadata: { name: named } });
    if (named || /\/(leases|csinodes|configmaps|namespaces)\/[^/]+$/.test(pathname))
      return json(response, status(404, 'NotFound', 'not found'), 404);
    if (pathname === '/api/v1/nodes')
      return json(response, { metadata: {}, items: NODES.map((name) => ({ metadata: { name } })) });
    if (pathname === '/api/v1/namespaces/shop/pods')
      return json(response, { metadata: {}, items: [subject] });
    return json(response, { metadata: {}, items: more[pathname] ?? [] });
  });
  const client = clientFor(api.url);
  cleanups.push(
    () => api.close(),
    () => client.connection.close(),
  );
  const observed = await collect(
    client,
    { kind: 'Pod', namespace: 'shop', name: subject.metadata.name },
    { signal: AbortSignal.timeout(20_000) },
  );
  const asked = api.seen.map((line) => decodeURIComponent(line.replace('GET ', '')).replaceAll('+', ' '));
  return {
    lists: asked.filter((line) => /^\/api\/v1\/nodes(\?|$)/.test(line)).length,
    gets: asked.filter((line) => line.startsWith('/api/v1/nodes/')),
    proxies: asked.filter(
      (line) => line.includes('namespaces/kube-system/pods') && line.includes('kube-proxy'),
    ),
    nodes: observed.objects.filter(({ kind }: KubeObject) => kind === 'Node').length,
  };
}

describe('the nodes of a diagnosis', () => {
  it('are those of the pods, however many there are', async () => {
    const { lists, gets, proxies, nodes } = await read(pod('web', { node: 'node-7' }));
    assert.deepEqual([lists, gets, proxies, nodes], [0, ['/api/v1/nodes/node-7'], [], 1]);
  });

  it('are all while a pod waits for one', async () => {
    const { lists, nodes } = await read(pod('web', {}));
    assert.deepEqual([lists, nodes], [1, NODES.length]);
  });

  it('are all while traffic has to stay on the node it enters by', async () => {
    const service = { metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' } } };
    const local = { ...service, spec: { ...service.spec, externalTrafficPolicy: 'Local', type: 'NodePort' } };
    const path = '/api/v1/namespaces/shop/services';
    assert.equal((await read(pod('web', { node: 'node-7' }), { [path]: [service] })).lists, 0);
    assert.equal((await read(pod('web', { node: 'node-7' }), { [path]: [local] })).lists, 1);
  });

  it('are all where the pod names one that is not there, once', async () => {
    const { lists, nodes } = await read(pod('web', { node: 'gone' }));
    assert.deepEqual([lists, nodes], [1, NODES.length]);
  });

  it('bring the kube-proxy of the node where a pod struggles, not those of all', async () => {
    const { proxies } = await read(pod('web', { node: 'node-7', ready: false }));
    assert.equal(proxies.length, 1);
    assert.match(proxies[0] ?? '', /fieldSelector=spec\.nodeName=node-7/);
  });
});
