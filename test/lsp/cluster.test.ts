/** The cluster requests over the protocol: worker, trust, snapshots, consent, and a worker that dies. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, it } from 'node:test';
import {
  CancellationTokenSource,
  createConnection,
  createProtocolConnection,
  LSPErrorCodes,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { WorkerMethod } from '../../server/src/cluster/rpc.ts';
import { type Cluster, registerCluster } from '../../server/src/features/cluster.ts';
import type { Requests, ServerNotifications, Source } from '../../server/src/protocol.ts';
import { json, startApi, status } from '../cluster-unit/lib/api.ts';
import { until } from '../cluster-unit/lib/workerProbe.ts';
import { ROOT } from '../tools/paths.ts';

const WORKER = join(ROOT, 'server', 'src', 'cluster', 'entry.ts');
const DEMO: Source = { kind: 'snapshot', folder: join(ROOT, 'test', 'demo', 'snapshot'), namespace: 'shop' };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pod-triage-lsp-cluster-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Client {
  connection: ProtocolConnection;
  cluster: Cluster;
  logged: string[];
  trust: { value: boolean };
  ask<M extends WorkerMethod>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
  seen<N extends keyof ServerNotifications>(name: N): ServerNotifications[N][];
}

function start(workerFile = WORKER, isTrusted = true): Client {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  const logged: string[] = [];
  const trust = { value: isTrusted };
  const cluster = registerCluster(server, {
    isTrusted: () => trust.value,
    workerFile,
    messages: '',
    locale: 'en',
    log: (text) => logged.push(text),
  });
  server.listen();
  const connection = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  const notifications: { name: string; params: unknown }[] = [];
  for (const name of ['namespaceChanged', 'kubeconfigChanged', 'diagnosisStep', 'pluginConsent'])
    connection.onNotification(
      `podTriage/${name}`,
      (params: unknown) => void notifications.push({ name: `podTriage/${name}`, params }),
    );
  connection.listen();
  cleanups.push(async () => {
    await cluster.close();
    connection.dispose();
    server.dispose();
  });
  return {
    connection,
    cluster,
    logged,
    trust,
    ask: (method, params) => connection.sendRequest(method, params),
    seen: <N extends keyof ServerNotifications>(name: N) =>
      notifications
        .filter((each) => each.name === name)
        .map(({ params }) => params as ServerNotifications[N]),
  };
}

const codeOf = (answer: { ok: boolean; failure?: { code: string } }): string =>
  answer.ok ? 'ok' : (answer.failure?.code ?? '');

describe('the cluster requests', () => {
  it('are refused in an untrusted workspace, where a snapshot is still read', async () => {
    const client = start(WORKER, false);
    const source: Source = { kind: 'context', context: 'x', namespace: 'n' };
    const subject = { kind: 'Pod', name: 'p' };
    const options = { image: 'i', pullPolicy: 'Always', profile: 'general', columns: 1, rows: 1 } as const;
    for (const answer of [
      await client.ask('podTriage/contexts', {}),
      await client.ask('podTriage/namespaces', { context: 'x' }),
      await client.ask('podTriage/watch', { source }),
      await client.ask('podTriage/diagnose', { id: '1', source, subject }),
      await client.ask('podTriage/planTerminal', { source, subject, options }),
      await client.ask('podTriage/openTerminal', { id: '1', source, subject, options }),
    ])
      assert.equal(codeOf(answer), 'untrusted');
    const names = await client.ask('podTriage/namespaces', {
      context: '',
      folder: DEMO.kind === 'snapshot' ? DEMO.folder : '',
    });
    assert.ok(names.ok && names.value.includes('shop'));
  });

  it('answer a snapshot: view, pods, objects, events, logs, subjects, diagnosis', async () => {
    const client = start();
    assert.equal(codeOf(await client.ask('podTriage/watch', { source: DEMO })), 'ok');
    await until('the view', () => client.seen('podTriage/namespaceChanged').length > 0);
    const [view] = client.seen('podTriage/namespaceChanged');
    assert.ok(view && view.workloads.length > 3 && view.asOf);
    const failing = view.workloads.find(({ health }) => health === 'failing');
    assert.ok(failing, 'the demo has a failing workload');

    const pods = await client.ask('podTriage/pods', {
      source: DEMO,
      workload: failing.ref,
      offset: 0,
      limit: 10,
    });
    assert.ok(pods.ok && pods.value.pods.length > 0);
    const [pod] = pods.value.pods;
    assert.ok(pod);
    const object = await client.ask('podTriage/object', { source: DEMO, ref: pod.ref });
    assert.ok(object.ok && object.value.yaml.includes(`name: ${pod.ref.name}`));
    const events = await client.ask('podTriage/events', { source: DEMO, ref: pod.ref });
    assert.ok(events.ok);
    const missing = await client.ask('podTriage/object', {
      source: DEMO,
      ref: { kind: 'Pod', name: '../x', namespace: 'shop' },
    });
    assert.equal(codeOf(missing), 'not-found');

    const nodes = await client.ask('podTriage/subjects', { source: DEMO, kinds: ['Node', 'Pod'] });
    assert.ok(
      nodes.ok && nodes.value.some(({ ref }) => ref.kind === 'Node') && nodes.value[0]?.health === 'failing',
    );

    const report = await client.ask('podTriage/diagnose', { id: 'd', source: DEMO, subject: pod.ref });
    assert.ok(report.ok && report.value.rootCauses.length > 0);
    assert.ok(client.seen('podTriage/diagnosisStep').every(({ id }) => id === 'd'));

    const terminal = await client.ask('podTriage/planTerminal', {
      source: DEMO,
      subject: pod.ref,
      options: { image: 'i', pullPolicy: 'Always', profile: 'general', columns: 1, rows: 1 },
    });
    assert.equal(codeOf(terminal), 'invalid');
  });

  it('keep what was shown when the worker dies, say so, and start another', async () => {
    const path = folder();
    // Dies at the first question for events; everything else is the real worker.
    const worker = join(path, 'worker.mjs');
    writeFileSync(
      worker,
      `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ method }) => { if (method === 'podTriage/events') throw new Error('out of memory'); });
await import(${JSON.stringify(WORKER)});\n`,
    );
    const client = start(worker);
    await client.ask('podTriage/watch', { source: DEMO });
    await until('the view', () => client.seen('podTriage/namespaceChanged').length === 1);
    const answer = await client.ask('podTriage/events', { source: DEMO, ref: { kind: 'Pod', name: 'p' } });
    assert.equal(codeOf(answer), 'lost');
    await until('the view of the new worker', () => client.seen('podTriage/namespaceChanged').length === 3);
    const [first, stale, again] = client.seen('podTriage/namespaceChanged');
    assert.equal(stale?.state, 'stale');
    assert.deepEqual(stale?.workloads, first?.workloads);
    assert.deepEqual(again?.workloads, first?.workloads);
    assert.match(client.logged.join('\n'), /out of memory/);
    assert.equal(
      codeOf(
        await client.ask('podTriage/namespaces', {
          context: '',
          folder: DEMO.kind === 'snapshot' ? DEMO.folder : '',
        }),
      ),
      'ok',
    );
  });

  it('ask before a credential plugin runs, take the no, and remember the yes', async () => {
    const path = folder();
    const api = await startApi((request, response) =>
      request.headers.authorization === 'Bearer from-plugin'
        ? json(response, { metadata: {}, items: [{ metadata: { name: 'shop' } }] })
        : json(response, status(401, 'Unauthorized', 'Unauthorized'), 401),
    );
    cleanups.push(() => api.close());
    const helper = join(path, 'helper');
    writeFileSync(
      helper,
      `#!/bin/sh\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}'\n`,
    );
    chmodSync(helper, 0o755);
    const kubeconfig = join(path, 'config');
    writeFileSync(
      kubeconfig,
      `clusters: [{ name: c, cluster: { server: "${api.url}" } }]
users: [{ name: u, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: ./helper, args: [a] } } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x\n`,
    );
    const client = start();
    const contexts = await client.ask('podTriage/contexts', { kubeconfig });
    assert.ok(contexts.ok && contexts.value[0]?.name === 'x');
    assert.deepEqual(client.seen('podTriage/pluginConsent'), [], 'reading the file asks nothing');

    const answered = async (allow: boolean, count: number): Promise<string> => {
      const asking = client.ask('podTriage/namespaces', { context: 'x', kubeconfig });
      await until('the question', () => client.seen('podTriage/pluginConsent').length === count);
      const question = client.seen('podTriage/pluginConsent').at(-1);
      assert.deepEqual([question?.command, question?.args, question?.file], [helper, ['a'], kubeconfig]);
      await client.connection.sendNotification('podTriage/allowPlugin', { id: question?.id, allow });
      return codeOf(await asking);
    };
    assert.equal(await answered(false, 1), 'exec-plugin');
    assert.deepEqual(api.seen, []);
    assert.equal(await answered(true, 2), 'ok');
    // The kubeconfig is written anew: same plugin, no question.
    writeFileSync(kubeconfig, `preferences: {}\n${readFileSync(kubeconfig, 'utf8')}`);
    assert.equal(codeOf(await client.ask('podTriage/namespaces', { context: 'x', kubeconfig })), 'ok');
    assert.equal(client.seen('podTriage/pluginConsent').length, 2);
  });

  it('reach the cluster of the kubeconfig that the source names, whatever another one calls by that name', async () => {
    const client = start();
    const answers: string[][] = [];
    const files: string[] = [];
    for (const name of ['first', 'second']) {
      const api = await startApi((_request, response) =>
        json(response, { metadata: {}, items: [{ metadata: { name } }] }),
      );
      cleanups.push(() => api.close());
      const kubeconfig = join(folder(), 'config');
      writeFileSync(
        kubeconfig,
        `clusters: [{ name: c, cluster: { server: "${api.url}" } }]\ncontexts: [{ name: same, context: { cluster: c } }]\n`,
      );
      files.push(kubeconfig);
    }
    for (const kubeconfig of [...files, ...files]) {
      // Asking about one file must not move those who look at another.
      await client.ask('podTriage/contexts', { kubeconfig: files[1] ?? '' });
      const answer = await client.ask('podTriage/namespaces', { context: 'same', kubeconfig });
      answers.push(answer.ok ? answer.value : [codeOf(answer)]);
    }
    assert.deepEqual(answers, [['first'], ['second'], ['first'], ['second']]);
  });

  it('tell when a kubeconfig has another content, also through a link', async () => {
    const path = folder();
    const real = join(path, 'real');
    mkdirSync(real);
    const context = (name: string): string =>
      `clusters: [{ name: c, cluster: { server: "http://127.0.0.1:1" } }]\ncontexts: [{ name: ${name}, context: { cluster: c } }]\n`;
    writeFileSync(join(real, 'config'), context('before'));
    const link = join(path, 'link');
    symlinkSync(join(real, 'config'), link);
    const client = start();
    assert.equal(codeOf(await client.ask('podTriage/contexts', { kubeconfig: link })), 'ok');
    writeFileSync(join(real, 'config'), context('before'));
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual(client.seen('podTriage/kubeconfigChanged'), [], 'the same content is no news');
    writeFileSync(join(real, 'config'), context('after'));
    await until('the news', () => client.seen('podTriage/kubeconfigChanged').length === 1);
    assert.equal(client.seen('podTriage/kubeconfigChanged')[0]?.contexts[0]?.name, 'after');
    rmSync(join(real, 'config'));
    await until('the loss', () => client.seen('podTriage/kubeconfigChanged').length === 2);
    assert.deepEqual(client.seen('podTriage/kubeconfigChanged')[1]?.contexts, []);
  });

  it('can be cancelled while the server says nothing', async () => {
    const api = await startApi(() => {});
    cleanups.push(() => api.close());
    const path = folder();
    const kubeconfig = join(path, 'config');
    writeFileSync(
      kubeconfig,
      `clusters: [{ name: c, cluster: { server: "${api.url}" } }]\ncontexts: [{ name: x, context: { cluster: c } }]\n`,
    );
    const client = start();
    const cancel = new CancellationTokenSource();
    const source: Source = { kind: 'context', context: 'x', namespace: 'n', kubeconfig };
    const asking = client.connection.sendRequest(
      'podTriage/diagnose',
      { id: 'c', source, subject: { kind: 'Pod', name: 'p' } },
      cancel.token,
    ) as Promise<Requests['podTriage/diagnose']['result']>;
    await until('the request', () => api.seen.length > 0);
    const started = performance.now();
    cancel.cancel();
    await assert.rejects(asking, { code: LSPErrorCodes.RequestCancelled });
    assert.ok(performance.now() - started < 1000);
  });
});
