/** The cluster commands as a user runs them: exit codes, one clear line, JSON alone on standard output. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { clusterCommands } from '../../server/src/cluster/entry.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import { type Api, json, startApi, status } from '../cluster-unit/lib/api.ts';
import { ROOT } from '../tools/paths.ts';

const DEMO = join(ROOT, 'test', 'demo', 'snapshot');

let cwd: string;
let api: Api | undefined;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'pod-triage-cli-'));
});
afterEach(async () => {
  rmSync(cwd, { recursive: true, force: true });
  await api?.close();
  api = undefined;
});

async function run(command: keyof typeof clusterCommands, ...args: string[]) {
  let out = '';
  let err = '';
  const code = await clusterCommands[command](args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += `${text}\n`;
    },
    cwd,
    env: {},
    root: ROOT,
    readStdin: async () => '',
  });
  return { code, out, err };
}

function kubeconfig(user = '{ token: t }', server = api?.url ?? 'http://127.0.0.1:1'): string {
  const file = join(cwd, 'config');
  writeFileSync(
    file,
    `clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: ${user} }]
contexts: [{ name: x, context: { cluster: c, user: u, namespace: shop } }]
current-context: x\n`,
  );
  return file;
}

const broken = (): string => {
  const file = join(cwd, 'broken.yaml');
  writeFileSync(
    file,
    `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, uid: u, creationTimestamp: "2026-05-01T10:00:00Z" }
spec: { nodeName: n, containers: [{ name: app, image: "shop/web:1" }] }
status:
  phase: Pending
  conditions: [{ type: PodScheduled, status: "True" }, { type: Ready, status: "False" }]
  containerStatuses:
  - { name: app, ready: false, restartCount: 0, image: "shop/web:1", state: { waiting: { reason: InvalidImageName, message: "couldn't parse image name \\u001b[31m" } } }
`,
  );
  return cwd;
};

describe('pod-triage diagnose', () => {
  it('--from finds the object wherever it is, exits 1 and prints nothing but JSON', async () => {
    const { code, out, err } = await run('diagnose', 'po/web', '--from', broken(), '--format', 'json');
    assert.equal(code, 1);
    assert.equal(err, '');
    const report = JSON.parse(out) as DiagnosisReport;
    assert.deepEqual(report.subject, { kind: 'Pod', namespace: 'shop', name: 'web' });
    assert.equal(report.rootCauses[0]?.id, 'image-name-invalid');
    assert.ok(
      report.notChecked.length > 0 && report.notChecked.every(({ check, reason }) => check && reason),
    );
  });

  it('prints text without the control characters of the cluster, and Markdown', async () => {
    const text = await run('diagnose', 'pod/web', '-n', 'shop', '--from', broken());
    assert.match(text.out, /^Pod\/shop\/web/);
    assert.ok(!text.out.includes('\u001b'));
    const markdown = await run('diagnose', 'pod/web', '--from', cwd, '--format', 'markdown');
    assert.match(markdown.out, /^# Pod\/shop\/web/);
  });

  it('diagnoses the demo as its faults were planted', async () => {
    const { code, out } = await run('scan', '--from', DEMO, '-n', 'shop', '--format', 'json');
    assert.equal(code, 1);
    const { reports } = JSON.parse(out) as { reports: DiagnosisReport[] };
    assert.equal(reports.length, 1);
    assert.ok((reports[0]?.rootCauses.length ?? 0) >= 3);
  });

  const USAGE: [args: string[], words: RegExp][] = [
    [[], /takes one object/],
    [['pod/a', 'pod/b'], /takes one object/],
    [['web', '--from', '.'], /KIND\/NAME/],
    [['pod/', '--from', '.'], /KIND\/NAME/],
    [['pod/a/b', '--from', '.'], /KIND\/NAME/],
    [['thing/a', '--from', '.'], /KIND\/NAME/],
    [['pod/a', '--from', '.', '--context', 'x'], /--from/],
    [['pod/a', '--from', '.', '--format', 'xml'], /--format/],
    [['pod/a', '--nonsense'], /nonsense/],
    [['pod/a', '--from', 'nowhere'], /nowhere/],
    [['pod/a', '--from', '.'], /no Kubernetes objects/],
    [['pod/a', '--kubeconfig', 'nowhere'], /No kubeconfig found.*nowhere/],
  ];
  for (const [args, words] of USAGE)
    it(`exits 2 with one line: diagnose ${args.join(' ')}`, async () => {
      const { code, out, err } = await run('diagnose', ...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1);
    });

  it('exits 2 with one line when the cluster cannot be asked', async () => {
    const ask = (...more: string[]) =>
      run('diagnose', 'pod/web', '--kubeconfig', join(cwd, 'config'), ...more);
    kubeconfig();
    assert.match((await ask()).err, /cannot be reached.*ECONNREFUSED/);
    assert.match((await ask('--context', 'y')).err, /y is in no kubeconfig file; there are x/);
    api = await startApi((_request, response) =>
      json(response, status(401, 'Unauthorized', 'token expired'), 401),
    );
    kubeconfig();
    const expired = await ask();
    assert.deepEqual([expired.code, expired.out], [2, '']);
    assert.match(expired.err, /sign in again.*\(token expired\)\n$/);
    const helper = join(cwd, 'helper');
    writeFileSync(helper, '#!/bin/sh\necho "no session" >&2\nexit 1\n');
    chmodSync(helper, 0o755);
    kubeconfig('{ exec: { apiVersion: client.authentication.k8s.io/v1, command: ./helper } }');
    assert.match((await ask()).err, /helper failed with 1.*\(no session\)/);
    writeFileSync(join(cwd, 'config'), 'clusters: [');
    assert.match((await ask()).err, /config cannot be used/);
    writeFileSync(join(cwd, 'config'), '');
    assert.match((await ask()).err, /names no current context/);
  });
});

describe('pod-triage snapshot', () => {
  it('writes what may be read, names the rest, and can be diagnosed', async () => {
    api = await startApi((_request, response, url) => {
      if (url.pathname === '/version') return json(response, { gitVersion: 'v1.36.3' });
      if (url.pathname.endsWith('/secrets')) return json(response, status(403, 'Forbidden', 'no'), 403);
      if (/\/(coredns|namespaces\/shop)$/.test(url.pathname))
        return json(response, status(404, 'NotFound', 'not found'), 404);
      const items =
        url.pathname === '/api/v1/namespaces/shop/pods'
          ? [{ metadata: { name: 'web', namespace: 'shop' }, spec: {}, status: { phase: 'Pending' } }]
          : [];
      json(response, { metadata: {}, items });
    });
    const { code, out, err } = await run('snapshot', '--out', 'snap', '--kubeconfig', kubeconfig());
    assert.equal(code, 0);
    assert.match(out, /1 object and 0 logs for Namespace\/shop are in snap/);
    assert.match(err, /Not read: Secret shop: needs list secrets/);
    assert.deepEqual(readdirSync(join(cwd, 'snap')).sort(), ['objects', 'snapshot.yaml']);
    const again = await run('diagnose', 'pod/web', '--from', 'snap', '--format', 'json');
    const report = JSON.parse(again.out) as DiagnosisReport;
    assert.ok(
      report.notChecked.some(
        ({ reason, detail }) => reason === 'forbidden' && detail === 'needs list secrets',
      ),
    );
    const second = await run('snapshot', '--out', 'snap', '--kubeconfig', join(cwd, 'config'));
    assert.equal(second.code, 2);
    assert.match(second.err, /not empty/);
  });

  it('--for takes what the diagnosis of one object read, for that object alone', async () => {
    const pod = (name: string, image: string) => ({
      metadata: { name, namespace: 'shop', creationTimestamp: '2026-05-01T10:00:00Z' },
      spec: {
        nodeName: 'n',
        containers: [{ name: 'app', image, env: [{ name: 'A', value: `of-${name}` }] }],
      },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const pods = [pod('web', 'shop/web:1'), pod('other', 'shop/other:1')];
    api = await startApi((_request, response, url) => {
      if (url.pathname === '/version') return json(response, { gitVersion: 'v1.36.3' });
      if (/\/(coredns|namespaces\/[a-z-]+|nodes\/n)$/.test(url.pathname))
        return json(response, status(404, 'NotFound', 'not found'), 404);
      const name = url.pathname.startsWith('/api/v1/namespaces/shop/pods/') && url.pathname.split('/').at(-1);
      if (name) return json(response, pods.find(({ metadata }) => metadata.name === name) ?? {});
      const items = url.pathname === '/api/v1/namespaces/shop/pods' ? pods : [];
      json(response, { metadata: {}, items });
    });
    const config = kubeconfig();
    const taken = await run('snapshot', '--out', 'snap', '--for', 'po/web', '--kubeconfig', config);
    assert.equal(taken.code, 0, taken.err);
    assert.match(taken.out, /logs for Pod\/shop\/web are in snap/);
    const text = readFileSync(join(cwd, 'snap', 'objects', 'shop', 'pod.json'), 'utf8');
    assert.ok(text.includes('of-web') && text.includes('"other"') && !text.includes('of-other'));

    const ask = async (word: string) =>
      JSON.parse(
        (await run('diagnose', word, '-n', 'shop', '--from', 'snap', '--format', 'json')).out,
      ) as DiagnosisReport;
    const lacks = ({ notChecked }: DiagnosisReport) =>
      notChecked.filter(({ detail }) => /made for Pod\/shop\/web alone/.test(detail)).length;
    assert.equal(lacks(await ask('po/web')), 0);
    assert.ok(lacks(await ask('po/other')) > 0, 'of another object it says what it lacks');

    const typo = await run('snapshot', '--out', 'none', '--for', 'po/wbe', '--kubeconfig', config);
    assert.equal(typo.code, 2);
    assert.match(typo.err, /Pod\/shop\/wbe was not found in x/);
    assert.ok(!existsSync(join(cwd, 'none')));
    assert.equal((await run('snapshot', '--out', 'none', '--for', 'web')).code, 2);
  });

  it('needs a folder', async () => {
    assert.equal((await run('snapshot')).code, 2);
    mkdirSync(join(cwd, 'x'));
    assert.match((await run('snapshot', '--out', 'x', '--from', 'y')).err, /without --from/);
  });
});
