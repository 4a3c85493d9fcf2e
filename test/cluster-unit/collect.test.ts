import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { collect } from '../../server/src/cluster/collect.ts';
import { failureOf } from '../../server/src/cluster/failure.ts';
import { diagnose } from '../../server/src/core/diagnosis/diagnose.ts';
import { type Answer, type Api, clientFor, json, startApi, status } from './lib/api.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const POD = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    nodeName: 'node-1',
    containers: [{ name: 'app', image: 'x', envFrom: [{ configMapRef: { name: 'settings' } }] }],
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        name: 'app',
        ready: false,
        restartCount: 3,
        image: 'x',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1 } },
      },
    ],
  },
};

/** A cluster with one pod; `special` answers first and says whether it did. */
const cluster =
  (special: (...args: Parameters<Answer>) => boolean = () => false): Answer =>
  (request, response, url) => {
    if (special(request, response, url)) return;
    if (url.pathname === '/version') return json(response, { gitVersion: 'v1.36.3' });
    if (url.pathname.endsWith('/log')) return response.end('a line\n');
    if (url.pathname === '/api/v1/namespaces/shop/pods')
      return json(response, { metadata: {}, items: [POD] });
    if (url.pathname === '/api/v1/namespaces')
      return json(response, {
        metadata: {},
        items: [{ metadata: { name: 'shop' } }, { metadata: { name: 'data' } }],
      });
    if (url.pathname === '/api/v1/namespaces/shop/configmaps')
      return json(response, { metadata: {}, items: [{ metadata: { name: 'settings', namespace: 'shop' } }] });
    if (url.pathname === '/api/v1/namespaces/shop/configmaps/settings')
      return json(response, { metadata: { name: 'settings', namespace: 'shop' }, data: { KEY: 'v' } });
    if (/\/(nodes|leases|csinodes|configmaps|namespaces)\/[^/]+$/.test(url.pathname))
      return json(response, status(404, 'NotFound', 'not found'), 404);
    json(response, { metadata: {}, items: [] });
  };

async function run(answer: Answer, timeoutMs?: number) {
  const api: Api = await startApi(answer);
  const client = clientFor(api.url, {}, {}, timeoutMs ? { timeoutMs } : {});
  cleanups.push(
    () => api.close(),
    () => client.connection.close(),
  );
  const steps: string[] = [];
  const observe = () =>
    collect(
      client,
      { kind: 'Pod', namespace: 'shop', name: 'web' },
      { signal: AbortSignal.timeout(20_000), onStep: (step) => steps.push(step) },
    );
  return { api, observe, steps };
}

describe('collecting what a diagnosis needs', () => {
  it('reads the namespace, both logs and the ConfigMap in use; Secrets by name only; pods of others by node only', async () => {
    const { api, observe, steps } = await run(cluster());
    const observed = await observe();
    assert.deepEqual(
      observed.logs.map(({ pod, container, previous }) => `${pod}/${container}/${previous}`).sort(),
      ['web/app/false', 'web/app/true'],
    );
    const settings = observed.objects.find(({ kind }) => kind === 'ConfigMap') as
      | { data?: object }
      | undefined;
    assert.deepEqual(settings?.data, { KEY: 'v' });
    assert.deepEqual(
      observed.gaps.map(({ kind }) => kind),
      ['stats'],
    );
    assert.ok(steps.includes('Reading pods of namespace shop'));
    for (const [index, request] of api.seen.entries()) {
      assert.match(request, /^GET /);
      if (/\/secrets/.test(request)) assert.match(api.headers[index]?.accept ?? '', /PartialObjectMetadata/);
      if (request.startsWith('GET /api/v1/pods'))
        assert.match(request, /fieldSelector=spec\.nodeName%3Dnode-1/);
    }
  });

  it('turns each refusal into a gap that names the permission, and goes on', async () => {
    const refused = new Set(['/api/v1/nodes', '/api/v1/namespaces/shop/secrets', '/api/v1/pods']);
    const { observe } = await run(
      cluster((_request, response, url) => {
        if (!refused.has(url.pathname) && !url.pathname.endsWith('/log')) return false;
        json(response, status(403, 'Forbidden', 'no'), 403);
        return true;
      }),
    );
    const { gaps, objects } = await observe();
    const forbidden = gaps.filter(({ reason }) => reason === 'forbidden');
    assert.deepEqual(
      forbidden.map(({ kind, namespace, name, detail }) => [kind, namespace, name, detail].join('|')).sort(),
      [
        'Node|||needs list nodes',
        'Pod|*||needs list pods',
        'Secret|shop||needs list secrets',
        'logs|shop|web/app --previous|needs get pods/log',
        'logs|shop|web/app|needs get pods/log',
      ],
    );
    assert.ok(objects.some(({ kind, metadata }) => kind === 'Pod' && metadata.name === 'web'));
    const report = diagnose(
      { now: '2026-01-01T01:00:00Z', objects, gaps, logs: [], stats: {} },
      {
        kind: 'Pod',
        namespace: 'shop',
        name: 'web',
      },
    );
    assert.ok(
      report.notChecked.some(
        ({ reason, detail }) => reason === 'forbidden' && detail === 'needs list secrets',
      ),
    );
  });

  it('waits for nothing that hangs: one silent resource costs its time limit', async () => {
    const { api, observe } = await run(
      cluster((_request, _response, url) => url.pathname.endsWith('/events')),
      1500,
    );
    const { gaps } = await observe();
    const asked = api.seen.filter((request) => request.includes('/events'));
    assert.equal(new Set(asked).size, asked.length, 'none is asked twice');
    assert.deepEqual(
      gaps.filter(({ kind }) => kind === 'Event').map(({ reason, namespace }) => [reason, namespace]),
      [
        ['timed-out', 'shop'],
        ['timed-out', 'default'],
      ],
    );
  });

  it('says of a log that is gone that the evidence is; the run before the last may be gone without a word', async () => {
    const { observe } = await run(
      cluster((_request, response, url) => {
        if (!url.pathname.endsWith('/log')) return false;
        json(response, status(400, 'BadRequest', 'previous terminated container "app" not found'), 400);
        return true;
      }),
    );
    const gaps = (await observe()).gaps.filter(({ kind }) => kind === 'logs');
    assert.deepEqual(
      gaps.map(({ name, reason }) => [name, reason]),
      [['web/app', 'evidence-expired']],
    );
    assert.match(gaps[0]?.detail ?? '', /previous terminated container/);
  });

  it('takes what a kubelet says instead of a log for no line of the application', async () => {
    for (const answer of [
      'unable to retrieve container logs for containerd://fb23e8cca9048796f2cc8674cac8d286',
      'failed to open log file "/var/log/pods/shop_web_1/app/3.log": open /var/log/pods/shop_web_1/app/3.log: no such file or directory\n',
    ]) {
      const { observe } = await run(
        cluster((_request, response, url) => {
          if (!url.pathname.endsWith('/log') || url.searchParams.get('previous') === 'true') return false;
          response.end(answer);
          return true;
        }),
      );
      const { logs, gaps } = await observe();
      assert.deepEqual(
        logs.map(({ text, previous }) => ({ text, previous })),
        [{ text: 'a line\n', previous: true }],
      );
      const gap = gaps.find(({ kind }) => kind === 'logs');
      assert.deepEqual([gap?.reason, gap?.detail], ['evidence-expired', answer.trim()]);
    }
  });

  it('does without a group that the server does not have', async () => {
    const { observe } = await run(
      cluster((_request, response, url) => {
        if (!url.pathname.startsWith('/apis/autoscaling')) return false;
        response.writeHead(404);
        response.end('404 page not found');
        return true;
      }),
    );
    const gap = (await observe()).gaps.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
    assert.deepEqual([gap?.reason, gap?.detail], ['unavailable', '404 page not found']);
  });

  it('fails as a whole when nobody lets us in, with one request', async () => {
    const { api, observe } = await run((_request, response) =>
      json(response, status(401, 'Unauthorized', 'Unauthorized'), 401),
    );
    assert.equal(
      await observe().then(
        () => '',
        (error) => failureOf(error).code,
      ),
      'unauthorized',
    );
    assert.equal(api.seen.length, 1);
  });

  it('fails as a whole when nobody answers', async () => {
    const { observe } = await run(() => {}, 200);
    assert.equal(
      await observe().then(
        () => '',
        (error) => failureOf(error).code,
      ),
      'timed-out',
    );
  });
});

describe('other namespaces that the pods speak to', () => {
  const speaking = (env: string, log = 'a line\n', found: Record<string, object[]> = {}): Answer =>
    cluster((_request, response, url) => {
      if (url.pathname === '/api/v1/namespaces/shop/pods') {
        const [container] = POD.spec.containers;
        const spec = { ...POD.spec, containers: [{ ...container, env: [{ name: 'DB_HOST', value: env }] }] };
        json(response, { metadata: {}, items: [{ ...POD, spec }] });
        return true;
      }
      if (url.pathname.endsWith('/log')) {
        response.end(log);
        return true;
      }
      const items = found[`${url.pathname}?${url.searchParams.get('fieldSelector')}`];
      if (items) json(response, { metadata: {}, items });
      return items !== undefined;
    });

  it('are read when a spec names them', async () => {
    const { api, observe } = await run(speaking('db.data.svc.cluster.local'));
    await observe();
    assert.ok(api.seen.some((request) => request.startsWith('GET /api/v1/namespaces/data/services?')));
    for (const plural of ['secrets', 'pods', 'events'])
      assert.ok(!api.seen.some((request) => request.includes(`/namespaces/data/${plural}`)), plural);
  });

  it('are asked for a Service of the name that a log looks up in vain', async () => {
    const service = { metadata: { name: 'ledger', namespace: 'sales' }, spec: { clusterIP: '10.96.0.8' } };
    const lookup = (error: string): string => `lookup ledger on 10.96.0.10:53: ${error}\n`;
    const found = { '/api/v1/services?metadata.name=ledger': [service] };
    const { api, observe } = await run(speaking('x', lookup('no such host'), found));
    const { objects } = await observe();
    assert.ok(objects.some(({ kind, metadata }) => kind === 'Service' && metadata.namespace === 'sales'));
    // Where it is says enough: what else is there decides nothing.
    assert.ok(!api.seen.some((request) => request.includes('/namespaces/sales/')));
    const other = await run(speaking('x', lookup('server misbehaving'), found));
    await other.observe();
    assert.ok(!other.api.seen.some((request) => request.includes('metadata.name=ledger')));
    assert.ok(!other.api.seen.some((request) => request.includes('metadata.name%3Dledger')));
  });

  it('are found by the address that a log complains about', async () => {
    const service = { metadata: { name: 'db', namespace: 'data' }, spec: { clusterIP: '10.96.0.7' } };
    const { api, observe } = await run(
      speaking('x', 'dial tcp 10.96.0.7:5432: connect: connection refused\n', {
        '/api/v1/services?spec.clusterIP=10.96.0.7': [service],
      }),
    );
    const { objects } = await observe();
    assert.ok(objects.some(({ kind, metadata }) => kind === 'Service' && metadata.namespace === 'data'));
    assert.ok(
      api.seen.some((request) =>
        request.startsWith('GET /apis/discovery.k8s.io/v1/namespaces/data/endpointslices'),
      ),
    );
  });
});
