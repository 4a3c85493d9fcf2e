import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { connectionTo } from '../../server/src/cluster/connection.ts';
import { failureOf } from '../../server/src/cluster/failure.ts';
import { contextInfos, type Kubeconfig, loadKubeconfig } from '../../server/src/cluster/kubeconfig.ts';
import type { Failure } from '../../server/src/protocol.ts';
import { caData, pem } from './lib/api.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pod-triage-kube-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const put = (name: string, text: string | Buffer): string => {
  const file = join(home, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
};

const load = (list?: string[], explicit?: string): Promise<Kubeconfig> =>
  loadKubeconfig(explicit, { home, env: list ? { KUBECONFIG: list.join(delimiter) } : {} });

async function failing(run: () => unknown): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    return failureOf(error);
  }
  return assert.fail('it did not fail');
}

const config = (name: string, server: string, extra = ''): string => `
apiVersion: v1
kind: Config
clusters: [{ name: ${name}, cluster: { server: "${server}" } }]
users: [{ name: ${name}, user: { token: "${name}" } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name}, namespace: ${name}-ns } }]
${extra}`;

describe('the list of kubeconfig files', () => {
  it('ignores missing files, and the first to name something wins as a whole', async () => {
    const a = put('a', config('one', 'https://a'));
    const b = put('b', `${config('one', 'https://b')}\nextra: ignored\ncurrent-context: one\n`);
    const loaded = await load([join(home, 'missing'), a, b]);
    assert.deepEqual(loaded.files, [a, b]);
    assert.equal(loaded.clusters.get('one')?.server, 'https://a');
    assert.equal(loaded.currentContext, 'one');
    assert.deepEqual(contextInfos(loaded), [
      { name: 'one', cluster: 'one', server: 'https://a', namespace: 'one-ns', current: true, file: a },
    ]);
  });

  it('takes the first current-context', async () => {
    const a = put('a', config('one', 'https://a', 'current-context: one'));
    const b = put('b', config('two', 'https://b', 'current-context: two'));
    assert.equal((await load([a, b])).currentContext, 'one');
    assert.equal((await load([b, a])).currentContext, 'two');
  });

  it('reads the default file, and an explicit one instead of everything', async () => {
    put('.kube/config', config('home', 'https://home'));
    const other = put('other', config('other', 'https://other'));
    assert.deepEqual([...(await load()).contexts.keys()], ['home']);
    assert.deepEqual([...(await load([join(home, '.kube/config')], other)).contexts.keys()], ['other']);
  });

  it('counts paths from the file that holds them', async () => {
    const file = put(
      'deep/config',
      `clusters: [{ name: c, cluster: { server: "https://x", certificate-authority: pki/ca.pem } }]
users: [{ name: u, user: { client-certificate: ../u.pem, client-key: /abs/u.key, exec: { apiVersion: v, command: ./bin/helper } } },
        { name: plain, user: { exec: { apiVersion: v, command: helper } } }]`,
    );
    const { clusters, users } = await load([file]);
    assert.equal(clusters.get('c')?.caFile, join(home, 'deep/pki/ca.pem'));
    assert.equal(users.get('u')?.certFile, join(home, 'u.pem'));
    assert.equal(users.get('u')?.keyFile, '/abs/u.key');
    assert.equal(users.get('u')?.exec?.command, join(home, 'deep/bin/helper'));
    assert.equal(users.get('plain')?.exec?.command, 'helper');
  });

  it('keeps a token of digits as it is written', async () => {
    const file = put('a', 'users: [{ name: u, user: { token: 00123 } }]');
    assert.equal((await load([file])).users.get('u')?.token, '00123');
  });

  it('gives another hash for another content', async () => {
    const file = put('a', config('one', 'https://a'));
    const before = (await load([file])).hash;
    assert.equal((await load([file])).hash, before);
    put('a', config('one', 'https://b'));
    assert.notEqual((await load([file])).hash, before);
  });
});

describe('bad kubeconfigs', () => {
  it('none at all: says where it looked', async () => {
    const failure = await failing(() => load());
    assert.equal(failure.code, 'no-kubeconfig');
    assert.ok(failure.message.includes(join(home, '.kube', 'config')));
  });

  const BAD: [what: string, text: string | Buffer][] = [
    ['broken YAML', 'clusters: [\n'],
    ['a list', '- a\n- b\n'],
    ['a word', 'hello'],
    ['another kind', 'kind: Pod\napiVersion: v1\n'],
    ['an alias bomb', bomb()],
  ];
  for (const [what, text] of BAD)
    it(`${what}: names the file`, async () => {
      const file = put('bad', text);
      const failure = await failing(() => load([file]));
      assert.equal(failure.code, 'invalid-kubeconfig');
      assert.ok(failure.message.includes(file));
      assert.notEqual(failure.detail, undefined);
    });

  it('a folder in place of the file: names it', async () => {
    mkdirSync(join(home, 'folder'));
    const failure = await failing(() => load([join(home, 'folder')]));
    assert.equal(failure.code, 'invalid-kubeconfig');
  });

  for (const [what, text] of [
    ['empty', ''],
    ['blank', '\n# nothing\n'],
    ['without lists', 'apiVersion: v1\nkind: Config\nclusters: null\ncontexts: 3\nusers: {}\n'],
    [
      'NUL bytes and rubbish entries',
      'clusters: [null, 3, { name: 7 }, { cluster: {} }]\ncontexts:\n- name: "a\\0b"\n',
    ],
  ] as const)
    it(`${what}: no context, and the next step is said`, async () => {
      const loaded = await load([put('config', text)]);
      const failure = await failing(() =>
        connectionTo(loaded, undefined, { consent: async () => true }, { env: {}, home }),
      );
      assert.equal(failure.code, 'unknown-context');
    });
});

function bomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [name, below] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map((pair) => [...pair]))
    levels.push(`${name}: &${name} [${Array(9).fill(`*${below}`).join(', ')}]`);
  return levels.join('\n');
}

describe('a context', () => {
  const open = (loaded: Kubeconfig, name?: string) =>
    connectionTo(loaded, name, { consent: async () => true }, { env: {}, home });

  it('that is unknown names those that are known', async () => {
    const loaded = await load([put('a', config('one', 'https://a'))]);
    const failure = await failing(() => open(loaded, 'nope'));
    assert.equal(failure.code, 'unknown-context');
    assert.match(failure.message, /nope.*one/);
  });

  it('whose cluster or user is nowhere says which', async () => {
    const loaded = await load([
      put(
        'a',
        `clusters: [{ name: c, cluster: { server: "https://x" } }]
contexts: [{ name: no-cluster, context: { cluster: gone, user: u } }, { name: no-user, context: { cluster: c, user: lost } }]`,
      ),
    ]);
    assert.match((await failing(() => open(loaded, 'no-cluster'))).message, /cluster gone/);
    assert.match((await failing(() => open(loaded, 'no-user'))).message, /user lost/);
  });

  for (const server of ['', 'ftp://x', 'https://', '::::'])
    it(`with the server ${JSON.stringify(server)} is refused`, async () => {
      const loaded = await load([put('a', config('one', server, 'current-context: one'))]);
      assert.equal((await failing(() => open(loaded))).code, 'invalid-kubeconfig');
    });

  it('with an auth provider says what to use instead, and runs nothing', async () => {
    const loaded = await load([
      put(
        'a',
        `clusters: [{ name: c, cluster: { server: "https://x" } }]
users: [{ name: u, user: { auth-provider: { name: gcp, config: { cmd-path: /bin/false } } } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]`,
      ),
    ]);
    const failure = await failing(() => open(loaded, 'x'));
    assert.equal(failure.code, 'invalid-kubeconfig');
    assert.match(failure.message, /gcp.*exec plugin/);
  });

  it('whose certificate file is missing says which', async () => {
    const loaded = await load([
      put(
        'a',
        `clusters: [{ name: c, cluster: { server: "https://x", certificate-authority: nowhere.pem } }]
contexts: [{ name: x, context: { cluster: c } }]`,
      ),
    ]);
    const failure = await failing(() => open(loaded, 'x').prepare(AbortSignal.timeout(1000)));
    assert.equal(failure.code, 'invalid-kubeconfig');
    assert.match(failure.message, /nowhere\.pem/);
  });

  it('gives the same credentials and TLS options as the official client', async () => {
    const text = `
apiVersion: v1
kind: Config
current-context: x
clusters:
- name: c
  cluster: { server: "https://127.0.0.1:6443", certificate-authority-data: ${caData}, tls-server-name: api.test }
users:
- name: u
  user:
    client-certificate-data: ${Buffer.from(pem('server.pem')).toString('base64')}
    client-key-data: ${Buffer.from(pem('server.key')).toString('base64')}
    token: secret-token
contexts:
- name: x
  context: { cluster: c, user: u, namespace: n }
`;
    const official = new KubeConfig();
    official.loadFromString(text);
    const wanted: Record<string, unknown> = {};
    await official.applyToHTTPSOptions(wanted as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
    const connection = open(await load([put('a', text)]));
    const { agent, headers } = await connection.prepare(AbortSignal.timeout(1000));
    const { ca, cert, key, servername } = (agent as unknown as { options: Record<string, string> }).options;
    const bytes = (value: unknown): string => Buffer.from(value as string).toString('utf8');
    assert.deepEqual(
      { ca, cert, key, servername, authorization: headers.authorization },
      {
        ca: bytes(wanted.ca),
        cert: bytes(wanted.cert),
        key: bytes(wanted.key),
        servername: wanted.servername,
        authorization: (wanted.headers as Record<string, string>).Authorization,
      },
    );
    assert.equal(connection.namespace, official.getContextObject('x')?.namespace);
    connection.close();
  });
});
