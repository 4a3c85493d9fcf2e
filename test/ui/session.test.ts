/** What happens around a diagnosis: columns, reload of the window, links from outside, the demo, the first steps. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { type Editor, openEditor } from '../tools/editor.ts';

const kubeconfig = join(tmpdir(), `pod-triage-session-${process.pid}`);

let editor: Editor;
before(async () => {
  // Nobody listens there: the context can be named, and never answers.
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: prod-eu
clusters: [{ name: c, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: u, user: {} }]
contexts: [{ name: prod-eu, context: { cluster: c, user: u, namespace: pay } }]
`,
  );
  editor = await openEditor({
    folder: 'test/demo',
    env: { KUBECONFIG: kubeconfig },
    width: 1400,
    height: 900,
  });
  await editor.page.locator('.activitybar [aria-label^="Pod Triage"]').first().click({ timeout: 60_000 });
  await row('cart').waitFor({ timeout: 30_000 });
});
after(() => editor.close());

const row = (text: string): Locator =>
  editor.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
/** The page inside a webview that shows a text; each webview is two frames deep. */
async function pageWith(selector: string, text: string): Promise<FrameLocator> {
  const frames = editor.page.locator('iframe.webview.ready');
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    for (let at = 0; at < (await frames.count()); at++) {
      const frame = frames.nth(at).contentFrame().frameLocator('#active-frame');
      if (await frame.locator(selector, { hasText: text }).first().isVisible()) return frame;
    }
    await editor.page.waitForTimeout(200);
  }
  throw new Error(`no page with ${selector}: ${text}`);
}
const columns = (): Promise<number> => editor.page.locator('.editor-group-container').count();
const statusBar = (): Locator => editor.page.locator('.statusbar [id$="podTriage.source"]');

async function diagnose(name: string): Promise<FrameLocator> {
  await row(name).hover();
  await row(name).locator('[aria-label*="Diagnose"]').first().click();
  return pageWith('h1', name);
}

/** Gives the editor a link as the operating system would. */
async function follow(link: string): Promise<void> {
  const { page } = editor;
  await editor.command('Developer: Open URL');
  const input = page.locator('.quick-input-widget input.input');
  await page
    .locator('.quick-input-widget .quick-input-message', { hasText: 'URL' })
    .waitFor({ timeout: 10_000 });
  await input.fill(`code-oss://pod-triage.pod-triage${link}`);
  await page.keyboard.press('Enter');
  // The editor's own question, before any extension sees the link.
  await page
    .locator('.monaco-dialog-box .monaco-button', { hasText: 'Open' })
    .first()
    .click({ timeout: 15_000 });
}

const dialog = (): Locator => editor.page.locator('.monaco-dialog-box');

describe('a session', () => {
  it('keeps text and pages in two columns, whatever is opened from them', async () => {
    const { page } = editor;
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input.input').fill('cart.yaml');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'cart.yaml' }).first().click();
    await page.locator('.tab', { hasText: 'cart.yaml' }).first().waitFor({ timeout: 20_000 });
    const report = await diagnose('cart');
    assert.equal(await columns(), 2);
    await report.getByRole('button', { name: 'Read the Case' }).first().click();
    const article = await pageWith('h2', 'Because');
    assert.equal(await columns(), 2);
    await article.getByText('简体中文').first().click();
    await pageWith('h2', '原因');
    const page2 = await pageWith('h2', '原因');
    // What is wrong here and now: the report it was found by comes to the front again.
    await page2.locator('.box button.link').first().click();
    await pageWith('h1', 'cart');
    assert.equal(await columns(), 2);
    await page.locator('.tab', { hasText: 'Pod 在运行' }).first().click();
  });

  it('finds its report and its case again after a reload of the window', async () => {
    const { page } = editor;
    // The page alone would be gone before the editor has written down what is open.
    const reloaded = page.waitForEvent('domcontentloaded');
    await editor.command('Developer: Reload Window');
    await reloaded;
    await page.locator('.tab', { hasText: 'Report: cart' }).first().waitFor({ timeout: 60_000 });
    // In the language that was chosen on its page.
    await page.locator('.tab', { hasText: 'Pod 在运行' }).first().click();
    await pageWith('h2', '原因');
    await page.locator('.tab', { hasText: 'Report: cart' }).first().click();
    const report = await pageWith('h1', 'cart');
    // A snapshot is only read: the answer is there without a click.
    await report.getByText('asks port 8081').first().waitFor({ timeout: 30_000 });
  });

  it('refuses links with names that are none, and asks before it diagnoses', async () => {
    for (const hostile of [
      '/diagnose?context=prod-eu&namespace=pay&kind=Pod&name=..%2F..%2Fsecrets',
      '/diagnose?context=prod-eu&namespace=pay&kind=Secret&name=token',
      '/diagnose?context=prod-eu&namespace=pay&kind=Pod&name=a&kubeconfig=%2Ftmp%2Fevil',
    ]) {
      await follow(hostile);
      await dialog().waitFor({ state: 'detached', timeout: 10_000 });
    }
    assert.equal(await editor.page.locator('.tab', { hasText: /secrets|token|Report: a/ }).count(), 0);
    await follow('/diagnose?context=prod-eu&namespace=pay&kind=Deployment&name=checkout');
    const question = dialog().filter({ hasText: 'Deployment/pay/checkout' });
    await question.waitFor({ timeout: 15_000 });
    assert.match((await question.textContent()) ?? '', /production context.*prod-eu/s);
    await question.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached', timeout: 10_000 });
    assert.equal(await editor.page.locator('.tab', { hasText: 'Report: checkout' }).count(), 0);

    await follow('/diagnose?context=prod-eu&namespace=pay&kind=Deployment&name=checkout');
    await dialog().locator('.monaco-button', { hasText: 'Diagnose' }).click({ timeout: 15_000 });
    const report = await pageWith('h1', 'checkout');
    await report.locator('.status.failed', { hasText: '127.0.0.1:1' }).waitFor({ timeout: 30_000 });
  });

  it('says in the status bar what is wrong, and goes back to the demo from anywhere', async () => {
    const { page } = editor;
    await editor.command('Pod Triage: Switch Context…');
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'prod-eu' })
      .first()
      .click({ timeout: 20_000 });
    // The namespaces cannot be read there, and the view stays where it was.
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 30_000 });
    assert.match((await statusBar().textContent()) ?? '', /snapshot demo · shop/);
    await row('cart').click();
    await editor.command('Pod Triage: Open Demo');
    await page.locator('.tab', { hasText: 'canary.yaml' }).first().waitFor({ timeout: 20_000 });
    await row('cart').waitFor({ timeout: 20_000 });
  });

  it('completes each of the first steps by doing it', async () => {
    const { page } = editor;
    const steps = page.locator('.getting-started-step');
    // What a step opens may take the place of the page.
    const show = async (): Promise<void> => {
      await editor.command('Pod Triage: Get Started');
      await steps.first().waitFor({ timeout: 20_000 });
    };
    await show();
    const actions = ['Open Demo', 'Open the Cluster View', 'Diagnose Pod', 'Search Cases'];
    assert.equal(await steps.count(), actions.length);
    for (const [at, action] of actions.entries()) {
      const step = steps.nth(at);
      // The one that is open takes no click itself.
      if ((await step.getAttribute('aria-expanded')) !== 'true') await step.click();
      await step.locator('.monaco-button', { hasText: action }).click();
      await page.waitForTimeout(1000);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await show();
      await page.locator('.getting-started-step[aria-checked="true"]').nth(at).waitFor({ timeout: 20_000 });
    }
  });
});
