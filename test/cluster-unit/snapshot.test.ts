import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { failureOf } from '../../server/src/cluster/failure.ts';
import type { Observed } from '../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { gapsOfSubject, readSnapshot } from '../../server/src/snapshot/read.ts';
import { writeSnapshot } from '../../server/src/snapshot/write.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pod-triage-snapshot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const names = ({ objects }: { objects: KubeObject[] }): string[] =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();

describe('a snapshot folder', () => {
  it('holds objects of any shape that kubectl prints', async () => {
    put('one.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n');
    put(
      'deep/er/list.yml',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: { name: b }\n- { apiVersion: v1, kind: Pod, metadata: { name: c } }\n',
    );
    put(
      'typed.json',
      JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', items: [{ metadata: { name: 'd' } }] }),
    );
    put(
      'docs.yaml',
      '\ufeff---\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: e\r\n---\r\n# nothing\r\n---\r\nkind: Pod\r\napiVersion: v1\r\nmetadata:\r\n  name: f\r\n',
    );
    put(
      'several.json',
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"g"}}\n{"kind":"Pod","apiVersion":"v1","metadata":{"name":"h"}}\n',
    );
    put('.hidden/x.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: hidden }\n');
    put('notes.txt', 'apiVersion: v1\nkind: Pod\n');
    assert.deepEqual(names(await readSnapshot(folder)), [
      'Node/d',
      'Pod/a',
      'Pod/c',
      'Pod/e',
      'Pod/f',
      'Pod/g',
      'Pod/h',
      'Service/b',
    ]);
  });

  it('reads values as an API server does, and templates in them as text', async () => {
    put(
      'a.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  rule: "{{ $labels.pod }}"\n  on: y\n  empty:\n  mode: 0644\n  quoted: "yes"\n',
    );
    const [object] = (await readSnapshot(folder)).objects;
    assert.deepEqual((object as unknown as { data: object }).data, {
      rule: '{{ $labels.pod }}',
      true: true,
      empty: null,
      mode: 420,
      quoted: 'yes',
    });
  });

  it('with a broken document loses only that, and says so', async () => {
    put(
      'a.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n---\na: [\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: b }\n',
    );
    put('b.json', '{"kind":');
    const snapshot = await readSnapshot(folder);
    assert.deepEqual(names(snapshot), ['Pod/a', 'Pod/b']);
    assert.equal(snapshot.problems.length, 2);
    assert.match(snapshot.problems.join('\n'), /a\.yaml: .*\n?b\.json: /);
  });

  it('survives rubbish: aliases that explode, objects that are none, names with markup', async () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, below] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => [...pair]))
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${below}`).join(', ')}]`);
    put(
      'bomb.yaml',
      `${bomb.join('\n')}\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: "<img src=x>" }\n`,
    );
    put('odd.json', '[1, null, {"kind": 3}, {"kind":"Pod"}]');
    put('odder.json', '{"kind":"Pod","apiVersion":"v1","metadata":[1]}');
    put('empty.yaml', '');
    put('nul.yaml', 'a: "\0"\n');
    const snapshot = await readSnapshot(folder);
    assert.deepEqual(names(snapshot), ['Pod/<img src=x>', 'Pod/undefined']);
    assert.ok(snapshot.problems.length >= 1);
  });

  it('does not follow links', async () => {
    put('in/a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n');
    symlinkSync(folder, join(folder, 'in', 'circle'));
    assert.deepEqual(names(await readSnapshot(folder)), ['Pod/a']);
  });

  it('of kubectl cluster-info dump gives its logs and its newest time', async () => {
    put(
      'nodes.json',
      JSON.stringify({
        kind: 'NodeList',
        apiVersion: 'v1',
        items: [
          {
            metadata: { name: 'n' },
            status: { conditions: [{ lastHeartbeatTime: '2026-05-01T10:00:05Z' }] },
          },
        ],
      }),
    );
    put(
      'shop/pods.json',
      JSON.stringify({
        kind: 'PodList',
        apiVersion: 'v1',
        items: [{ metadata: { name: 'web', namespace: 'shop' } }],
      }),
    );
    put(
      'shop/events.json',
      JSON.stringify({
        kind: 'EventList',
        apiVersion: 'v1',
        items: [{ metadata: { name: 'e' }, lastTimestamp: '2026-05-01T10:00:07Z' }],
      }),
    );
    put(
      'shop/replicasets.json',
      JSON.stringify({ kind: 'ReplicaSetList', apiVersion: 'apps/v1', items: [] }),
    );
    put(
      'shop/web/logs.txt',
      '==== START logs for container app of pod shop/web ====\nline 1\nline 2\n==== END logs for container app of pod shop/web ====\n==== START logs for container side of pod shop/web ====\nRequest log error: container is waiting\n==== END logs for container side of pod shop/web ====\n==== START logs for container gone of pod shop/web ====\nunable to retrieve container logs for containerd://c0ffee\n==== END logs for container gone of pod shop/web ====\n',
    );
    const snapshot = await readSnapshot(folder);
    assert.equal(snapshot.now, '2026-05-01T10:00:07.000Z');
    assert.deepEqual(snapshot.logs, [
      { namespace: 'shop', pod: 'web', container: 'app', previous: false, text: 'line 1\nline 2\n' },
    ]);
    const lacking = snapshot.gaps.map(({ kind }) => kind);
    // An empty list was read; what has no file was not.
    assert.ok(!lacking.includes('ReplicaSet'));
    assert.ok(lacking.includes('NetworkPolicy') && lacking.includes('Secret') && lacking.includes('stats'));
  });

  it('reads our logs and statistics by their place', async () => {
    put('p.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n');
    put('logs/shop/web/app.log', 'now');
    put('logs/shop/web/app.previous.log', 'before');
    put('stats/node-1.json', '{"node":{"nodeName":"node-1"}}');
    put('stats/broken.json', '{"no');
    const { logs, stats, problems } = await readSnapshot(folder);
    assert.deepEqual(
      logs.map(({ container, previous, text }) => [container, previous, text]),
      [
        ['app', false, 'now'],
        ['app', true, 'before'],
      ],
    );
    assert.deepEqual(stats, { 'node-1': { node: { nodeName: 'node-1' } } });
    assert.equal(problems.length, 1);
  });

  it('blanks the values of Secrets that somebody has put in', async () => {
    put(
      's.yaml',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s, annotations: { kubectl.kubernetes.io/last-applied-configuration: hunter2 } }\ndata: { p: aHVudGVyMg== }\n',
    );
    const snapshot = await readSnapshot(folder);
    assert.ok(!/hunter2|aHVudGVyMg/.test(JSON.stringify(snapshot)));
    assert.deepEqual((snapshot.objects[0] as unknown as { data: object }).data, { p: '' });
  });

  for (const [what, prepare, code] of [
    ['is not there', () => rmSync(folder, { recursive: true }), 'not-found'],
    ['is empty', () => {}, 'invalid'],
    ['holds no object', () => put('a.yaml', 'hello: world\n'), 'invalid'],
    ['has broken notes', () => put('snapshot.yaml', '&a [*a, *b]\n'), 'invalid'],
  ] as const)
    it(`that ${what} fails with one sentence`, async () => {
      prepare();
      const failure = await readSnapshot(folder).then(() => assert.fail('read'), failureOf);
      assert.equal(failure.code, code);
    });

  it('that is a file fails with one sentence', async () => {
    put('file', '');
    const failure = await readSnapshot(join(folder, 'file')).then(() => assert.fail('read'), failureOf);
    assert.equal(failure.code, 'not-found');
  });
});

describe('writing a snapshot', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'shop' },
    data: { k: 'aHVudGVyMg==' },
  };
  const observed: Observed = {
    now: '2026-05-01T10:00:00.000Z',
    serverVersion: 'v1.36.3',
    objects: [
      pod,
      secret,
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'data' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } },
    ],
    gaps: [{ kind: 'Event', namespace: 'shop', reason: 'forbidden', detail: 'needs list events' }],
    logs: [{ namespace: 'shop', pod: 'web', container: 'app', previous: true, text: 'bye\n' }],
    stats: { n: { node: { nodeName: 'n' } } },
  };
  const collected = { namespaces: ['shop'], namespaced: ['Pod', 'Secret', 'Service'], cluster: ['Node'] };

  it('and reading it gives the same, without Secret values', async () => {
    const target = join(folder, 'new');
    await writeSnapshot(target, observed, collected);
    const read = await readSnapshot(target);
    assert.equal(read.now, observed.now);
    assert.equal(read.serverVersion, 'v1.36.3');
    assert.deepEqual(names(read), names(observed));
    assert.deepEqual(read.logs, observed.logs);
    assert.deepEqual(read.stats, observed.stats);
    assert.ok(read.gaps.some(({ kind, reason }) => kind === 'Event' && reason === 'forbidden'));
    // Asked for and none there: no gap. Never asked for: a gap.
    assert.ok(!read.gaps.some(({ kind }) => kind === 'Service'));
    assert.ok(read.gaps.some(({ kind, reason }) => kind === 'Ingress' && reason === 'not-in-snapshot'));
    assert.deepEqual(
      gapsOfSubject(read, { kind: 'Pod', namespace: 'other', name: 'x' }).map(
        ({ kind, namespace }) => `${namespace}/${kind}`,
      ),
      ['other/Pod', 'other/Secret', 'other/Service'],
    );
    assert.deepEqual(gapsOfSubject(read, { kind: 'Pod', namespace: 'shop', name: 'x' }), []);
    for (const file of readdirSync(target, { recursive: true, encoding: 'utf8' }))
      if (/\.(json|yaml)$/.test(file))
        assert.ok(!readFileSync(join(target, file), 'utf8').includes('aHVudGVyMg'));
    assert.equal(secret.data.k, 'aHVudGVyMg==', 'what was observed is not changed');
  });

  it('never mixes with what is there', async () => {
    put('already', '');
    const failure = await writeSnapshot(folder, observed, collected).then(
      () => assert.fail('written'),
      failureOf,
    );
    assert.equal(failure.code, 'invalid');
    assert.deepEqual(readdirSync(folder), ['already']);
  });

  it('stays in its folder whatever the cluster calls things', async () => {
    const target = join(folder, 'a', 'b');
    await writeSnapshot(
      target,
      {
        ...observed,
        objects: [{ ...pod, metadata: { name: 'x', namespace: '../../evil' } }],
        logs: [{ namespace: '..', pod: '../..', container: '/etc/evil', previous: false, text: 'x' }],
        stats: { '../../n': { node: { nodeName: 'n' } } },
      },
      collected,
    );
    assert.deepEqual(readdirSync(folder), ['a']);
    assert.deepEqual(readdirSync(join(folder, 'a')), ['b']);
    assert.ok(!existsSync('/etc/evil.log'));
  });
});
