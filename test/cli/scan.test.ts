/** `pod-triage scan` over one and over all namespaces of a cluster: what it asks, holds, writes, and how it ends. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { clusterCommands } from '../../server/src/cluster/entry.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { type Answer, type Api, startApi } from '../cluster-unit/lib/api.ts';
import { objectsApi } from '../cluster-unit/lib/objectsApi.ts';
import * as o from '../tools/objects.ts';
import { ROOT } from '../tools/paths.ts';

let cwd: string;
let api: Api | undefined;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pod-triage-scan-'));
});
afterEach(async () => {
  rmSync(cwd, { recursive: true, force: true });
  await api?.close();
  api = undefined;
});

/** Three namespaces: `pay` is broken, `quiet` has nothing in it, `shop` is well. */
function world(): KubeObject[] {
  const broken = o.deployment('ledger', {
    namespace: 'pay',
    podOptions: () => ({ states: { app: o.crashed(1) } }),
  });
  return [
    ...broken.all,
    ...o.deployment('web', { namespace: 'shop' }).all,
    ...['pay', 'quiet', 'shop'].map((name) => o.namespace(name)),
    o.node('worker-1'),
  ];
}

async function scan(answer: Answer, ...args: string[]) {
  api = await startApi(answer);
  const config = join(cwd, 'config');
  writeFileSync(
    config,
    `clusters: [{ name: c, cluster: { server: "${api.url}" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: x, context: { cluster: c, user: u, namespace: shop } }]
current-context: x\n`,
  );
  const out: string[] = [];
  let err = '';
  const code = await clusterCommands.scan(['--kubeconfig', config, ...args], {
    out: (text) => void out.push(text),
    err: (text) => {
      err += `${text}\n`;
    },
    cwd,
    env: {},
    root: ROOT,
    readStdin: async () => '',
  });
  return { code, out: out.join(''), pieces: out, err, seen: api.seen };
}

describe('scan', () => {
  it('looks at every namespace when none is named, and asks once for what they share', async () => {
    for (const all of [[], ['-A'], ['--all-namespaces']]) {
      const { code, out, seen } = await scan(objectsApi(world()), ...all, '--format', 'json');
      const { reports, complete } = JSON.parse(out) as { reports: DiagnosisReport[]; complete: boolean };
      assert.deepEqual(
        reports.map(({ subject, rootCauses }) => [subject.name, rootCauses.map(({ id }) => id).join()]),
        [
          ['pay', 'exit-1-app-error'],
          ['quiet', ''],
          ['shop', ''],
        ],
      );
      assert.equal(complete, true);
      assert.equal(code, 1);
      for (const path of ['/api/v1/nodes?', '/api/v1/namespaces?', '/apis/storage.k8s.io/v1/storageclasses?'])
        assert.equal(seen.filter((request) => request.startsWith(`GET ${path}`)).length, 1, path);
      await api?.close();
    }
  });

  it('tells the healthy ones in a line each, the broken one whole, with commands for this cluster', async () => {
    const { out } = await scan(objectsApi(world()));
    assert.match(out, /^Namespace\/pay /m);
    assert.match(out, /\$ kubectl --kubeconfig=\S+ --context=x -n pay /);
    assert.match(out, /^quiet: Nothing wrong found/m);
    assert.match(out, /^shop: Nothing wrong found/m);
  });

  it('looks at one namespace with -n', async () => {
    const { code, out, seen } = await scan(objectsApi(world()), '-n', 'shop', '--format', 'json');
    assert.deepEqual(
      (JSON.parse(out) as { reports: DiagnosisReport[] }).reports.map(({ subject }) => subject.name),
      ['shop'],
    );
    assert.equal(code, 0);
    assert.ok(!seen.some((request) => request.includes('/namespaces/pay/')));
  });

  it('says which permission it needs, and writes nothing', async () => {
    const { code, out, err } = await scan(
      objectsApi(world(), (verb, kind) => verb === 'list' && kind === 'namespaces'),
      '--format',
      'json',
    );
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /may not be listed; name one with -n\. \(needs list namespaces\)/);
  });

  it('can be cut off: what was found stands there, and that it is not all', async () => {
    const answer = objectsApi(world());
    const { code, out } = await scan(
      (request, response, url) => {
        if (url.pathname.startsWith('/api/v1/namespaces/quiet/')) {
          process.emit('SIGINT');
          return;
        }
        answer(request, response, url);
      },
      '--format',
      'json',
    );
    assert.equal(code, 130);
    const { reports, complete } = JSON.parse(out) as { reports: DiagnosisReport[]; complete: boolean };
    assert.deepEqual(
      reports.map(({ subject }) => subject.name),
      ['pay'],
    );
    assert.equal(complete, false);
  });

  it('refuses -A beside -n', async () => {
    const { code, err } = await scan(objectsApi([]), '-A', '-n', 'shop');
    assert.equal(code, 2);
    assert.match(err, /-A reads every namespace/);
  });
});
