import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  type Diagnostic,
  DiagnosticSeverity,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { BAD_INPUT } from '../tools/badInput.ts';
import { type LspClient, startClient } from '../tools/lspClient.ts';

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: api
spec:
  selector:
    app: api
  ports:
    - port: 80
      targetPort: http
`;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
    spec:
      securityContext:
        runAsNonRoot: true
      containers:
        - name: api
          image: shop/api:1
          ports:
            - name: http-api
              containerPort: 8080
          readinessProbe:
            httpGet:
              port: http-api
          resources:
            requests: { cpu: 10m, memory: 32Mi }
            limits: { memory: 64Mi }
`;
const ANYWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };

let client: LspClient | undefined;
const scratch: string[] = [];
afterEach(() => {
  client?.stop();
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderWith(files: Record<string, string>): { uri(name: string): string; path: string } {
  const path = mkdtempSync(join(tmpdir(), 'pod-triage-lsp-'));
  scratch.push(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, uri: (name) => pathToFileURL(join(path, name)).href };
}

const codes = (items: Diagnostic[]) => items.map(({ code }) => code).sort();

/** Applies the edits of one document to its text. */
function applied(text: string, edit: WorkspaceEdit | undefined): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Range['start']) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  const edits = (edit?.documentChanges ?? []).flatMap((change) => ('edits' in change ? change.edits : []));
  let result = text;
  for (const each of [...edits].reverse())
    if ('newText' in each)
      result =
        result.slice(0, offset(each.range.start)) + each.newText + result.slice(offset(each.range.end));
  return result;
}

describe('pull diagnostics', () => {
  it('advertises what it does', async () => {
    client = await startClient();
    const { capabilities } = client.initialized;
    assert.equal(capabilities.diagnosticProvider?.interFileDependencies, true);
    assert.equal(capabilities.diagnosticProvider?.workspaceDiagnostics, true);
    assert.deepEqual(capabilities.codeActionProvider, {
      codeActionKinds: ['quickfix', 'source.fixAll.podTriage'],
    });
  });

  it('finds a mistake across files, with the smallest range, the case and the other side', async () => {
    const { path, uri } = folderWith({ 'service.yaml': SERVICE, 'deployment.yaml': DEPLOYMENT });
    client = await startClient({ folders: [pathToFileURL(path).href] });
    await client.open(uri('service.yaml'), SERVICE);
    const [diagnostic, ...others] = await client.diagnostics(uri('service.yaml'));
    assert.deepEqual(others, []);
    assert.equal(diagnostic?.code, 'service-target-port-name-missing');
    assert.deepEqual(diagnostic?.range, {
      start: { line: 9, character: 18 },
      end: { line: 9, character: 22 },
    });
    assert.equal(diagnostic?.severity, DiagnosticSeverity.Error);
    assert.equal(diagnostic?.source, 'pod-triage');
    assert.deepEqual(diagnostic?.data, { case: 'targetport-mismatch' });
    assert.equal(diagnostic?.relatedInformation?.[0]?.location.uri, uri('deployment.yaml'));
  });

  it('follows an edit of the other file', async () => {
    const { path, uri } = folderWith({ 'service.yaml': SERVICE, 'deployment.yaml': DEPLOYMENT });
    client = await startClient({ folders: [pathToFileURL(path).href] });
    await client.open(uri('service.yaml'), SERVICE);
    await client.open(uri('deployment.yaml'), DEPLOYMENT);
    assert.deepEqual(codes(await client.diagnostics(uri('service.yaml'))), [
      'service-target-port-name-missing',
    ]);
    const line = DEPLOYMENT.split('\n').findIndex((each) => each.includes('- name: http-api'));
    const at = DEPLOYMENT.split('\n')[line]!.indexOf('http-api');
    await client.change(
      uri('deployment.yaml'),
      2,
      { start: { line, character: at }, end: { line, character: at + 8 } },
      'http',
    );
    assert.deepEqual(await client.diagnostics(uri('service.yaml')), []);
  });

  it('is silent on Helm templates, on broken YAML and on files of other tools', async () => {
    client = await startClient();
    await client.open('file:///t/helm.yaml', SERVICE.replace('name: api', 'name: {{ .Values.name }}'));
    await client.open('file:///t/broken.yaml', `${SERVICE}  - [unclosed\n`);
    await client.open('file:///t/compose.yaml', 'services:\n  web:\n    image: x\n    image: y\n');
    for (const name of ['helm', 'broken', 'compose'])
      assert.deepEqual(await client.diagnostics(`file:///t/${name}.yaml`), [], name);
  });

  it('keeps the findings of sound documents while another one is half typed', async () => {
    client = await startClient();
    const text = `${SERVICE}---\n${DEPLOYMENT}---\napiVersion: v1\nkind: [\n`;
    await client.open('file:///t/half.yaml', text);
    assert.deepEqual(codes(await client.diagnostics('file:///t/half.yaml')), [
      'service-target-port-name-missing',
    ]);
  });

  it('answers on bad input, and goes on', async () => {
    client = await startClient();
    await client.open('file:///t/all.yaml', `${SERVICE}---\n${DEPLOYMENT}`);
    for (const [index, { name, text, rules }] of BAD_INPUT.entries()) {
      const uri = `file:///bad/${index}/bad.yaml`;
      await client.open(uri, text.toString());
      const told: unknown[] = codes(await client.diagnostics(uri)).filter(
        (code) => code !== 'duplicate-resource',
      );
      // What the editor's YAML support says already is not said twice.
      const expected = rules.filter((rule) => rule !== 'yaml-syntax');
      assert.deepEqual([...new Set(told)].sort(), expected, name);
    }
    assert.deepEqual(codes(await client.diagnostics('file:///t/all.yaml')), [
      'service-target-port-name-missing',
    ]);
  });

  it('reads settings for the resource, and again when they change', async () => {
    client = await startClient({
      settings: { lint: { rules: { 'service-target-port-name-missing': 'off' } } },
    });
    const text = `${SERVICE}---\n${DEPLOYMENT}`;
    await client.open('file:///t/all.yaml', text);
    assert.deepEqual(await client.diagnostics('file:///t/all.yaml'), []);
    client.settings.value = { lint: { rules: { 'service-target-port-name-missing': 'hint' } } };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: {} });
    const [diagnostic] = await client.diagnostics('file:///t/all.yaml');
    assert.equal(diagnostic?.severity, DiagnosticSeverity.Hint);
  });

  it('honours the configuration file of the folder', async () => {
    const { path, uri } = folderWith({
      'all.yaml': `${SERVICE}---\n${DEPLOYMENT}`,
      '.pod-triage.yaml': 'rules:\n  service-target-port-name-missing: off\n',
    });
    client = await startClient({ folders: [pathToFileURL(path).href] });
    await client.open(uri('all.yaml'), `${SERVICE}---\n${DEPLOYMENT}`);
    assert.deepEqual(await client.diagnostics(uri('all.yaml')), []);
  });

  it('says once that a file is too large', async () => {
    client = await startClient();
    await client.open('file:///t/large.yaml', `# ${'x'.repeat(2 * 1024 * 1024)}\n${SERVICE}`);
    const [diagnostic, ...others] = await client.diagnostics('file:///t/large.yaml');
    assert.match(String(diagnostic?.message), /not linted/);
    assert.deepEqual(others, []);
  });

  it('answers in Chinese when the editor speaks it', async () => {
    client = await startClient({ options: { locale: 'zh-cn' } });
    await client.open('file:///t/all.yaml', `${SERVICE}---\n${DEPLOYMENT}`);
    const [diagnostic] = await client.diagnostics('file:///t/all.yaml');
    assert.match(String(diagnostic?.message), /[\u4e00-\u9fff]/);
    // The messages are state of the process: the tests after this one are in English again.
    client.stop();
    client = await startClient();
  });
});

describe('code actions', () => {
  it('offers the fix, the suppressions and the case, and the fix is the minimal edit', async () => {
    client = await startClient();
    const text = `${SERVICE}---\n${DEPLOYMENT}`;
    await client.open('file:///t/all.yaml', text);
    const [diagnostic] = await client.diagnostics('file:///t/all.yaml');
    const actions = await client.codeActions('file:///t/all.yaml', diagnostic!.range);
    const fix = actions.find(({ title }) => title.includes('http-api'));
    assert.equal(applied(text, fix?.edit), text.replace('targetPort: http\n', 'targetPort: http-api\n'));
    const line = actions.find(({ title }) => title.includes('this line'));
    const suppressed = applied(text, line?.edit);
    assert.match(
      suppressed,
      /\n {6}# pod-triage-disable-next-line service-target-port-name-missing\n {6}targetPort/,
    );
    const object = actions.find(({ title }) => title.includes('this object'));
    assert.match(
      applied(text, object?.edit),
      /annotations:\n {4}pod-triage.io\/ignore.service-target-port-name-missing: reviewed/,
    );
    for (const [version, mended] of [suppressed, applied(text, object?.edit)].entries()) {
      await client.open(`file:///mended${version}/all.yaml`, mended);
      assert.deepEqual(await client.diagnostics(`file:///mended${version}/all.yaml`), []);
    }
    assert.equal(actions.at(-1)?.command?.command, 'podTriage.openCase');
  });

  it('applies all safe fixes on request only', async () => {
    client = await startClient();
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  country: no # Norway\n  retries: 3\n';
    await client.open('file:///t/map.yaml', text);
    assert.ok(
      !(await client.codeActions('file:///t/map.yaml', ANYWHERE)).some(
        ({ kind }) => kind === 'source.fixAll.podTriage',
      ),
    );
    const [action] = await client.codeActions('file:///t/map.yaml', ANYWHERE, ['source.fixAll.podTriage']);
    assert.equal(applied(text, action?.edit), text.replace('no #', '"no" #').replace(': 3', ': "3"'));
  });
});

describe('workspace diagnostics', () => {
  it('reports closed files when asked to, and waits when there is nothing new', async () => {
    const { path, uri } = folderWith({ 'all.yaml': `${SERVICE}---\n${DEPLOYMENT}` });
    client = await startClient({
      folders: [pathToFileURL(path).href],
      settings: { lint: { scope: 'workspace' } },
    });
    const first = (await client.connection.sendRequest('workspace/diagnostic', {
      previousResultIds: [],
    })) as { items: { uri: string; resultId: string; items: Diagnostic[] }[] };
    assert.deepEqual(
      first.items.map((each) => [each.uri, codes(each.items)]),
      [[uri('all.yaml'), ['service-target-port-name-missing']]],
    );
    const previousResultIds = first.items.map((each) => ({ uri: each.uri, value: each.resultId }));
    let answered = false;
    const second = client.connection
      .sendRequest('workspace/diagnostic', { previousResultIds })
      .then((answer) => {
        answered = true;
        return answer as typeof first;
      });
    await client.diagnostics(uri('all.yaml'));
    assert.equal(answered, false);
    writeFileSync(join(path, 'all.yaml'), DEPLOYMENT);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uri('all.yaml'), type: 2 }],
    });
    assert.deepEqual(
      (await second).items.map((each) => [each.uri, each.items]),
      [[uri('all.yaml'), []]],
    );
  });

  it('leaves closed files alone by default', async () => {
    const { path } = folderWith({ 'all.yaml': `${SERVICE}---\n${DEPLOYMENT}` });
    client = await startClient({ folders: [pathToFileURL(path).href] });
    const pending = client.connection.sendRequest('workspace/diagnostic', { previousResultIds: [] });
    const settled = await Promise.race([
      pending.then(() => true),
      new Promise((done) => setTimeout(done, 300, false)),
    ]);
    assert.equal(settled, false);
  });
});

describe('hover', () => {
  it('tells why on the range of a finding and nothing elsewhere', async () => {
    client = await startClient();
    await client.open('file:///t/all.yaml', `${SERVICE}---\n${DEPLOYMENT}`);
    assert.match((await hoverAt(client, 9, 19)) ?? '', /^\*\*The Service.+\*\*\n\n[^#]+$/);
    assert.equal(await hoverAt(client, 1, 2), undefined);
  });

  it('is the whole case, in the language asked for, where no client of ours could open it', async () => {
    client = await startClient({ options: { extensionPath: undefined, locale: 'zh-cn' } });
    await client.open('file:///t/all.yaml', `${SERVICE}---\n${DEPLOYMENT}`);
    assert.match((await hoverAt(client, 9, 19)) ?? '', /^# Service 有端点[\s\S]+## 预防[\s\S]+\n- https:/);
  });

  async function hoverAt(from: LspClient, line: number, character: number): Promise<string | undefined> {
    const hover = (await from.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: 'file:///t/all.yaml' },
      position: { line, character },
    })) as { contents: { value: string } } | null;
    return hover?.contents.value;
  }
});
