/** Active tests against a server of the wire format: what is asked, what is written, what is run, what is left behind. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { ClusterError, failureOf } from '../../server/src/cluster/failure.ts';
import {
  type Preparation,
  type PreparedProbe,
  prepareProbe,
} from '../../server/src/cluster/probe/prepare.ts';
import { runProbe } from '../../server/src/cluster/probe/run.ts';
import type { Observed } from '../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { PROBE_SCRIPT } from '../../server/src/core/probe/script.ts';
import { frame } from '../tools/diagnosisRun.ts';
import * as o from '../tools/objects.ts';
import { outputOf, says } from '../tools/probeRun.ts';
import { clientFor, json, startApi, status } from './lib/api.ts';
import { until } from './lib/workerProbe.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const OPTIONS = { image: 'tools:1', pullPolicy: 'IfNotPresent' } as const;
const never = new AbortController().signal;
const ledger = o.deployment('ledger', { container: { ports: [{ containerPort: 8080 }] } });
const service = o.service('ledger', { clusterIP: '10.96.7.7' });
const web = o.pod('web', {
  labels: { app: 'web' },
  container: { env: [{ name: 'LEDGER_URL', value: 'http://ledger:80' }] },
});
const objects = [...ledger.all, service, o.slice(service, ledger.pods), web];
const observed: Observed = o.observed([...objects, ...frame()]);

interface Fake {
  forbidden?: string;
  /** Words of the dry run's refusal, by whether the container is restricted. */
  refuse?: (restricted: boolean) => string | undefined;
  labels?: Record<string, string>;
  ephemeral?: { name: string; image: string; startedAt: string }[];
  onExec?: (socket: WebSocket, words: string[]) => void;
}

const answerAll = (socket: WebSocket, words: string[]): void => {
  const plan = words.slice(words.indexOf('pod-triage') + 2);
  socket.send(Buffer.concat([Uint8Array.of(1), Buffer.from(outputFor(plan))]));
  socket.send(Buffer.concat([Uint8Array.of(3), Buffer.from('{"status":"Success"}')]));
  socket.close();
};

/** The words after the seconds, read back into checks that answer. */
function outputFor(words: string[]): string {
  const target = { role: 'host', host: 'x' } as const;
  const checks: Parameters<typeof outputOf>[0][number][] = [];
  for (let at = 0; at < words.length; ) {
    const [kind, a = '', b = '', c = ''] = words.slice(at);
    if (kind === 'lookup') checks.push({ kind, name: a });
    if (kind === 'ask')
      checks.push({
        kind,
        address: a,
        port: Number(b),
        name: c,
        pod: { apiVersion: 'v1', kind: 'Pod', name: 'x' },
      });
    if (kind === 'connect') checks.push({ kind, address: a, port: Number(b), target });
    if (kind === 'packets') checks.push({ kind, address: a, target });
    if (kind === 'http') checks.push({ kind, url: a, target });
    at += { lookup: 2, ask: 4, connect: 3, packets: 2, http: 2 }[kind ?? ''] ?? words.length;
  }
  return outputOf(checks, {
    connect: ({ address, port }) => (port === 8080 ? says.refused(address, port) : undefined),
  });
}

async function fakeCluster(fake: Fake = {}) {
  const written: { method: string; path: string; body: unknown }[] = [];
  const deleted: string[] = [];
  const execs: URLSearchParams[] = [];
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  let added: { name: string } | undefined;
  let made: KubeObject | undefined;
  const running = (name: string, startedAt: string) => ({ name, state: { running: { startedAt } } });
  const api = await startApi(
    async (request, response, url) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const path = url.pathname;
      if (path.endsWith('selfsubjectaccessreviews')) {
        const { resource, subresource } = JSON.parse(body).spec.resourceAttributes;
        const name = [resource, subresource].filter(Boolean).join('/');
        return json(response, { status: { allowed: name !== fake.forbidden } }, 201);
      }
      if (request.method === 'DELETE') {
        deleted.push(path);
        return json(response, {});
      }
      if (request.method === 'PATCH' || request.method === 'POST') {
        const object = JSON.parse(body);
        if (url.searchParams.get('dryRun') === 'All') {
          const words = fake.refuse?.(body.includes('RuntimeDefault'));
          return words ? json(response, status(403, 'Forbidden', words), 403) : json(response, object);
        }
        written.push({ method: request.method, path, body: object });
        if (request.method === 'PATCH') added = object.spec.ephemeralContainers[0];
        else made = object;
        return json(response, object);
      }
      if (path === '/api/v1/namespaces/shop')
        return json(response, { metadata: { name: 'shop', labels: fake.labels ?? {} } });
      if (path.endsWith('/pods/web')) {
        const old = fake.ephemeral ?? [];
        const statuses = old.map(({ name, startedAt }) => running(name, startedAt));
        return json(response, {
          ...web,
          spec: {
            ...web.spec,
            nodeName: 'worker-1',
            ephemeralContainers: [...old, ...(added ? [added] : [])],
          },
          status: {
            ...web.status,
            hostIP: '192.0.2.1',
            ephemeralContainerStatuses: [...statuses, ...(added ? [running(added.name, o.NOW)] : [])],
          },
        });
      }
      if (made && path.endsWith(`/pods/${made.metadata.name}`))
        return json(response, {
          ...made,
          spec: { ...(made as { spec?: object }).spec, nodeName: 'worker-2' },
          status: { hostIP: '192.0.2.2', containerStatuses: [running('probe', o.NOW)] },
        });
      if (/\/(pods|events)$/.test(path)) return json(response, { metadata: {}, items: [] });
      json(response, status(404, 'NotFound', 'gone'), 404);
    },
    {
      onUpgrade: (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (opened) => {
          const { searchParams } = new URL(request.url ?? '/', 'http://api');
          execs.push(searchParams);
          (fake.onExec ?? answerAll)(opened, searchParams.getAll('command'));
        }),
    },
  );
  cleanups.push(() => api.close());
  const client = clientFor(api.url);
  cleanups.push(() => client.connection.close());
  return { client, written, deleted, execs };
}

const prepared = (preparation: Preparation): PreparedProbe => {
  assert.ok(preparation.kind === 'ready', JSON.stringify(preparation));
  return preparation.prepared;
};

describe('in a pod that is there', () => {
  it('writes exactly what was shown, after it was shown, and runs one script with words', async () => {
    const { client, written, execs, deleted } = await fakeCluster();
    const probe = prepared(await prepareProbe(client, observed, o.subjectOf(web), OPTIONS, never));
    assert.deepEqual([...written], [], 'planning writes nothing');
    const { proposal } = probe;
    assert.deepEqual(
      [proposal.context, proposal.namespace, proposal.object],
      ['test', 'shop', 'Pod/shop/web'],
    );
    assert.ok(proposal.tests.includes('connect to Service ledger at 10.96.7.7:80'));
    assert.equal(
      proposal.tests.at(-1),
      'connect to the health port of kube-proxy (10256) on the node that the test runs on',
    );

    const run = await runProbe(client, probe, () => {}, never);
    const [patch] = written;
    assert.ok(patch && written.length === 1);
    assert.equal(patch.path, '/api/v1/namespaces/shop/pods/web/ephemeralcontainers');
    const [container] = (patch.body as { spec: { ephemeralContainers: Record<string, unknown>[] } }).spec
      .ephemeralContainers;
    assert.match(proposal.yaml, new RegExp(`name: ${container?.name}`));
    assert.deepEqual(container?.securityContext, { runAsUser: 0, runAsNonRoot: false });
    assert.equal(container?.targetContainerName, undefined);
    assert.equal(execs.length, 1);
    const words = execs[0]?.getAll('command') ?? [];
    assert.deepEqual(words.slice(0, 4), ['/bin/sh', '-c', PROBE_SCRIPT, 'pod-triage']);
    assert.deepEqual(words.slice(-3), ['connect', '192.0.2.1', '10256'], 'kube-proxy of the node of the pod');
    const tried = words.filter((word) => /^(lookup|ask|connect|http|packets)$/.test(word));
    const reads = 'read the resolvers of the pod, and where its processes listen';
    assert.deepEqual([proposal.tests[0], proposal.tests.length], [reads, tried.length + 1]);
    assert.equal(execs[0]?.get('container'), container?.name);

    assert.deepEqual(run.from.pod.name, 'web');
    assert.deepEqual([run.from.node, run.from.made], ['worker-1', false]);
    const refused = run.results.filter(({ symptom }) => symptom === 'refused');
    assert.deepEqual(
      refused.map(({ check }) => check.kind === 'connect' && check.target.role),
      ['endpoint'],
    );
    assert.deepEqual(deleted, []);
  });

  it('uses a container of ours that still runs, and no other', async () => {
    const now = new Date().toISOString();
    const { client, written, execs } = await fakeCluster({
      ephemeral: [
        { name: 'debugger', image: 'tools:1', startedAt: now },
        { name: 'probe-old', image: 'tools:1', startedAt: '2020-01-01T00:00:00Z' },
        { name: 'probe-other', image: 'tools:2', startedAt: now },
        { name: 'probe-mine', image: 'tools:1', startedAt: now },
      ],
    });
    const probe = prepared(await prepareProbe(client, observed, o.subjectOf(web), OPTIONS, never));
    assert.equal(probe.proposal.yaml, '');
    assert.match(probe.proposal.summary, /probe-mine.*nothing is written/);
    await runProbe(client, probe, () => {}, never);
    assert.deepEqual(written, []);
    assert.equal(execs[0]?.get('container'), 'probe-mine');
  });

  it('goes down to restricted where baseline is refused, and gives up with the words of the server', async () => {
    const soft = await fakeCluster({
      refuse: (restricted) => (restricted ? undefined : 'violates PodSecurity'),
    });
    const probe = prepared(await prepareProbe(soft.client, observed, o.subjectOf(web), OPTIONS, never));
    assert.match(probe.proposal.yaml, /runAsNonRoot: true/);
    const hard = await fakeCluster({ refuse: () => 'violates PodSecurity "restricted:latest"' });
    const preparation = await prepareProbe(hard.client, observed, o.subjectOf(web), OPTIONS, never);
    assert.ok(preparation.kind === 'refused');
    assert.equal(
      preparation.refusal.detail,
      'The API server would refuse it: violates PodSecurity "restricted:latest"',
    );
    assert.deepEqual(hard.written, []);
  });

  it('names the permission that is missing, before anything is tried', async () => {
    const { client, written } = await fakeCluster({ forbidden: 'pods/ephemeralcontainers' });
    const preparation = await prepareProbe(client, observed, o.subjectOf(web), OPTIONS, never);
    assert.deepEqual(preparation, {
      kind: 'refused',
      refusal: { reason: 'forbidden', detail: 'needs patch pods/ephemeralcontainers' },
      permission: { verb: 'patch', resource: 'pods/ephemeralcontainers', namespace: 'shop' },
    });
    assert.deepEqual(written, []);
  });

  it('ends what it left running when it is cancelled', async () => {
    const { client, execs } = await fakeCluster({
      // The test hangs; the command that ends it is the second exec.
      onExec: (socket, words) => {
        if (!words.includes(PROBE_SCRIPT)) socket.close();
      },
    });
    const probe = prepared(await prepareProbe(client, observed, o.subjectOf(web), OPTIONS, never));
    const stop = new AbortController();
    const run = runProbe(client, probe, () => {}, stop.signal);
    await until('the test', () => execs.length === 1);
    stop.abort();
    await assert.rejects(run, { name: 'AbortError' });
    assert.equal(execs.length, 2);
    assert.match(execs[1]?.getAll('command').join(' ') ?? '', /kill -9/);
  });

  it('says so when the image runs nothing', async () => {
    const { client } = await fakeCluster({
      onExec: (socket) => {
        socket.send(
          Buffer.concat([
            Uint8Array.of(3),
            Buffer.from('{"status":"Failure","message":"exec: /bin/sh: no such file"}'),
          ]),
        );
        socket.close();
      },
    });
    const probe = prepared(await prepareProbe(client, observed, o.subjectOf(web), OPTIONS, never));
    await assert.rejects(
      runProbe(client, probe, () => {}, never),
      (error) => {
        assert.ok(error instanceof ClusterError);
        const { code, message, detail } = failureOf(error);
        assert.deepEqual(
          [code, message, detail],
          [
            'refused',
            'The active test printed nothing; its image may have no /bin/sh.',
            'exec: /bin/sh: no such file',
          ],
        );
        return true;
      },
    );
  });

  it('keeps what was printed when the connection breaks; the rest was not run', async () => {
    const { client } = await fakeCluster({
      onExec: (socket) => {
        const half =
          '\u001e>resolv\nnameserver 10.96.0.10\n\u001e<resolv 0\n\u001e>0/udp/10.96.0.10\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n\u001e<0/udp/10.96.0.10 0\n';
        socket.send(Buffer.concat([Uint8Array.of(1), Buffer.from(half)]));
        setImmediate(() => socket.terminate());
      },
    });
    const probe = prepared(await prepareProbe(client, observed, o.subjectOf(web), OPTIONS, never));
    const { results, listening } = await runProbe(client, probe, () => {}, never);
    assert.equal(results[0]?.symptom, 'nxdomain');
    assert.ok(
      results.slice(1).every(({ outcome, symptom }) => outcome === 'inconclusive' && symptom === 'not-run'),
    );
    assert.equal(listening, undefined);
  });
});

describe('in a pod that is made for it', () => {
  const alone = o.observed([...objects.filter((object) => object !== web), ...frame()]);

  it('creates it as shown, runs, and deletes it', async () => {
    const { client, written, deleted } = await fakeCluster();
    const probe = prepared(await prepareProbe(client, alone, o.subjectOf(service), OPTIONS, never));
    const run = await runProbe(client, probe, () => {}, never);
    assert.deepEqual(
      written.map(({ method, path }) => `${method} ${path}`),
      ['POST /api/v1/namespaces/shop/pods'],
    );
    const [post] = written;
    assert.ok(post);
    const { metadata, spec } = post.body as {
      metadata: { name: string; labels: object };
      spec: Record<string, unknown>;
    };
    assert.equal(probe.proposal.object, `Pod/shop/${metadata.name}`);
    assert.deepEqual(metadata.labels, {
      'app.kubernetes.io/managed-by': 'pod-triage',
      'app.kubernetes.io/component': 'active-test',
    });
    assert.deepEqual(
      [spec.activeDeadlineSeconds, spec.automountServiceAccountToken, spec.restartPolicy],
      [300, false, 'Never'],
    );
    assert.deepEqual([run.from.made, run.from.node, run.from.labels], [true, 'worker-2', metadata.labels]);
    assert.deepEqual(deleted, [`/api/v1/namespaces/shop/pods/${metadata.name}`]);
  });

  it('deletes it when the test is cancelled, and when it fails', async () => {
    const hanging = await fakeCluster({ onExec: () => {} });
    const probe = prepared(await prepareProbe(hanging.client, alone, o.subjectOf(service), OPTIONS, never));
    const stop = new AbortController();
    const run = runProbe(hanging.client, probe, () => {}, stop.signal);
    await until('the test', () => hanging.execs.length === 1);
    stop.abort();
    await assert.rejects(run);
    assert.equal(hanging.deleted.length, 1);

    const failing = await fakeCluster({ onExec: (socket) => socket.terminate() });
    const other = prepared(await prepareProbe(failing.client, alone, o.subjectOf(service), OPTIONS, never));
    await assert.rejects(runProbe(failing.client, other, () => {}, never));
    assert.equal(failing.deleted.length, 1);
  });

  it('needs the right to delete it before it is made', async () => {
    const { client, written } = await fakeCluster({ forbidden: 'pods' });
    const preparation = await prepareProbe(client, alone, o.subjectOf(service), OPTIONS, never);
    assert.equal(preparation.kind === 'refused' && preparation.refusal.reason, 'forbidden');
    assert.deepEqual(written, []);
  });
});
