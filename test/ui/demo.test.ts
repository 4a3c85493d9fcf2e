/** The demo as a new user meets it: the real editor in a real browser, driven by keys and clicks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { type Editor, openEditor } from '../tools/editor.ts';

let editor: Editor;
before(async () => {
  editor = await openEditor({ folder: 'test/demo', width: 1400, height: 900 });
});
after(() => editor.close());

const row = (text: string): Locator =>
  editor.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();

/** The document inside a webview: two frames deep. The newest one is the one that was opened last. */
const webview = (): FrameLocator =>
  editor.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');

/** Asks for fixes until they are offered: right after a file opens, the editor may have none to show yet. */
async function openQuickFixes(fix: Locator): Promise<void> {
  const { page } = editor;
  for (let tries = 0; tries < 12 && !(await fix.isVisible()); tries++) {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    await fix.waitFor({ timeout: 2500 }).catch(() => undefined);
  }
  await fix.waitFor({ timeout: 1000 });
}

describe('the demo', () => {
  it('underlines a mistake and mends it by key', async () => {
    const { page } = editor;
    await row('manifests').click();
    await row('canary.yaml').click();
    await page.locator('.editor-instance .view-line').first().click();
    await page.keyboard.press('Control+G');
    await page.locator('.quick-input-widget input.input').fill(':9:13');
    await page.keyboard.press('Enter');
    await page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
    const fix = page
      .locator('.action-widget .monaco-list-row.action', { hasText: 'Put no in quotes' })
      .first();
    await openQuickFixes(fix);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+S');
    const path = join(editor.folder, 'manifests', 'canary.yaml');
    const deadline = Date.now() + 15_000;
    while (!readFileSync(path, 'utf8').includes('country: "no"') && Date.now() < deadline)
      await page.waitForTimeout(200);
    const text = readFileSync(path, 'utf8');
    assert.match(text, /# Norway becomes false\.\n {2}country: "no"\n/);
  });

  it('shows the snapshot with unhealthy workloads first', async () => {
    await editor.page.locator('.activitybar [aria-label^="Pod Triage"]').first().click();
    await row('cart').waitFor({ timeout: 30_000 });
    const names = await editor.page.locator('.sidebar .monaco-list-row .label-name').allInnerTexts();
    for (const failing of ['cart', 'mailer', 'pricing', 'worker'])
      for (const healthy of ['ledger', 'web'])
        assert.ok(names.indexOf(failing) < names.indexOf(healthy), `${failing} before ${healthy}: ${names}`);
  });

  it('diagnoses a pod by a click and shows verdict, proof and manifest line', async () => {
    await row('cart').locator('.monaco-tl-twistie').click();
    const pod = row('cart-');
    await pod.hover();
    await pod.locator('[aria-label*="Diagnose"]').first().click();
    const report = webview();
    await report
      .getByText('The readiness probe of Deployment cart asks port 8081')
      .first()
      .waitFor({ timeout: 30_000 });
    await report.getByText('connect: connection refused').first().waitFor();
    await report.getByText('manifests/cart.yaml:27').first().waitFor();
  });

  it('opens the case from the report, in both languages', async () => {
    await webview().getByRole('button', { name: 'Read the Case' }).first().click();
    const page = webview();
    await page.getByRole('heading', { name: 'Because' }).waitFor({ timeout: 30_000 });
    await page.getByText('中文').first().click();
    await webview().getByRole('heading', { name: '原因' }).waitFor({ timeout: 30_000 });
  });
});
