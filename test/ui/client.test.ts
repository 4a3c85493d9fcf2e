/** The editor in Chinese, a guided flow by keyboard, and a fix applied from the report. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { type Editor, openEditor } from '../tools/editor.ts';

let editor: Editor;
const row = (text: string): Locator =>
  editor.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
const webview = (): FrameLocator =>
  editor.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
const picker = (): Locator => editor.page.locator('.quick-input-widget');

/** Waits for a question of the picker and for something to choose. */
async function asked(placeholder: string): Promise<void> {
  await picker().locator(`input[placeholder*="${placeholder}"]`).waitFor({ timeout: 20_000 });
  await picker().locator('.monaco-list-row').first().waitFor({ timeout: 20_000 });
}

before(async () => {
  editor = await openEditor({ folder: 'test/demo', locale: 'zh-CN', width: 1400, height: 900 });
  const { page } = editor;
  // What a language pack sets; its own texts of the editor are not needed here.
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => 'zh-cn', set() {} });
  });
  await page.reload();
  await page.locator('.activitybar [aria-label^="Pod Triage"]').first().click({ timeout: 60_000 });
  await row('cart').waitFor({ timeout: 30_000 });
});
after(() => editor.close());

describe('the client', () => {
  it('speaks Chinese in the tree and in the report', async () => {
    const { page } = editor;
    await page.locator('.sidebar .pane-header', { hasText: '集群' }).waitFor();
    await row('worker').hover();
    await row('worker').locator('.action-label').first().click();
    await webview().locator('h2', { hasText: '为什么访问不到' }).waitFor({ timeout: 30_000 });
    const verdict = await webview().locator('.cause .verdict').first().textContent();
    assert.match(verdict ?? '', /worker-egress.*DNS/);
    assert.match(verdict ?? '', /\p{Script=Han}/u);
  });

  it('switches the language of a case on its page', async () => {
    await webview().locator('.cause button', { hasText: '阅读案例' }).first().click();
    const article = webview().locator('article h2').first();
    await webview().locator('h2', { hasText: '现象' }).waitFor({ timeout: 30_000 });
    await webview().locator('button', { hasText: 'English' }).click();
    await webview().locator('h2', { hasText: 'You see' }).waitFor({ timeout: 30_000 });
    assert.equal(await article.textContent(), 'You see');
  });

  it('walks from a symptom to what each check found, by keyboard', async () => {
    const { page } = editor;
    // From the tree, not from inside a page: the palette gives the focus back to where it was.
    await row('ledger').click();
    await editor.command('Pod Triage: 按症状排查');
    for (const question of ['您看到了什么现象', '上下文', '命名空间', '哪个对象']) {
      await asked(question);
      if (question === '哪个对象') await page.keyboard.type('cart');
      await page.waitForTimeout(300);
      await page.keyboard.press('Enter');
    }
    await asked('每项检查证明了什么');
    const stops = picker().locator('.monaco-list-row', { hasText: '到此为止' });
    await stops.first().waitFor({ timeout: 30_000 });
    assert.equal(await stops.count(), 1);
    assert.match((await stops.textContent()) ?? '', /8081/);
    // Esc goes back one step at a time, and then out.
    for (const question of ['哪个对象', '命名空间', '上下文', '您看到了什么现象']) {
      await page.keyboard.press('Escape');
      await asked(question);
    }
    await page.keyboard.press('Escape');
    await picker().waitFor({ state: 'hidden' });
  });

  it('writes the fix of a report into the manifest', async () => {
    const { page } = editor;
    // With one page left there is no doubt which report the button belongs to.
    await editor.command('View: Close All Editors');
    await page.locator('iframe.webview.ready').first().waitFor({ state: 'detached' });
    await row('cart').hover();
    await row('cart').locator('.action-label').first().click();
    const fix = webview().locator('.cause button:not(.secondary):not(.link)').first();
    await fix.waitFor({ timeout: 30_000 });
    await fix.click();
    await page.locator('.tab.active', { hasText: 'cart.yaml' }).waitFor({ timeout: 20_000 });
    await page.keyboard.press('Control+S');
    const path = join(editor.folder, 'manifests', 'cart.yaml');
    const fixed = (): boolean =>
      /readinessProbe:\s+httpGet:\s+path: \S+\s+port: http\n/.test(readFileSync(path, 'utf8'));
    const deadline = Date.now() + 15_000;
    while (!fixed() && Date.now() < deadline) await page.waitForTimeout(200);
    assert.ok(fixed(), readFileSync(path, 'utf8'));
  });
});
