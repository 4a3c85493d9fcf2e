/**
 * Collection, live view and terminals against a real API server with real nodes. Runs where POD_TRIAGE_KUBECONFIG
 * names one (`npm run cluster -- up` makes one); writes into a namespace of its own and deletes it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { KubeClient } from '../../server/src/cluster/client.ts';
import { collect } from '../../server/src/cluster/collect.ts';
import { type ClusterConnections, openConnections } from '../../server/src/cluster/connections.ts';
import { resourceOf } from '../../server/src/cluster/resources.ts';
import { takeSnapshot } from '../../server/src/cluster/takeSnapshot.ts';
import type { Pod } from '../../server/src/core/kube/types.ts';
import type { NamespaceView, TerminalOptions } from '../../server/src/protocol.ts';
import { readSnapshot } from '../../server/src/snapshot/read.ts';
import { writeSnapshot } from '../../server/src/snapshot/write.ts';
import { until, WorkerProbe } from './lib/workerProbe.ts';

const kubeconfig = process.env.POD_TRIAGE_KUBECONFIG;
const registry = process.env.POD_TRIAGE_REGISTRY ?? 'registry.pod-triage.test:5000';
const namespace = `conn-${Date.now().toString(36)}`;
const signal = AbortSignal.timeout(240_000);

const OPTIONS: TerminalOptions = {
  image: `${registry}/tools:1`,
  pullPolicy: 'IfNotPresent',
  profile: 'general',
  columns: 80,
  rows: 24,
};

describe('a real cluster', { skip: !kubeconfig }, () => {
  let connections: ClusterConnections;
  let client: KubeClient;
  let context: string;
  let probe: WorkerProbe;
  const source = () => ({ kind: 'context', context, namespace, kubeconfig: kubeconfig! }) as const;

  const write = (method: 'POST' | 'DELETE', path: string, body?: object) =>
    client.json({ method, path, body, purpose: { verb: 'create', resource: path }, signal });
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const podOf = async (name: string): Promise<Pod> =>
    (await client.get(resourceOf('Pod')!, namespace, name, signal)) as Pod;

  before(async () => {
    connections = openConnections({ plugins: { consent: async () => true }, kubeconfig: kubeconfig! });
    client = await connections.client();
    context = client.connection.context;
    probe = new WorkerProbe();
    await write('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    // The service account comes a moment after its namespace.
    await until('the default service account', async () => {
      const { items } = await client.list(resourceOf('ServiceAccount')!, { namespace }, signal);
      return items.length > 0;
    });
    await write('POST', pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'idle', labels: { app: 'idle' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'app', image: `${registry}/tools:1`, command: ['sleep', '100000'] }],
      },
    });
    await write('POST', pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'crasher' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'app',
            image: `${registry}/tools:1`,
            command: ['/bin/sh', '-c', 'echo last words; exit 7'],
          },
        ],
      },
    });
    await write('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys' },
      stringData: { password: 'correct-horse' },
    });
    await until('the pod runs', async () => (await podOf('idle')).status?.phase === 'Running');
    await until('the other has crashed twice', async () => {
      const [status] = (await podOf('crasher')).status?.containerStatuses ?? [];
      return (status?.restartCount ?? 0) >= 1 && status?.lastState?.terminated !== undefined;
    });
  });

  after(async () => {
    await probe?.close();
    await write('DELETE', `/api/v1/namespaces/${namespace}`);
    connections?.close();
  });

  it('collects a namespace with logs of what crashed and without Secret values', async () => {
    const collected = () => collect(client, { kind: 'Pod', namespace, name: 'crasher' }, { signal });
    let observed = await collected();
    // While a container restarts, the kubelet has no log of the run before for a moment.
    await until('the log of the run before', async () => {
      if (
        observed.logs.some(
          ({ pod, text, previous }) => pod === 'crasher' && previous && text.includes('last words'),
        )
      )
        return true;
      observed = await collected();
      return false;
    });
    const kinds = new Set(observed.objects.map(({ kind }) => kind));
    for (const kind of ['Pod', 'Event', 'Node', 'Namespace', 'ServiceAccount', 'Secret'])
      assert.ok(kinds.has(kind), `${kind} was read`);
    assert.ok(!JSON.stringify(observed).includes('correct-horse'));
    assert.ok(!JSON.stringify(observed).includes(Buffer.from('correct-horse').toString('base64')));
    assert.deepEqual(
      observed.gaps.map(({ kind }) => kind),
      ['stats'],
    );
    assert.ok(Math.abs(Date.parse(observed.now) - Date.now()) < 5000);
  });

  it('reads kubelet summaries when asked', async () => {
    const observed = await collect(client, { kind: 'Pod', namespace, name: 'idle' }, { signal, stats: true });
    const [stats] = Object.values(observed.stats);
    assert.ok(stats?.node.nodeName);
  });

  it('writes a snapshot that says the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pod-triage-live-'));
    try {
      const { observed, collected } = await takeSnapshot(
        client,
        { kind: 'Namespace', name: namespace },
        { signal },
      );
      await writeSnapshot(folder, observed, collected);
      const read = await readSnapshot(folder);
      assert.equal(read.now, observed.now);
      assert.deepEqual(
        read.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort(),
        observed.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort(),
      );
      assert.deepEqual(
        read.gaps
          .filter(({ reason, namespace }) => reason === 'not-in-snapshot' && namespace === undefined)
          .map(({ kind }) => kind),
        ['PersistentVolume'],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('shows the namespace live: unhealthy first, and a new pod without being asked', async () => {
    await probe.ok('podTriage/watch', { source: source() });
    // Between two crashes the pod is ready for a moment, and a warning.
    const ready = await probe.notified(
      'podTriage/namespaceChanged',
      ({ state, workloads }) => state === 'ready' && workloads[0]?.health === 'failing',
    );
    assert.deepEqual(
      ready.workloads.map(({ ref }) => ref.name),
      ['crasher', 'idle'],
    );
    assert.match(ready.workloads[0]?.summary ?? '', /restart.*last exit 7/);
    await write('POST', pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'late' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'app', image: `${registry}/tools:1`, command: ['sleep', '1000'] }],
      },
    });
    const has = (view: NamespaceView, name: string) => view.workloads.some(({ ref }) => ref.name === name);
    await probe.notified('podTriage/namespaceChanged', (view) => has(view, 'late'));
    await write('DELETE', `${pods}/late`);
    await probe.notified('podTriage/namespaceChanged', (view) => !has(view, 'late'));
    const { pods: rows, total } = await probe.ok('podTriage/pods', { source: source(), offset: 0, limit: 1 });
    assert.equal(total, 2);
    assert.equal(rows[0]?.ref.name, 'crasher');
    await probe.ok('podTriage/watch', { source: null });
  });

  it('diagnoses over the worker and says what it does meanwhile', async () => {
    const report = await probe.ok('podTriage/diagnose', {
      id: 'd1',
      source: source(),
      subject: { kind: 'Pod', namespace, name: 'crasher' },
    });
    assert.ok(report.rootCauses.length > 0);
    assert.ok(probe.all('podTriage/diagnosisStep').some(({ steps }) => steps.length > 0));
  });

  it('opens a terminal in a pod, runs a command, resizes, comes back and gives the exit code', async () => {
    const subject = { kind: 'Pod', namespace, name: 'idle' };
    const plan = await probe.ok('podTriage/planTerminal', { source: source(), subject, options: OPTIONS });
    assert.deepEqual(plan.warnings, []);
    const name = /name: (netshoot-\w{5})/.exec(plan.yaml)?.[1];
    const opened = await probe.ok('podTriage/openTerminal', {
      id: 't1',
      source: source(),
      subject,
      options: OPTIONS,
    });
    assert.equal(opened.container, name, 'what was shown is what was written');
    probe.type('t1', 'echo $((40+2))-$POD_TRIAGE_SESSION; id -u\r');
    await probe.printed('t1', new RegExp(`42-${name}\\r\\n0`));
    probe.client.notify('podTriage/terminalResize', { id: 't1', columns: 101, rows: 33 });
    probe.type('t1', 'stty size\r');
    await probe.printed('t1', /33 101/);

    // Another process of ours finds the running shell again.
    const other = new WorkerProbe();
    const again = await other.ok('podTriage/openTerminal', {
      id: 'again',
      source: source(),
      subject,
      options: OPTIONS,
      reconnect: opened,
    });
    assert.equal(again.container, name);
    other.type('again', 'echo still-$((1+1))\r');
    await other.printed('again', /still-2/);
    other.type('again', 'exit 9\r');
    const end = await other.notified('podTriage/terminalExit', ({ id }) => id === 'again');
    assert.equal(end.exitCode, 9);
    await other.close();
  });

  /** Bits of capabilities(7): NET_ADMIN 12, NET_RAW 13, SYS_PTRACE 19, SYS_ADMIN 21. */
  const PROFILES: [profile: TerminalOptions['profile'], user: string, has: number[], lacks: number[]][] = [
    ['baseline', '0', [], [12, 19, 21]],
    ['netadmin', '0', [12, 13], [19, 21]],
    ['sysadmin', '0', [12, 13, 19, 21], []],
    ['restricted', '65532', [], [12, 13, 19, 21]],
  ];
  for (const [profile, user, has, lacks] of PROFILES)
    it(`profile ${profile} runs as user ${user} with its rights and no others`, async () => {
      const id = `profile-${profile}`;
      await probe.ok('podTriage/openTerminal', {
        id,
        source: source(),
        subject: { kind: 'Pod', namespace, name: 'idle' },
        options: { ...OPTIONS, profile },
      });
      probe.type(id, "echo user-$(id -u)-caps-$(sed -n 's/^CapBnd:.//p' /proc/self/status).\r");
      await probe.printed(id, /user-\d+-caps-[0-9a-f]+\./);
      const [, shown, bits = '0'] = /user-(\d+)-caps-([0-9a-f]+)\./.exec(probe.output(id)) ?? [];
      assert.equal(shown, user);
      const capabilities = BigInt(`0x${bits}`);
      const held = (bit: number): boolean => (capabilities & (1n << BigInt(bit))) !== 0n;
      assert.deepEqual(
        has.filter((bit) => !held(bit)),
        [],
        `has, of ${bits}`,
      );
      assert.deepEqual(lacks.filter(held), [], `lacks, of ${bits}`);
      await probe.ok('podTriage/closeTerminal', { id });
    });

  it('takes ten megabytes as fast as they are drawn, and stops for Ctrl+C when nobody draws', async () => {
    const subject = { kind: 'Pod', namespace, name: 'idle' };
    await probe.ok('podTriage/openTerminal', { id: 'big', source: source(), subject, options: OPTIONS });
    const bytes = (): number =>
      probe
        .all('podTriage/terminalOutput')
        .filter(({ id }) => id === 'big')
        .reduce((sum, { data }) => sum + Buffer.from(data, 'base64').length, 0);
    probe.type('big', "head -c 10000000 /dev/zero | tr '\\0' x; echo all-$((40+2))\r");
    await probe.printed('big', /all-42/);
    assert.ok(bytes() > 10_000_000, `${bytes()} bytes`);

    probe.draws = false;
    const before = bytes();
    probe.type('big', 'yes\r');
    let last = 0;
    await until('the output stops', async () => {
      const [then, now] = [last, bytes()];
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return now > before + 100_000 && then === now;
    });
    assert.ok(bytes() - before < 1_000_000, `${bytes() - before} bytes came that nobody had drawn`);
    probe.draws = true;
    probe.client.notify('podTriage/terminalRead', { id: 'big', bytes: bytes() - before });
    probe.type('big', '\u0003');
    probe.type('big', 'echo free-$((40+2))\r');
    await probe.printed('big', /free-42/);
    await probe.ok('podTriage/closeTerminal', { id: 'big' });
  });

  it('offers the container of a terminal whose window died, and goes back to it', async () => {
    const subject = { kind: 'Pod', namespace, name: 'idle' };
    const node = { kind: 'Node', name: (await podOf('idle')).spec?.nodeName ?? '' };
    for (const where of [subject, node]) {
      const dying = new WorkerProbe();
      await dying.ok('podTriage/contexts', { kubeconfig: kubeconfig! });
      const asked = {
        source: source(),
        subject: where,
        options: { ...OPTIONS, profile: 'netadmin' as const },
      };
      const place = await dying.ok('podTriage/openTerminal', { id: 'dying', ...asked });
      dying.type('dying', 'MARK=kept; echo $((40+2))-ready\r');
      await dying.printed('dying', /42-ready/);
      assert.equal((await dying.ok('podTriage/planTerminal', asked)).running, undefined, 'it is open here');
      await dying.die();

      const { running } = await probe.ok('podTriage/planTerminal', asked);
      assert.deepEqual({ ...running, since: '' }, { ...place, since: '' });
      await probe.ok('podTriage/openTerminal', { id: `back-${where.kind}`, ...asked, reconnect: place });
      probe.type(`back-${where.kind}`, 'echo $MARK-$((40+2))\r');
      await probe.printed(`back-${where.kind}`, /kept-42/);
      await probe.ok('podTriage/closeTerminal', { id: `back-${where.kind}` });
      assert.equal(
        (await probe.ok('podTriage/planTerminal', asked)).running,
        undefined,
        'it was closed here',
      );
    }
  });

  it('ends the shell when the terminal is closed', async () => {
    const subject = { kind: 'Pod', namespace, name: 'idle' };
    const { container } = await probe.ok('podTriage/openTerminal', {
      id: 't2',
      source: source(),
      subject,
      options: OPTIONS,
    });
    // A program that does not listen to "exit".
    probe.type('t2', 'sleep 5000\r');
    await probe.printed('t2', /sleep 5000/);
    await probe.ok('podTriage/closeTerminal', { id: 't2' });
    await until('the ephemeral container ends', async () => {
      const { ephemeralContainerStatuses = [] } = (await podOf('idle')).status ?? {};
      return (
        ephemeralContainerStatuses.find(({ name }) => name === container)?.state?.terminated !== undefined
      );
    });
    assert.equal(
      (await podOf('idle')).status?.containerStatuses?.[0]?.restartCount,
      0,
      'the pod itself is unharmed',
    );
  });

  it('shows the kubelet’s words when the image cannot be pulled', async () => {
    const answer = await probe.client.request('podTriage/openTerminal', {
      id: 't3',
      source: source(),
      subject: { kind: 'Pod', namespace, name: 'idle' },
      options: { ...OPTIONS, image: `${registry}/nothing-here:1`, pullPolicy: 'Always' },
    });
    assert.ok(!answer.ok);
    assert.equal(answer.failure.code, 'refused');
    assert.match(answer.failure.message, /ErrImagePull|ImagePullBackOff/);
    assert.match(answer.failure.detail ?? '', /nothing-here/);
  });

  it('opens a terminal on a node and deletes its pod when it closes', async () => {
    const node = (await podOf('idle')).spec?.nodeName ?? '';
    const subject = { kind: 'Node', name: node };
    const plan = await probe.ok('podTriage/planTerminal', { source: source(), subject, options: OPTIONS });
    assert.match(plan.yaml, /hostNetwork: true/);
    const { pod } = await probe.ok('podTriage/openTerminal', {
      id: 'n1',
      source: source(),
      subject,
      options: OPTIONS,
    });
    assert.equal((await podOf(pod)).metadata.labels?.['app.kubernetes.io/managed-by'], 'pod-triage');
    probe.type('n1', 'ls /host >/dev/null && echo host-$((1+2))\r');
    await probe.printed('n1', /host-3/);
    await probe.ok('podTriage/closeTerminal', { id: 'n1' });
    await until('the debug pod is gone', async () => {
      const { items } = await client.list(resourceOf('Pod')!, { namespace }, signal);
      return !items.some(({ metadata }) => metadata.name === pod);
    });
  });

  it('leaves no debug pod behind when the worker is shut down', async () => {
    const node = (await podOf('idle')).spec?.nodeName ?? '';
    const other = new WorkerProbe();
    const { pod } = await other.ok('podTriage/openTerminal', {
      id: 'n2',
      source: source(),
      subject: { kind: 'Node', name: node },
      options: OPTIONS,
    });
    await other.close();
    const { items } = await client.list(resourceOf('Pod')!, { namespace }, signal);
    assert.ok(!items.some(({ metadata }) => metadata.name === pod && !metadata.deletionTimestamp));
  });

  it('follows the logs of all containers, through a restart, until told to stop', async () => {
    const shell = (name: string, script: string) => ({
      name,
      image: `${registry}/tools:1`,
      command: ['sh', '-c', script],
    });
    await write('POST', pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'talker' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          shell('steady', 'n=0; while true; do n=$((n+1)); echo tick-$n; sleep 1; done'),
          shell('dying', 'echo a-run; sleep 2; exit 4'),
        ],
      },
    });
    const log = { namespace, pod: 'talker', containers: ['steady', 'dying'], previous: false, tail: 50 };
    const stop = new AbortController();
    const ended = probe.client.request(
      'podTriage/followLogs',
      { id: 'f', source: source(), ...log },
      stop.signal,
    );
    const text = (): string =>
      probe
        .all('podTriage/logText')
        .filter(({ id }) => id === 'f')
        .map((each) => each.text)
        .join('');
    await until('a restart', () => /\[dying\] — .* exit code 4; waiting/.test(text()));
    await until('the next run', () => (text().match(/\[dying\] a-run/g) ?? []).length > 1);
    const ticks = [...text().matchAll(/\[steady\] tick-(\d+)\n/g)].map(([, n]) => Number(n));
    assert.ok(ticks.length > 2);
    assert.deepEqual(
      ticks,
      ticks.map((_, at) => (ticks[0] ?? 0) + at),
      'each line once, in order',
    );
    stop.abort();
    assert.equal((await ended).ok, false);
    const at = text().length;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(text().length, at, 'nothing comes after the end');

    const whole = await probe.ok('podTriage/logs', { source: source(), ...log });
    assert.match(whole, /\[steady\] tick-1\n/);
    assert.match(whole, /\[dying\] a-run/);
    const recent = await probe.ok('podTriage/logs', {
      source: source(),
      ...log,
      containers: ['steady'],
      sinceSeconds: 2,
    });
    assert.ok(/tick-/.test(recent) && !/tick-1\n/.test(recent), recent);
    await write('DELETE', `${pods}/talker`);
    await until('its end', () =>
      podOf('talker').then(
        () => false,
        () => true,
      ),
    );
  });

  it('survives a connection that breaks: the view is stale and comes back, the terminal goes on where it was', async () => {
    const [cluster] = [...(await connections.config()).clusters.values()];
    const [user] = [...(await connections.config()).users.values()];
    const api = new URL(cluster?.server ?? '');
    const sockets = new Set<net.Socket>();
    let isCut = false;
    const relay = net.createServer((near) => {
      if (isCut) return near.destroy();
      const far = net.connect(Number(api.port || 443), api.hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'pod-triage-relay-'));
    const other = new WorkerProbe();
    try {
      const file = join(folder, 'config');
      const fields = ([name, data, path]: [string, string | undefined, string | undefined]): object =>
        data ? { [`${name}-data`]: data } : path ? { [name]: path } : {};
      const credentials = {
        ...fields(['client-certificate', user?.certData, user?.certFile]),
        ...fields(['client-key', user?.keyData, user?.keyFile]),
        ...(user?.token ? { token: user.token } : {}),
      };
      const { port } = relay.address() as net.AddressInfo;
      const server = `https://127.0.0.1:${port}`;
      const authority = fields(['certificate-authority', cluster?.caData, cluster?.caFile]);
      writeFileSync(
        file,
        JSON.stringify({
          clusters: [{ name: 'c', cluster: { server, 'tls-server-name': api.hostname, ...authority } }],
          users: [{ name: 'u', user: credentials }],
          contexts: [{ name: 'relay', context: { cluster: 'c', user: 'u', namespace } }],
        }),
      );
      const source = { kind: 'context', context: 'relay', namespace, kubeconfig: file } as const;
      const subject = { kind: 'Pod', namespace, name: 'idle' };
      await other.ok('podTriage/watch', { source });
      await other.notified('podTriage/namespaceChanged', ({ state }) => state === 'ready');
      const before = await other.ok('podTriage/openTerminal', { id: 'r', source, subject, options: OPTIONS });
      other.type('r', 'KEPT=yes\r');
      await other.printed('r', /KEPT=yes/);

      isCut = true;
      for (const socket of sockets) socket.destroy();
      const end = await other.notified('podTriage/terminalExit', ({ id }) => id === 'r');
      assert.equal(end.failure?.code, 'lost');
      assert.equal(end.exitCode, undefined);
      const stale = await other.notified('podTriage/namespaceChanged', ({ state }) => state === 'stale');
      assert.ok(stale.workloads.length > 0 && stale.asOf, 'what was known stays, with its time');

      isCut = false;
      const again = await other.ok('podTriage/openTerminal', {
        id: 'r',
        source,
        subject,
        options: OPTIONS,
        reconnect: before,
      });
      assert.deepEqual(again, before);
      other.type('r', 'echo kept-$KEPT\r');
      await other.printed('r', /kept-yes/);
      await other.notified('podTriage/namespaceChanged', ({ state }) => state === 'ready');
      await other.ok('podTriage/closeTerminal', { id: 'r' });
    } finally {
      await other.close();
      relay.close();
      for (const socket of sockets) socket.destroy();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('works with little: a user who may read the pods of one namespace', async () => {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    const meta = (kind: string, apiVersion: string) => ({ apiVersion, kind, metadata: { name: 'little' } });
    await write('POST', accounts, meta('ServiceAccount', 'v1'));
    await write('POST', `${rbac}/roles`, {
      ...meta('Role', 'rbac.authorization.k8s.io/v1'),
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    await write('POST', `${rbac}/rolebindings`, {
      ...meta('RoleBinding', 'rbac.authorization.k8s.io/v1'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'little' },
      subjects: [{ kind: 'ServiceAccount', name: 'little', namespace }],
    });
    const { status } = (await write('POST', `${accounts}/little/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    })) as { status: { token: string } };
    const [cluster] = [...(await connections.config()).clusters.values()];
    const folder = mkdtempSync(join(tmpdir(), 'pod-triage-little-'));
    const other = new WorkerProbe();
    try {
      const file = join(folder, 'config');
      const authority = cluster?.caData
        ? { 'certificate-authority-data': cluster.caData }
        : { 'certificate-authority': cluster?.caFile };
      writeFileSync(
        file,
        JSON.stringify({
          clusters: [{ name: 'c', cluster: { server: cluster?.server, ...authority } }],
          users: [{ name: 'u', user: { token: status.token } }],
          contexts: [{ name: 'little', context: { cluster: 'c', user: 'u', namespace } }],
        }),
      );
      const names = await other.client.request('podTriage/namespaces', {
        context: 'little',
        kubeconfig: file,
      });
      assert.ok(!names.ok);
      assert.deepEqual(names.failure.permission, { verb: 'list', resource: 'namespaces' });

      const source = { kind: 'context', context: 'little', namespace, kubeconfig: file } as const;
      await other.ok('podTriage/watch', { source });
      const view = await other.notified('podTriage/namespaceChanged', ({ state }) => state === 'partial');
      assert.deepEqual(view.workloads.map(({ ref }) => ref.name).sort(), ['crasher', 'idle']);
      assert.ok(view.gaps.some(({ kind, reason }) => kind === 'Deployment' && reason === 'forbidden'));

      const subject = { kind: 'Pod', namespace, name: 'crasher' };
      const report = await other.ok('podTriage/diagnose', { id: 'l', source, subject });
      assert.ok(report.rootCauses.length > 0);
      assert.ok(
        report.notChecked.some(
          ({ reason, detail }) => reason === 'forbidden' && detail === 'needs get pods/log',
        ),
      );

      const plan = await other.ok('podTriage/planTerminal', {
        source,
        subject: { kind: 'Pod', namespace, name: 'idle' },
        options: OPTIONS,
      });
      assert.match(plan.warnings.join('\n'), /may not patch pods\/ephemeralcontainers/);
      const opened = await other.client.request('podTriage/openTerminal', {
        id: 'l1',
        source,
        subject: { kind: 'Pod', namespace, name: 'idle' },
        options: OPTIONS,
      });
      assert.ok(!opened.ok);
      assert.equal(opened.failure.code, 'forbidden');
      assert.equal(opened.failure.permission?.resource, 'pods/ephemeralcontainers');
    } finally {
      await other.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('warns before it tries what Pod Security refuses', async () => {
    const strict = `${namespace}-strict`;
    await write('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: strict, labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    });
    try {
      const plan = await probe.ok('podTriage/planTerminal', {
        source: { ...source(), namespace: strict },
        subject: { kind: 'Node', name: (await podOf('idle')).spec?.nodeName ?? '' },
        options: OPTIONS,
      });
      assert.match(plan.warnings.join('\n'), /enforces Pod Security baseline/);
      assert.match(plan.warnings.join('\n'), /API server would refuse it: .*violates PodSecurity "baseline/);
    } finally {
      await write('DELETE', `/api/v1/namespaces/${strict}`);
    }
  });
});
