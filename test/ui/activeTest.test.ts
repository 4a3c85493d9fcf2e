/** The question before an active test, in the editor against a server of the wire format: all that would be tried, and no write. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { type Api, json, kubeconfigOf, startApi } from '../cluster-unit/lib/api.ts';
import { objectsApi } from '../cluster-unit/lib/objectsApi.ts';
import { frame } from '../tools/diagnosisRun.ts';
import { type Editor, openEditor } from '../tools/editor.ts';
import * as o from '../tools/objects.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-active-test-'));
const kubeconfig = join(scratch, 'config');
const ledger = o.deployment('ledger', { container: { ports: [{ containerPort: 8080 }] } });
const service = o.service('ledger', { clusterIP: '10.96.7.7' });
/** Names more than a dialog has room for. */
const hosts = Array.from({ length: 5 }, (_, at) => `h${at}.example.com`);
const web = o.pod('web', {
  container: {
    env: [
      { name: 'LEDGER_URL', value: 'http://ledger:80' },
      ...hosts.map((host, at) => ({ name: `H${at}_URL`, value: `http://${host}:80` })),
    ],
  },
});
const objects = [...ledger.all, service, o.slice(service, ledger.pods), web, ...frame()];
const PROXY = 'connect to the health port of kube-proxy (10256) on the node that the test runs on';

let api: Api;
let editor: Editor;
before(async () => {
  const read = objectsApi(objects);
  api = await startApi(async (request, response, url) => {
    if (request.method === 'GET' && !url.searchParams.has('watch')) return read(request, response, url);
    let body = '';
    for await (const chunk of request) body += chunk;
    if (url.pathname.endsWith('selfsubjectaccessreviews'))
      return json(response, { status: { allowed: true } }, 201);
    json(response, body === '' ? {} : JSON.parse(body));
  });
  writeFileSync(kubeconfig, kubeconfigOf(api));
  editor = await openEditor({
    folder: 'test/fixtures/healthy',
    env: { KUBECONFIG: kubeconfig },
    width: 1200,
    height: 800,
  });
});
after(async () => {
  await editor.close();
  await api.close();
  rmSync(scratch, { recursive: true });
});

const picker = (): Locator => editor.page.locator('.quick-input-widget');
const writes = (): string[] => api.seen.filter((line) => !/^GET|accessreviews|dryRun=All/.test(line));

async function answer(placeholder: string, filter = ''): Promise<void> {
  await picker().locator(`input[placeholder*="${placeholder}"]`).waitFor({ timeout: 30_000 });
  const focused = picker().locator('.monaco-list-row.focused');
  await focused.waitFor({ timeout: 30_000 });
  await editor.page.keyboard.type(filter);
  await focused.filter({ hasText: filter }).waitFor();
  await editor.page.keyboard.press('Enter');
}

describe('the question before an active test', () => {
  it('says where, what and how much; the document beside it has every test', async () => {
    const { page } = editor;
    await editor.command('Pod Triage: Run Active Test');
    await answer('Context');
    await answer('Namespace');
    await answer('which object', 'web');
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'Run an active test' });
    await dialog.waitFor({ timeout: 30_000 });
    const text = (await dialog.locator('.dialog-message-detail').textContent()) ?? '';
    for (const part of ['Context: shop', 'Namespace: shop', 'Object: Pod/shop/web', 'It tries:'])
      assert.ok(text.includes(part), `${part}: ${text}`);
    assert.match(text, /read the resolvers of the pod, and where its processes listen/);
    const more = Number(/… (\d+) more: “Show Object” lists them all/.exec(text)?.[1]);
    assert.ok(more > 0, text);
    await dialog.locator('.monaco-button', { hasText: 'Show Object' }).click();
    await page.locator('.tab.active', { hasText: 'web.yaml' }).waitFor({ timeout: 20_000 });
    await picker().locator('.quick-input-title', { hasText: 'Run an active test' }).waitFor();
    const lines = page.locator('.editor-instance .view-line');
    const shown = (await lines.allInnerTexts()).map((line) => line.replaceAll('\u00a0', ' '));
    const tests = shown.filter((line) => line.startsWith('# · '));
    assert.equal(tests.length, (text.match(/· /g) ?? []).length + more);
    assert.ok(tests.includes(`# · ${PROXY}`), tests.join('\n'));
    assert.ok(shown.some((line) => line.includes('ephemeralContainers:')));
    // A change of mind: nothing was written.
    await page.keyboard.press('Escape');
    await picker().waitFor({ state: 'hidden' });
    assert.deepEqual(writes(), []);
  });
});
