/** `diagnose --probe`: nothing is written without a yes, and every refusal is one clear line. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CliIO } from '../../server/src/cli/io.ts';
import { DEFAULT_PROBE_IMAGE } from '../../server/src/cli/probe.ts';
import { clusterCommands } from '../../server/src/cluster/entry.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import { type Api, json, startApi, status } from '../cluster-unit/lib/api.ts';
import * as o from '../tools/objects.ts';
import { ROOT } from '../tools/paths.ts';

let cwd: string;
let api: Api;
let forbidden: string | undefined;
const writes = (): string[] =>
  api.seen.filter((line) => /^(PATCH|POST|DELETE)/.test(line) && !/accessreviews|dryRun=All/.test(line));

/** A namespace with one healthy pod. */
beforeEach(async () => {
  forbidden = undefined;
  cwd = mkdtempSync(join(tmpdir(), 'pod-triage-probe-'));
  const web = o.pod('web', { labels: { app: 'web' } });
  api = await startApi(async (request, response, { pathname, searchParams }) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (pathname.endsWith('selfsubjectaccessreviews')) {
      const { resource, subresource } = JSON.parse(body).spec.resourceAttributes;
      const name = [resource, subresource].filter(Boolean).join('/');
      return json(response, { status: { allowed: name !== forbidden } }, 201);
    }
    if (request.method === 'PATCH' && searchParams.get('dryRun')) return json(response, JSON.parse(body));
    if (pathname === '/version') return json(response, { gitVersion: 'v1.36.3' });
    if (pathname.endsWith('/pods/web')) return json(response, web);
    if (pathname === '/api/v1/namespaces/shop') return json(response, { metadata: { name: 'shop' } });
    if (pathname.endsWith('/namespaces/shop/pods'))
      return json(response, { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [web] });
    if (request.method === 'GET' && !/\/namespaces\/[^/]+\/[^/]+\/[^/]+$/.test(pathname))
      return json(response, { metadata: { resourceVersion: '1' }, items: [] });
    json(response, status(404, 'NotFound', 'gone'), 404);
  });
  writeFileSync(
    join(cwd, 'config'),
    `clusters: [{ name: c, cluster: { server: "${api.url}" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: prod-eu, context: { cluster: c, user: u, namespace: shop } }]
current-context: prod-eu\n`,
  );
});
afterEach(async () => {
  rmSync(cwd, { recursive: true, force: true });
  await api.close();
});

async function diagnose(args: string[], confirm?: CliIO['confirm']) {
  let out = '';
  let err = '';
  const io: CliIO = {
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
    ...(confirm ? { confirm } : {}),
  };
  const code = await clusterCommands.diagnose(args, io);
  return { code, out, err };
}

const LIVE = ['pod/web', '-n', 'shop', '--kubeconfig', 'config', '--format', 'json'];

describe('usage', () => {
  const wrong: Record<string, [string[], RegExp]> = {
    'without a terminal and without --yes': [
      [...LIVE, '--probe'],
      /asks before it does; .* agree with --yes\.$/,
    ],
    'with a snapshot': [
      ['pod/web', '--from', '.', '--probe', '--yes'],
      /--from reads a snapshot; leave one of them out\.$/,
    ],
    '--yes alone': [[...LIVE, '--yes'], /belong to --probe/],
    '--probe-image alone': [[...LIVE, '--probe-image', 'x'], /belong to --probe/],
  };
  for (const [what, [args, line]] of Object.entries(wrong))
    it(`${what} is exit code 2 and one line, before anything is asked`, async () => {
      const { code, out, err } = await diagnose(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err.trim(), line);
      assert.equal(err.trim().split('\n').length, 1);
      assert.deepEqual(api.seen, []);
    });
});

describe('consent', () => {
  it('shows context, namespace and the exact object on standard error, and a no writes nothing', async () => {
    const questions: string[] = [];
    const { code, out, err } = await diagnose([...LIVE, '--probe'], async (question) => {
      questions.push(question);
      assert.deepEqual(writes(), []);
      return false;
    });
    assert.deepEqual(questions, ['Run this test?']);
    for (const part of [
      'Context: prod-eu',
      'Namespace: shop',
      'Object: Pod/shop/web',
      'ephemeralContainers:',
      DEFAULT_PROBE_IMAGE,
    ])
      assert.ok(err.includes(part), `${part} in ${err}`);
    assert.deepEqual(writes(), []);
    const report = JSON.parse(out) as DiagnosisReport;
    assert.equal(code, 0);
    assert.deepEqual(report.notChecked[0], {
      check: 'Active test',
      reason: 'not-evaluated',
      detail: 'You did not agree to it.',
    });
    assert.equal('probe' in report, false);
  });

  it('is not asked for what may not be done; the line names the permission, the report stays', async () => {
    forbidden = 'pods/ephemeralcontainers';
    const { code, out, err } = await diagnose([...LIVE, '--probe', '--yes']);
    assert.equal(code, 0);
    assert.equal(
      err.trim(),
      'pod-triage: No active test was made: You may not patch pods/ephemeralcontainers in namespace shop; ask for that permission.',
    );
    assert.deepEqual((JSON.parse(out) as DiagnosisReport).notChecked[0], {
      check: 'Active test',
      reason: 'forbidden',
      detail: 'needs patch pods/ephemeralcontainers',
    });
    assert.deepEqual(writes(), []);
  });
});

it('the default image is that of the editor', () => {
  const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { default?: string }> }[] };
  };
  const properties = Object.assign({}, ...contributes.configuration.map((group) => group.properties));
  assert.equal(properties['podTriage.netshoot.image'].default, DEFAULT_PROBE_IMAGE);
});
