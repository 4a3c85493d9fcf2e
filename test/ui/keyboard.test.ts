/** Without a mouse: the palette, its pickers, and what the pages offer. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { type Editor, openEditor } from '../tools/editor.ts';

let editor: Editor;
before(async () => {
  editor = await openEditor({ folder: 'test/demo', width: 1400, height: 900 });
});
after(() => editor.close());

const picker = (): Locator => editor.page.locator('.quick-input-widget');
const focused = (): Locator => picker().locator('.monaco-list-row.focused');
const webview = (): FrameLocator =>
  editor.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
const tab = (name: string): Locator => editor.page.locator('.tab.active', { hasText: name });

async function asked(placeholder: string): Promise<void> {
  await picker().locator(`input[placeholder*="${placeholder}"]`).waitFor({ timeout: 30_000 });
  await focused().waitFor({ timeout: 30_000 });
}

/** Answers the three questions about an object: what is offered first for the first two, `filter` for the last. */
async function pickObject(filter: string, row: RegExp): Promise<void> {
  const { page } = editor;
  await asked('Context');
  await page.keyboard.press('Enter');
  await asked('Namespace');
  await page.keyboard.press('Enter');
  await asked('which object');
  await page.keyboard.type(filter);
  await focused().filter({ hasText: row }).waitFor();
  await page.keyboard.press('Enter');
}

/** Chooses a row of a list by what is typed. */
async function choose(title: string, filter: string): Promise<void> {
  await picker().locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 20_000 });
  await editor.page.keyboard.type(filter);
  await focused().filter({ hasText: filter }).waitFor({ timeout: 10_000 });
  await editor.page.keyboard.press('Enter');
}

describe('by keyboard alone', () => {
  it('opens the manifest that declares what made a pod, and remembers the pod', async () => {
    const { page } = editor;
    await editor.command('Pod Triage: Open Declaring Manifest');
    await pickObject('cart-', /cart-\w+-\w+/);
    await tab('cart.yaml').waitFor({ timeout: 20_000 });
    await editor.command('Pod Triage: Open Declaring Manifest');
    for (const question of ['Context', 'Namespace']) {
      await asked(question);
      await page.keyboard.press('Enter');
    }
    await asked('which object');
    assert.match((await focused().textContent()) ?? '', /cart-\w+-\w+/);
    await page.keyboard.press('Escape');
    for (const question of ['Namespace', 'Context']) {
      await asked(question);
      await page.keyboard.press('Escape');
    }
    await picker().waitFor({ state: 'hidden' });
  });

  it('says when no manifest declares an object', async () => {
    const { page } = editor;
    await editor.command('Pod Triage: Open Declaring Manifest');
    await pickObject('Node', /Node/);
    // A driven editor shows no toasts; the list of notifications has them.
    await editor.command('Notifications: Show Notifications');
    const said = page.locator('.notification-list-item-message', { hasText: 'No manifest' });
    await said.waitFor({ timeout: 20_000 });
    assert.equal(await said.textContent(), 'No manifest of this workspace declares Node/node-a.');
    await editor.command('Notifications: Clear All Notifications');
  });

  it('does from the palette what the buttons of a report and of a case do', async () => {
    const { page } = editor;
    await editor.command('Pod Triage: Diagnose Pod');
    await pickObject('cart-', /cart-\w+-\w+/);
    await webview().getByText('manifests/cart.yaml:27').first().waitFor({ timeout: 30_000 });
    // The report does not take the keyboard, and need not.
    await editor.command('Pod Triage: Page Actions');
    await choose('Page Actions: ', 'manifests/cart.yaml:27');
    await page.locator('.statusbar', { hasText: 'Ln 27' }).waitFor({ timeout: 20_000 });
    await editor.command('Pod Triage: Page Actions');
    await choose('Page Actions: ', 'Read the Case');
    await webview().getByRole('heading', { name: 'Because' }).waitFor({ timeout: 30_000 });
    await editor.command('Pod Triage: Page Actions');
    await choose('Page Actions: ', '简体中文');
    await webview().getByRole('heading', { name: '原因' }).waitFor({ timeout: 30_000 });
  });

  it('goes to any finding', async () => {
    await editor.command('Pod Triage: Go to Finding');
    await choose('Go to Finding', 'cart.yaml');
    await tab('cart.yaml').waitFor({ timeout: 20_000 });
  });
});
