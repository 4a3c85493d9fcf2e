/** Terminals against a server of the wire format: what is written, in which order, and what is left behind. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { parse } from 'yaml';
import { failureOf } from '../../server/src/cluster/failure.ts';
import type { NotifyClient } from '../../server/src/cluster/rpc.ts';
import { enforcedLevel, profileWarnings } from '../../server/src/cluster/terminal/profiles.ts';
import { Terminals } from '../../server/src/cluster/terminal/terminals.ts';
import type {
  NetshootProfile,
  ServerNotifications,
  Source,
  TerminalOptions,
  TerminalPlace,
} from '../../server/src/protocol.ts';
import { ROOT } from '../tools/paths.ts';
import { clientFor, json, startApi, status } from './lib/api.ts';
import { until } from './lib/workerProbe.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const SOURCE: Source = { kind: 'context', context: 'test', namespace: 'shop' };
const POD = { kind: 'Pod', namespace: 'shop', name: 'web' };
const NODE = { kind: 'Node', name: 'node-1' };
const OPTIONS: TerminalOptions = {
  image: 'tools:1',
  pullPolicy: 'IfNotPresent',
  profile: 'general',
  columns: 80,
  rows: 24,
};

interface Fake {
  /** State of the terminal's container as the kubelet reports it, from the moment it was added. */
  state: object;
  pod?: object;
  labels?: Record<string, string>;
  /** Answers the dry run; undefined accepts. */
  refuse?: string;
  allowed?: boolean;
  onSocket?: (socket: WebSocket) => void;
}

/** A namespace with the pod web, and a node; remembers what was written. */
async function fakeCluster(fake: Fake) {
  const written: { line: string; body: Record<string, unknown> }[] = [];
  const deleted: string[] = [];
  let container: string | undefined;
  let debugPod: Record<string, unknown> | undefined;
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  const api = await startApi(
    async (request, response, url) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const path = url.pathname;
      if (path.endsWith('selfsubjectaccessreviews'))
        return json(response, { status: { allowed: fake.allowed ?? true } }, 201);
      if (request.method === 'DELETE') {
        deleted.push(path);
        debugPod = undefined;
        return json(response, {});
      }
      if (request.method !== 'GET') {
        const object = JSON.parse(body) as Record<string, unknown>;
        const isDry = url.searchParams.get('dryRun') === 'All';
        if (isDry && fake.refuse) return json(response, status(403, 'Forbidden', fake.refuse), 403);
        if (isDry) return json(response, object);
        written.push({ line: `${request.method} ${path}`, body: object });
        if (request.method === 'POST') debugPod = object;
        else
          container = (object as { spec: { ephemeralContainers: { name: string }[] } }).spec
            .ephemeralContainers[0]?.name;
        return json(response, object);
      }
      if (path.endsWith('/pods/web'))
        return json(response, {
          metadata: { name: 'web', namespace: 'shop' },
          spec: { containers: [{ name: 'app' }, { name: 'side' }] },
          status: {
            phase: 'Running',
            ephemeralContainerStatuses: container ? [{ name: container, state: fake.state }] : [],
          },
          ...fake.pod,
        });
      if (debugPod && path.endsWith(`/pods/${(debugPod.metadata as { name: string }).name}`))
        return json(response, {
          ...debugPod,
          status: { containerStatuses: [{ name: 'netshoot', state: fake.state }] },
        });
      if (path === '/api/v1/nodes/node-1') return json(response, { metadata: { name: 'node-1' } });
      if (path === '/api/v1/namespaces/shop')
        return json(response, { metadata: { name: 'shop', labels: fake.labels ?? {} } });
      if (/\/(pods|nodes)\/[^/]+$/.test(path)) return json(response, status(404, 'NotFound', 'gone'), 404);
      json(response, { metadata: {}, items: [] });
    },
    {
      onUpgrade: (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (opened) => {
          if (request.url?.includes('/exec?')) opened.close();
          else fake.onSocket?.(opened);
        }),
    },
  );
  const client = clientFor(api.url);
  const seen: { name: string; params: unknown }[] = [];
  const notify: NotifyClient = (name, params) => void seen.push({ name, params });
  const terminals = new Terminals(notify);
  cleanups.push(
    () => client.connection.close(),
    () => api.close(),
    () => terminals.closeAll(),
  );
  const all = <N extends keyof ServerNotifications>(name: N): ServerNotifications[N][] =>
    seen.filter((each) => each.name === name).map(({ params }) => params as ServerNotifications[N]);
  const signal = AbortSignal.timeout(20_000);
  return {
    api,
    terminals,
    written,
    deleted,
    all,
    plan: (subject: typeof POD | typeof NODE = POD, options = OPTIONS) =>
      terminals.plan(client, SOURCE, subject, options, signal),
    open: (subject: typeof POD | typeof NODE = POD, reconnect?: TerminalPlace) => {
      const params = { id: 't', source: SOURCE, subject, options: OPTIONS };
      return terminals.open(client, reconnect ? { ...params, reconnect } : params, signal);
    },
  };
}

const RUNNING = { running: {} };
const frame = (channel: number, text: string): Buffer =>
  Buffer.concat([Uint8Array.of(channel), Buffer.from(text)]);

describe('a terminal in a pod', () => {
  it('writes exactly what the plan showed, and nothing before it is opened', async () => {
    const { plan, open, written } = await fakeCluster({ state: RUNNING });
    const { yaml, warnings } = await plan();
    assert.deepEqual(warnings, []);
    assert.equal(written.length, 0);
    const { container } = await open();
    assert.deepEqual(
      written.map(({ line }) => line),
      ['PATCH /api/v1/namespaces/shop/pods/web/ephemeralcontainers'],
    );
    assert.deepEqual(written[0]?.body, parse(yaml));
    const [spec] = (parse(yaml) as { spec: { ephemeralContainers: Record<string, unknown>[] } }).spec
      .ephemeralContainers;
    assert.equal(spec?.name, container);
    assert.equal(spec?.targetContainerName, 'app');
    assert.deepEqual([spec?.stdin, spec?.tty], [true, true]);
    // The API refuses these in an ephemeral container.
    for (const field of ['ports', 'resources', 'livenessProbe', 'lifecycle'])
      assert.ok(!(field in (spec ?? {})), field);
  });

  it('sends the size first, then asks for a prompt; hands bytes on unchanged; takes the exit code from the status', async () => {
    const got: string[] = [];
    const fake: Fake = {
      state: RUNNING,
      onSocket: (socket) => {
        socket.on('message', (data: Buffer) => {
          got.push(`${data[0]}:${data.subarray(1)}`);
          if (data.toString().includes('exit')) {
            fake.state = { terminated: { exitCode: 3 } };
            socket.send(frame(3, '{"status":"Success"}'));
            socket.close();
          }
        });
        socket.send(Buffer.concat([Uint8Array.of(1), Uint8Array.of(0xff, 0x00, 0x1b)]));
      },
    };
    const { open, terminals, all } = await fakeCluster(fake);
    await open();
    await until('the prompt', () => got.length === 2);
    assert.deepEqual(got, ['4:{"Width":80,"Height":24}', '0:\r']);
    await until('the output', () => all('podTriage/terminalOutput').length > 0);
    assert.equal(
      all('podTriage/terminalOutput')[0]?.data,
      Buffer.from([0xff, 0x00, 0x1b]).toString('base64'),
    );
    terminals.input('t', Buffer.from('exit 3\r').toString('base64'));
    await until('the end', () => all('podTriage/terminalExit').length > 0);
    assert.deepEqual(all('podTriage/terminalExit'), [{ id: 't', exitCode: 3 }]);
    assert.deepEqual(
      all('podTriage/terminalProgress').map(({ step }) => step),
      ['Added', 'Attached'],
    );
  });

  for (const [what, state, words] of [
    [
      'an image that is not there',
      { waiting: { reason: 'ErrImagePull', message: 'not found' } },
      /ErrImagePull/,
    ],
    ['a name that is none', { waiting: { reason: 'InvalidImageName', message: 'bad' } }, /InvalidImageName/],
    [
      'root in a pod that forbids it',
      { waiting: { reason: 'CreateContainerConfigError', message: 'root' } },
      /CreateContainerConfigError/,
    ],
    ['an image without a shell', { terminated: { exitCode: 128, reason: 'StartError' } }, /\/bin\/sh/],
  ] as const)
    it(`${what}: fails with the kubelet’s words`, async () => {
      const { open } = await fakeCluster({ state });
      const failure = await open().then(() => assert.fail('opened'), failureOf);
      assert.equal(failure.code, 'refused');
      assert.match(failure.message, words);
      assert.notEqual(failure.detail, '');
    });

  it('lost says that its shell still runs, and reconnects to the same container', async () => {
    let sockets = 0;
    const { open, written, all } = await fakeCluster({
      state: RUNNING,
      onSocket: (socket) => {
        if (++sockets === 1) setTimeout(() => socket.terminate(), 20);
      },
    });
    const first = await open();
    await until('the loss', () => all('podTriage/terminalExit').length > 0);
    assert.equal(all('podTriage/terminalExit')[0]?.failure?.code, 'lost');
    assert.deepEqual(await open(POD, first), first);
    assert.equal(written.length, 1);
  });

  it('reconnecting where no shell runs says to open a new one', async () => {
    const { open, written } = await fakeCluster({ state: RUNNING });
    const failure = await open(POD, { namespace: 'shop', pod: 'web', container: 'netshoot-gone1' }).then(
      () => assert.fail('opened'),
      failureOf,
    );
    assert.equal(failure.code, 'not-found');
    assert.deepEqual(written, []);
  });

  for (const [what, pod, words] of [
    ['has ended', { status: { phase: 'Succeeded' } }, /has ended/],
    [
      'is static',
      { metadata: { name: 'web', annotations: { 'kubernetes.io/config.mirror': 'x' } } },
      /static/,
    ],
  ] as const)
    it(`is not planned in a pod that ${what}`, async () => {
      const { plan } = await fakeCluster({ state: RUNNING, pod });
      assert.match((await plan().then(() => assert.fail('planned'), failureOf)).message, words);
    });

  it('warns of missing rights, of Pod Security, and of what the server itself would say', async () => {
    const unable = await (await fakeCluster({ state: RUNNING, allowed: false })).plan();
    assert.match(unable.warnings[0] ?? '', /may not patch pods\/ephemeralcontainers in namespace shop/);
    const refused = await (
      await fakeCluster({
        state: RUNNING,
        labels: { 'pod-security.kubernetes.io/enforce': 'baseline' },
        refuse: 'violates PodSecurity',
      })
    ).plan();
    assert.match(
      refused.warnings.join('\n'),
      /enforces Pod Security baseline, .*baseline, restricted passes/,
    );
    assert.match(refused.warnings.join('\n'), /would refuse it: violates PodSecurity/);
  });
});

describe('a terminal on a node', () => {
  it('makes a pod that ends by itself, and deletes it when closed', async () => {
    const { plan, open, written, deleted, terminals } = await fakeCluster({ state: RUNNING });
    const { yaml } = await plan(NODE);
    const { pod } = await open(NODE);
    assert.deepEqual(written[0]?.body, parse(yaml));
    const object = written[0]?.body as unknown as {
      metadata: { labels: object };
      spec: Record<string, unknown>;
    };
    assert.deepEqual(
      [object.spec.nodeName, object.spec.hostNetwork, object.spec.hostPID, object.spec.activeDeadlineSeconds],
      ['node-1', true, true, 3600],
    );
    assert.deepEqual(object.spec.tolerations, [{ operator: 'Exists' }]);
    assert.equal(
      (object.metadata.labels as Record<string, string>)['app.kubernetes.io/managed-by'],
      'pod-triage',
    );
    assert.deepEqual(deleted, []);
    await terminals.close('t');
    assert.deepEqual(deleted, [`/api/v1/namespaces/shop/pods/${pod}`]);
  });

  it('deletes its pod also when it never starts', async () => {
    const { open, deleted } = await fakeCluster({
      state: { waiting: { reason: 'ErrImagePull', message: 'no' } },
    });
    await assert.rejects(open(NODE));
    assert.equal(deleted.length, 1);
  });

  it('deletes all of them when the worker ends', async () => {
    const { open, deleted, terminals } = await fakeCluster({ state: RUNNING });
    await open(NODE);
    await terminals.closeAll();
    assert.equal(deleted.length, 1);
  });
});

describe('profiles and Pod Security', () => {
  const TABLE: [level: string, passing: NetshootProfile[]][] = [
    ['privileged', ['general', 'baseline', 'restricted', 'netadmin', 'sysadmin']],
    ['baseline', ['baseline', 'restricted']],
    ['restricted', ['restricted']],
  ];
  for (const [level, passing] of TABLE)
    it(`${level} lets ${passing.join(', ')} pass`, () => {
      const enforced = enforcedLevel({ 'pod-security.kubernetes.io/enforce': level });
      const all: NetshootProfile[] = ['general', 'baseline', 'restricted', 'netadmin', 'sysadmin'];
      const refused = all.filter((profile) =>
        profileWarnings(profile, enforced, 'n').some((text) => /refuses/.test(text)),
      );
      assert.deepEqual(
        refused,
        all.filter((profile) => !passing.includes(profile)),
      );
    });
});

describe('writes', () => {
  it('are sent from one file, beside the reviews that store nothing', () => {
    const files = globSync('server/src/{cluster,snapshot,cli,features}/**/*.ts', { cwd: ROOT });
    const writing = files.filter((file) =>
      /method: '(POST|PUT|PATCH|DELETE)'/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    assert.deepEqual(writing.sort(), ['server/src/cluster/access.ts', 'server/src/cluster/writes.ts']);
  });
});
