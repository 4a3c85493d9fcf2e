import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type PluginConsent, type PluginHost, runPlugin } from '../../server/src/cluster/execPlugin.ts';
import { failureOf } from '../../server/src/cluster/failure.ts';
import type { ClusterEntry, ExecPlugin } from '../../server/src/cluster/kubeconfig.ts';
import { clientFor, json, startApi, status } from './lib/api.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pod-triage-plugin-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const VERSION = 'client.authentication.k8s.io/v1';
const CLUSTER: ClusterEntry = {
  server: 'https://api.test',
  insecure: false,
  disableCompression: false,
  file: 'config',
};

function script(text: string, name = 'helper'): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const plugin = (command: string, fields: Partial<ExecPlugin> = {}): ExecPlugin => ({
  apiVersion: VERSION,
  command,
  args: [],
  env: [],
  provideClusterInfo: false,
  interactiveMode: 'IfAvailable',
  file: join(folder, 'config'),
  ...fields,
});

const credential = (fields: object): string =>
  `echo '${JSON.stringify({ apiVersion: VERSION, kind: 'ExecCredential', status: fields })}'`;

interface RunOptions extends Partial<PluginHost> {
  signal?: AbortSignal;
  timeoutMs?: number;
  patienceMs?: number;
  env?: Record<string, string>;
}

const run = (
  exec: ExecPlugin,
  { consent, signal, timeoutMs = 5000, patienceMs = 5000, env, ...host }: RunOptions = {},
) =>
  runPlugin(exec, CLUSTER, undefined, {
    host: { consent: consent ?? (async () => true), ...host },
    environment: { env: { PATH: process.env.PATH, ...env }, home: folder },
    signal: signal ?? new AbortController().signal,
    timeoutMs,
    patienceMs,
  });

const failing = (exec: ExecPlugin, options?: RunOptions) =>
  run(exec, options).then(() => assert.fail('it did not fail'), failureOf);

describe('a credential plugin', () => {
  it('gives a token and its expiry', async () => {
    const file = script(credential({ token: 't0', expirationTimestamp: '2030-01-01T00:00:00Z' }));
    assert.deepEqual(await run(plugin(file)), { token: 't0', expiresAt: Date.UTC(2030, 0, 1) });
  });

  it('gets its arguments as they are, its environment, and the cluster when it asks', async () => {
    const file = script(
      `printf '%s|%s|%s' "$1" "$REGION" "$KUBERNETES_EXEC_INFO" > "${folder}/seen"; ${credential({ token: 't' })}`,
    );
    await run(
      plugin(file, {
        args: ['$(touch pwned); `id`'],
        env: [{ name: 'REGION', value: 'eu' }],
        provideClusterInfo: true,
      }),
    );
    const [argument, region, info = ''] = readFileSync(join(folder, 'seen'), 'utf8').split('|');
    assert.equal(argument, '$(touch pwned); `id`');
    assert.equal(region, 'eu');
    assert.equal(JSON.parse(info).spec.cluster.server, 'https://api.test');
    assert.equal(JSON.parse(info).spec.interactive, false);
  });

  it('does not run before somebody agreed, and is asked for by hash', async () => {
    const file = script(`touch "${folder}/ran"; ${credential({ token: 't' })}`);
    const hashes: string[] = [];
    const consent: PluginConsent = async ({ hash, command }) => {
      assert.equal(command, file);
      hashes.push(hash);
      return false;
    };
    assert.match((await failing(plugin(file), { consent })).message, /not allowed/);
    await failing(plugin(file), { consent });
    await failing(plugin(file, { args: ['other'] }), { consent });
    assert.equal(existsSync(join(folder, 'ran')), false);
    assert.equal(hashes[0], hashes[1]);
    assert.notEqual(hashes[0], hashes[2]);
  });

  it('that fails is quoted', async () => {
    const failure = await failing(plugin(script('echo "token has expired" >&2; exit 3')));
    assert.equal(failure.code, 'exec-plugin');
    assert.match(failure.message, / 3;/);
    assert.equal(failure.detail, 'token has expired');
  });

  it('that hangs is ended, with the helpers that hold its output', async () => {
    const started = performance.now();
    const failure = await failing(
      plugin(script('echo "open https://device.test" >&2\nsleep 60 & sleep 60')),
      {
        timeoutMs: 300,
      },
    );
    assert.ok(performance.now() - started < 3000);
    assert.match(failure.message, /0\.3 s/);
    assert.match(failure.detail ?? '', /device\.test/);
  });

  it('that takes its time is told with what it says, and the user can end it', async () => {
    const told: string[] = [];
    let ended = 0;
    const failure = await failing(
      plugin(
        script(
          `echo "open https://device.test" >&2\nuntil [ -e ${folder}/seen ]; do sleep 0.02; done\necho "code 12" >&2\nsleep 60`,
        ),
      ),
      {
        patienceMs: 100,
        timeoutMs: 30_000,
        onWaiting: (_request, words, stop) => {
          told.push(words);
          if (words !== '') writeFileSync(join(folder, 'seen'), '');
          if (words.includes('code 12')) stop();
        },
        onEnded: () => {
          ended++;
        },
      },
    );
    assert.equal(told.at(-1), 'open https://device.test\ncode 12');
    assert.ok(told.includes('open https://device.test'), String(told));
    assert.equal(failure.code, 'exec-plugin');
    assert.match(failure.message, /was stopped before it answered\.$/);
    assert.equal(ended, 1);
  });

  it('that answers at once is not told', async () => {
    const told: string[] = [];
    await run(plugin(script(credential({ token: 't' }))), {
      patienceMs: 4000,
      onWaiting: (_request, words) => told.push(words),
      onEnded: () => told.push('ended'),
    });
    assert.deepEqual(told, []);
  });

  it('can be cancelled', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(run(plugin(script('sleep 60')), { signal: stop.signal }), { name: 'AbortError' });
  });

  for (const [what, text] of [
    ['no JSON, without quoting what may be a secret', 'echo hunter2'],
    ['too much', 'yes | head -c 2000000'],
    ['another version', credential({ token: 't' }).replace('/v1"', '/v1beta1"')],
    ['no credential', credential({})],
    ['a certificate without a key', credential({ clientCertificateData: 'x' })],
    ['null', 'echo null'],
  ] as const)
    it(`that answers with ${what} is refused`, async () => {
      const failure = await failing(plugin(script(text)));
      assert.equal(failure.code, 'exec-plugin');
      assert.ok(!JSON.stringify(failure).includes('hunter2'));
    });

  it('that is nowhere names the PATH and the install hint', async () => {
    const bare = await failing(plugin('no-such-helper'), { env: { PATH: '/somewhere' } });
    assert.match(bare.message, /no-such-helper.*PATH/);
    assert.equal(bare.detail, 'PATH=/somewhere');
    assert.equal((await failing(plugin('no-such-helper', { installHint: 'get it' }))).detail, 'get it');
  });

  it('that needs a terminal, or speaks an old version, is refused before it runs', async () => {
    const file = script(`touch "${folder}/ran"`);
    await failing(plugin(file, { interactiveMode: 'Always' }));
    await failing(plugin(file, { apiVersion: 'client.authentication.k8s.io/v1alpha1' }));
    assert.equal(existsSync(join(folder, 'ran')), false);
  });

  it('obeys the policy of the kuberc file', async () => {
    mkdirSync(join(folder, '.kube'));
    const kuberc = (text: string): void => writeFileSync(join(folder, '.kube', 'kuberc'), text);
    const file = script(credential({ token: 't' }));
    kuberc('credentialPluginPolicy: DenyAll\n');
    assert.match((await failing(plugin(file))).message, /credentialPluginPolicy/);
    kuberc(`credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- command: ${file}\n`);
    assert.equal((await run(plugin(file))).token, 't');
    kuberc('credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- name: other\n');
    await failing(plugin(file));
    kuberc('credentialPluginPolicy: AllowAll\n');
    assert.equal((await run(plugin(file))).token, 't');
  });
});

describe('credentials of a plugin', () => {
  it('are asked for once by many requests, kept, and renewed once after a 401', async () => {
    const counter = join(folder, 'count');
    writeFileSync(counter, '');
    const file = script(
      `printf x >> "${counter}"; sleep 0.1
printf '{"apiVersion":"${VERSION}","kind":"ExecCredential","status":{"token":"t%s"}}' "$(wc -c < "${counter}" | tr -d ' ')"`,
    );
    let accepted = 'Bearer t1';
    const api = await startApi((request, response) =>
      request.headers.authorization === accepted
        ? json(response, { gitVersion: 'v1.36.3' })
        : json(response, status(401, 'Unauthorized', 'Unauthorized'), 401),
    );
    try {
      const client = clientFor(api.url, {}, { exec: plugin(file) });
      const ask = () => client.serverVersion(AbortSignal.timeout(5000));
      assert.deepEqual(await Promise.all([ask(), ask(), ask()]), ['v1.36.3', 'v1.36.3', 'v1.36.3']);
      assert.equal(readFileSync(counter, 'utf8'), 'x');
      accepted = 'Bearer t2';
      assert.equal(await ask(), 'v1.36.3');
      assert.equal(readFileSync(counter, 'utf8'), 'xx');
      accepted = 'Bearer never';
      assert.equal(
        await ask().then(
          () => '',
          (error) => failureOf(error).code,
        ),
        'unauthorized',
      );
      client.connection.close();
    } finally {
      await api.close();
    }
  });
});
