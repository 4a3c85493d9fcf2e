/** Our commands on the rows of Microsoft's Kubernetes view, by right click, and which cluster and object they mean. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { type Editor, openEditor } from '../tools/editor.ts';
import { ROOT } from '../tools/paths.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-foreign-'));

/** Nobody listens on these ports: the report then says which server it asked. */
const kubeconfig = (name: string, port: number): string => {
  const file = join(scratch, name);
  writeFileSync(
    file,
    `apiVersion: v1
kind: Config
current-context: shop
clusters: [{ name: c, cluster: { server: "http://127.0.0.1:${port}" } }]
users: [{ name: u, user: {} }]
contexts: [{ name: shop, context: { cluster: c, user: u, namespace: orders } }]
`,
  );
  return file;
};

let editor: Editor;
before(async () => {
  editor = await openEditor({
    folder: 'test/demo',
    extensions: [join(ROOT, 'test', 'ui', 'kubernetes-view')],
    // The same context name in two files: theirs must be asked, not ours.
    env: { KUBECONFIG: kubeconfig('ours', 1), STAND_IN_KUBECONFIG: kubeconfig('theirs', 2) },
    width: 1400,
    height: 900,
  });
  await editor.page.locator('.activitybar [aria-label^="Kubernetes"]').first().click();
  await row('ledger-0').waitFor({ timeout: 30_000 });
});
after(async () => {
  await editor.close();
  rmSync(scratch, { recursive: true, force: true });
});

const row = (text: string): Locator =>
  editor.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
const report = (): FrameLocator =>
  editor.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');

/** The entries of a row's menu; the menu is open afterwards. */
async function menuOf(name: string): Promise<string[]> {
  const { page } = editor;
  await page.keyboard.press('Escape');
  await row(name).click();
  await row(name).click({ button: 'right' });
  const labels = page.locator('.monaco-menu .action-label');
  // A row without entries of its own has no menu at all.
  await labels
    .first()
    .waitFor({ timeout: 4000 })
    .catch(() => undefined);
  return (await labels.allInnerTexts()).map((label) => label.trim()).filter(Boolean);
}

/** Clicks until the menu is gone: right after it opens, it takes no click. */
async function choose(label: string): Promise<void> {
  const entry = editor.page.locator('.monaco-menu .action-label', { hasText: label }).first();
  for (let tries = 0; tries < 10 && (await entry.isVisible()); tries++) {
    await entry.click({ timeout: 2000 }).catch(() => undefined);
    await entry.waitFor({ state: 'detached', timeout: 2000 }).catch(() => undefined);
  }
}

describe("Microsoft's Kubernetes view", () => {
  it('offers our commands on what they work on, and on nothing else', async () => {
    const both = ['Diagnose Pod…', 'Open Netshoot Terminal…'];
    assert.deepEqual(await menuOf('ledger-0'), both);
    assert.deepEqual(await menuOf('checkout'), ['Diagnose Pod…']);
    assert.deepEqual(await menuOf('node-a'), both);
    for (const other of ['Pods', 'scrape', 'robot']) assert.deepEqual(await menuOf(other), [], other);
  });

  it('diagnoses the pod of the row, in the cluster that its view shows', async () => {
    await menuOf('cart-7d9f-9qtvz');
    await choose('Diagnose');
    await report().locator('h1', { hasText: 'cart-7d9f-9qtvz' }).waitFor({ timeout: 30_000 });
    assert.match((await report().locator('.subtitle').textContent()) ?? '', /^Pod in pay · shop/);
    const failed = report().locator('.status.failed');
    await failed.waitFor({ timeout: 30_000 });
    assert.match((await failed.textContent()) ?? '', /127\.0\.0\.1:2\b/);
  });

  it('takes the namespace of the context for a row that names none', async () => {
    await editor.command('View: Close All Editors');
    await editor.page.locator('iframe.webview.ready').first().waitFor({ state: 'detached' });
    await menuOf('ledger-0');
    await choose('Diagnose');
    await report().locator('.subtitle', { hasText: 'Pod in orders · shop' }).waitFor({ timeout: 30_000 });
  });

  it('opens the terminal for the same object', async () => {
    await menuOf('node-a');
    await choose('Netshoot Terminal');
    // A driven editor shows no toasts; the list of notifications has them.
    await editor.page.locator('.statusbar .codicon-bell-dot').waitFor({ timeout: 30_000 });
    await editor.command('Notifications: Show Notifications');
    const message = editor.page.locator('.notification-list-item-message', { hasText: '127.0.0.1:2' });
    await message.first().waitFor({ timeout: 10_000 });
  });
});
