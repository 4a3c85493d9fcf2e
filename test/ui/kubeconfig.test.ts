/** What the Cluster view and the status bar say about each way a kubeconfig can be wrong, and the next step each offers. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { type Api, json, startApi, status } from '../cluster-unit/lib/api.ts';
import { type Editor, openEditor } from '../tools/editor.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-kubeconfig-'));
const file = join(scratch, 'config');
const helper = join(scratch, 'helper');
/** Holds the process of the helper once it runs. */
const pid = join(scratch, 'pid');

const config = (server: string, user = '{}', current = 'shop'): string => `apiVersion: v1
kind: Config
current-context: ${current}
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: ${user} }]
contexts: [{ name: shop, context: { cluster: c, user: u, namespace: orders } }]
`;

let editor: Editor;
let expired: Api;
let working: Api;
before(async () => {
  expired = await startApi((_request, response) =>
    json(response, status(401, 'Unauthorized', 'the token has expired'), 401),
  );
  working = await startApi((_request, response, url) => {
    if (!url.searchParams.has('watch'))
      return json(response, { metadata: { resourceVersion: '1' }, items: [] });
    response.writeHead(200);
    response.flushHeaders();
  });
  editor = await openEditor({
    folder: 'test/fixtures/healthy',
    env: { KUBECONFIG: file },
    width: 1200,
    height: 800,
  });
  await editor.page.locator('.activitybar [aria-label^="Pod Triage"]').first().click({ timeout: 60_000 });
});
after(async () => {
  await editor.close();
  await expired.close();
  await working.close();
  rmSync(scratch, { recursive: true, force: true });
});

const view = (): Locator => editor.page.locator('.sidebar .pane', { hasText: 'Cluster' }).first();
const says = (text: string): Promise<void> => view().getByText(text).first().waitFor({ timeout: 30_000 });
const offers = (action: string): Promise<void> =>
  view().locator('.monaco-list-row', { hasText: action }).first().waitFor({ timeout: 10_000 });
const statusBar = (): Locator => editor.page.locator('.statusbar [id$="podTriage.source"]');
const showsInStatusBar = (text: string): Promise<void> =>
  statusBar().filter({ hasText: text }).waitFor({ timeout: 10_000 });

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

/** Each is written over the one before: the view follows the file. */
const BAD: { what: string; text: () => string; says: string; offers: string; statusBar: string }[] = [
  {
    what: 'is empty',
    text: () => '',
    says: 'The kubeconfig has no contexts; choose another file.',
    offers: 'Choose a Kubeconfig…',
    statusBar: 'no cluster',
  },
  {
    what: 'is no YAML',
    text: () => 'clusters: [',
    says: file,
    offers: 'Choose a Kubeconfig…',
    statusBar: 'no cluster',
  },
  {
    what: 'names a context that it does not define',
    text: () => config(working.url, '{}', 'gone'),
    says: 'names no current context that it defines; choose one.',
    offers: 'Switch Context…',
    statusBar: 'no cluster',
  },
  {
    what: 'names a server that is dead',
    text: () => config('http://127.0.0.1:1'),
    says: 'The API server http://127.0.0.1:1 cannot be reached',
    offers: 'Try Again',
    statusBar: 'shop · orders',
  },
  {
    what: 'has a token that has expired',
    text: () => config(expired.url, '{ token: old }'),
    says: 'the token has expired',
    offers: 'Switch Context…',
    statusBar: 'shop · orders',
  },
];

describe('a kubeconfig', () => {
  it('that is not there: the way on, and nothing in the status bar', async () => {
    await says('No kubeconfig found.');
    await view().locator('.monaco-button', { hasText: 'Open Demo' }).waitFor();
    assert.equal(await statusBar().isVisible(), false);
  });

  for (const { what, text, says: message, offers: action, statusBar: item } of BAD)
    it(`that ${what}: the reason and one next step`, async () => {
      writeFileSync(file, text());
      await says(message);
      await offers(action);
      await showsInStatusBar(item);
    });

  it('whose credential plugin may not run: asks first, and says how to go on', async () => {
    const words = 'open https://device.test and [enter 12](command:workbench.action.showCommands)';
    writeFileSync(helper, `#!/bin/sh\necho $$ > ${pid}\necho "${words}" >&2\nexec sleep 600\n`);
    chmodSync(helper, 0o755);
    const exec = `{ exec: { apiVersion: client.authentication.k8s.io/v1, command: ${helper}, interactiveMode: Never } }`;
    writeFileSync(file, config(working.url, exec));
    const dialog = editor.page.locator('.monaco-dialog-box', { hasText: helper });
    await dialog.first().waitFor({ timeout: 30_000 });
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await says('helper');
    await offers('Try Again');
    assert.equal(existsSync(pid), false);
  });

  it('whose credential plugin hangs: says what it waits for while it does, and can be told to stop', async () => {
    const { page } = editor;
    await view().locator('.monaco-list-row', { hasText: 'Try Again' }).first().click();
    const dialog = page.locator('.monaco-dialog-box', { hasText: helper });
    await dialog.locator('.monaco-button', { hasText: 'Allow Once' }).click({ timeout: 30_000 });
    await says('Reading workloads and pods');
    // A driven editor shows no toasts; the list of notifications has them.
    await page.locator('.statusbar .codicon-bell-dot').waitFor({ timeout: 30_000 });
    await editor.command('Notifications: Show Notifications');
    const told = page.locator('.notification-list-item', { hasText: 'has not answered yet' });
    await told.filter({ hasText: 'open https://device.test' }).waitFor({ timeout: 30_000 });
    // Words of a program become no link that runs a command.
    assert.equal(await told.locator('a[href^="command:"], a', { hasText: 'enter 12' }).count(), 0);
    const child = Number(readFileSync(pid, 'utf8'));
    assert.ok(isRunning(child));
    await told.locator('.monaco-button, .action-label', { hasText: 'Cancel' }).first().click();
    await says('was stopped before it answered.');
    await offers('Try Again');
    await told.waitFor({ state: 'detached' });
    assert.equal(isRunning(child), false);
  });

  it('that is mended is read without being asked to', async () => {
    writeFileSync(file, config(working.url));
    await says('No workloads and no pods in this namespace.');
    await showsInStatusBar('shop · orders');
  });
});
