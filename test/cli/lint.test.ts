/** The command line as it is shipped: dist/cli.js in a process of its own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { BAD_INPUT } from '../tools/badInput.ts';
import { ROOT } from '../tools/paths.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-cli-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Run {
  code: number | null;
  out: string;
  err: string;
}

function cli(
  args: string[],
  options: { cwd?: string; input?: string | Buffer; env?: Record<string, string> } = {},
): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args], {
    cwd: options.cwd ?? scratch,
    input: options.input ?? '',
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C', LC_ALL: 'C', ...options.env },
    timeout: 60_000,
  });
  return { code: status, out: stdout, err: stderr };
}

function file(name: string, text: string | Buffer): string {
  const path = join(scratch, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

interface JsonFinding {
  rule: string;
  severity: string;
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  resource: string;
  message: string;
  case: string;
}

const findings = ({ out }: Run): JsonFinding[] => (JSON.parse(out) as { findings: JsonFinding[] }).findings;

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: shop/web:1
      resources:
        requests: { cpu: 10m, memory: 128Mi }
        limits: { memory: 64Mi }
      volumeMounts:
        - name: cache
          mountPath: /cache
`;

describe('lint', () => {
  it('prints JSON and nothing else, with 1-based positions, and ends with 1 for an error', () => {
    const run = cli(['lint', '--format', 'json', '-'], { input: POD });
    assert.equal(run.code, 1);
    assert.equal(run.err, '');
    const mount = findings(run).find(({ rule }) => rule === 'volume-mount-without-volume');
    assert.ok(mount);
    const { line, column, endLine, endColumn, resource, severity, file } = mount;
    assert.deepEqual(
      { line, column, endLine, endColumn, resource, severity, file },
      {
        line: 14,
        column: 17,
        endLine: 14,
        endColumn: 22,
        resource: 'Pod/shop/web',
        severity: 'error',
        file: '<stdin>',
      },
    );
    assert.ok(mount.message.includes('cache'));
    assert.match(mount.case, /^[a-z0-9-]+$/);
  });

  it('ends with 0 when nothing reaches --fail-on, and takes other thresholds', () => {
    const sensible = cli(['lint', '-'], {
      input: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n',
    });
    assert.deepEqual([sensible.code, sensible.out], [0, 'Nothing found in 1 file.\n']);
    const warning =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  podSelector: {}\n  ingress:\n    - from: []\n';
    assert.equal(cli(['lint', '-'], { input: warning }).code, 0);
    assert.equal(cli(['lint', '--fail-on', 'warning', '-'], { input: warning }).code, 1);
  });

  it('reads folders recursively, and leaves other files alone', () => {
    file('folder/a/pod.yml', POD);
    file(
      'folder/b/pod.json',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'j' },
        spec: { containers: [{ name: 'a', image: 'x:1', volumeMounts: [{ name: 'no', mountPath: '/a' }] }] },
      }),
    );
    file('folder/notes.txt', POD);
    file('folder/package.json', '{"name":"x"}');
    const files = new Set(findings(cli(['lint', '--format', 'json', 'folder'])).map((each) => each.file));
    assert.deepEqual([...files], ['folder/a/pod.yml', 'folder/b/pod.json']);
  });

  it('turns rules on and off', () => {
    const off = cli(
      ['lint', '--format', 'json', '--disable', 'volume-mount-without-volume,request-exceeds-limit', '-'],
      { input: POD },
    );
    assert.ok(!findings(off).some(({ rule }) => rule === 'volume-mount-without-volume'));
    const all = cli(['lint', '--format', 'json', '--enable', 'all', '-'], { input: POD });
    assert.ok(findings(all).length > findings(off).length);
    const unknown = cli(['lint', '--disable', 'no-such-rule', '-'], { input: POD });
    assert.match(unknown.err, /There is no rule no-such-rule/);
  });

  it('reads the configuration file nearest to the working directory', () => {
    file(
      'configured/.pod-triage.yaml',
      'rules:\n  volume-mount-without-volume: off\n  request-exceeds-limit: off\n',
    );
    file('configured/sub/pod.yaml', POD);
    const run = cli(['lint', '--format', 'json', 'pod.yaml'], { cwd: join(scratch, 'configured', 'sub') });
    assert.ok(!findings(run).some(({ rule }) => rule === 'volume-mount-without-volume'));
  });

  it('writes SARIF with regions, JUnit and GitHub annotations', () => {
    const sarif = JSON.parse(cli(['lint', '--format', 'sarif', '-'], { input: POD }).out) as {
      version: string;
      runs: {
        results: { ruleId: string; locations: { physicalLocation: { region: { startLine: number } } }[] }[];
      }[];
    };
    assert.equal(sarif.version, '2.1.0');
    const result = sarif.runs[0]?.results.find(({ ruleId }) => ruleId === 'volume-mount-without-volume');
    assert.equal(result?.locations[0]?.physicalLocation.region.startLine, 14);
    const empty = JSON.parse(cli(['lint', '--format', 'sarif', '-'], { input: '' }).out) as typeof sarif;
    assert.deepEqual(empty.runs[0]?.results, []);
    assert.match(
      cli(['lint', '--format', 'junit', '-'], { input: POD }).out,
      /<testsuite name="pod-triage" tests="1" failures="1">/,
    );
    assert.match(
      cli(['lint', '--format', 'github', '-'], { input: POD }).out,
      /^::error file=<stdin>,line=\d+,col=\d+/m,
    );
  });

  it('fixes what is safe and keeps comments, order and line ends', () => {
    const text =
      'apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a # why\r\ndata:\r\n  country: no # Norway\r\n';
    const path = file('fix/map.yaml', text);
    const run = cli(['lint', '--fix', 'fix']);
    assert.equal(run.code, 0);
    assert.equal(readFileSync(path, 'utf8'), text.replace('no #', '"no" #'));
  });

  it('speaks Chinese by the environment', () => {
    assert.match(cli(['lint', '-'], { input: '', env: { LC_ALL: 'zh_CN.UTF-8' } }).out, /没有发现问题/);
  });
});

describe('lint on bad input', () => {
  for (const { name, text, rules } of BAD_INPUT)
    it(`says what there is to say of ${name}, and still lints what is sound`, () => {
      const folder = `bad/${name.replaceAll(/\W/g, '-')}`;
      file(`${folder}/bad.yaml`, text);
      file(`${folder}/good.yaml`, POD);
      const run = cli(['lint', '--format', 'json', '--disable', 'duplicate-resource', folder]);
      assert.equal(run.code, 1, run.err);
      const told = (path: string) =>
        [...new Set(findings(run).flatMap(({ rule, file }) => (file.endsWith(path) ? [rule] : [])))].sort();
      assert.deepEqual(told('/bad.yaml'), rules);
      assert.ok(told('/good.yaml').includes('volume-mount-without-volume'));
      if (name === 'NUL bytes') assert.match(run.err, /bad\.yaml is not linted: it is binary/);
      else assert.equal(run.err, '');
    });
});

describe('usage', () => {
  const wrong: [string[], RegExp][] = [
    [['bogus'], /no command bogus/],
    [['lint'], /needs a file or folder/],
    [['lint', 'not-there.yaml'], /not-there.yaml is not there/],
    [['lint', '--format', 'xml', '.'], /--format takes one of text, json/],
    [['lint', '--bogus', '.'], /--bogus/],
    [['lint', '--kubernetes-version', 'new', '.'], /1\.36/],
    [['lint', '--config', 'none.yaml', '.'], /none.yaml is not there/],
    [['cases', 'no-such-case'], /no case no-such-case/],
    [['cases', '../../package'], /no case/],
    [['diagnose'], /\S/],
    [['diagnose', 'pod/x', '-n', 'a', '--from', 'not-there'], /not-there/],
    [['diagnose', 'pod/x', '-n', 'a', '--kubeconfig', 'not-there'], /not-there/],
  ];
  for (const [args, message] of wrong)
    it(`${args.join(' ')}: exit 2, one clear line, nothing on standard output`, () => {
      const run = cli(args);
      assert.equal(run.code, 2);
      assert.equal(run.out, '');
      assert.match(run.err, message);
      assert.equal(run.err.trim().split('\n').length, 1, run.err);
    });

  it('lists the cases and prints one', () => {
    const { code, out } = cli(['cases']);
    assert.equal(code, 0);
    assert.match(out, /^clock-drift-certs +\S/m);
    assert.match(cli(['cases', 'clock-drift-certs']).out, /^# .+\n/);
    assert.match(cli(['cases', 'clock-drift-certs'], { env: { LC_ALL: 'zh_CN.UTF-8' } }).out, /## 现象/);
  });

  it('stops quietly when its reader has gone', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'cases'], { stdio: 'pipe' });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
    });
    assert.deepEqual(await once(child, 'close'), [141, null]);
    assert.equal(err, '');
  });

  it('serves the language server on standard input and output', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'lsp'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const message = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    child.stdin.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
    let answer = '';
    while (!answer.includes('"diagnosticProvider"')) answer += String((await once(child.stdout, 'data'))[0]);
    child.kill();
    assert.match(answer, /^Content-Length: \d+/);
  });
});
