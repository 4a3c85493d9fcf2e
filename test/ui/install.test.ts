/** The two ways in: `npm start` from a checkout, and Open Demo from the packed extension in an editor without trust. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createVSIX } from '@vscode/vsce';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../tools/browser.ts';
import { CACHE, ROOT } from '../tools/paths.ts';
import { writeQuietSettings } from '../tools/quietSettings.ts';
import { installServer, type RunningServer, startServer } from '../tools/vscodeServer.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-install-'));
let browser: Browser;
before(async () => {
  installServer((text) => console.error(text));
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
});

const newPage = async (): Promise<Page> =>
  (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();

describe('npm start', () => {
  let start: ChildProcess;
  after(async () => {
    start.kill('SIGTERM');
    if (start.exitCode === null) await new Promise((done) => start.once('exit', done));
  });

  it('opens on a mistake in an editor that shows nothing else', async () => {
    // A cache of its own, with the server of the machine: a demo that somebody has open is left alone.
    mkdirSync(join(scratch, 'pod-triage'));
    symlinkSync(join(CACHE, 'vscode-server'), join(scratch, 'pod-triage', 'vscode-server'));
    start = spawn(process.execPath, [join(ROOT, 'test', 'tools', 'start.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, XDG_CACHE_HOME: scratch },
    });
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      start.stdout?.on('data', (chunk: Buffer) => {
        said += chunk;
        const found = /http:\S+/.exec(said)?.[0];
        if (found) resolve(found);
      });
      start.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    });
    const page = await newPage();
    await page.goto(address);
    await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    assert.equal(await page.locator('.tab').count(), 1);
    await page.locator('.tab.active', { hasText: 'canary.yaml' }).waitFor();
    assert.equal(await page.locator('.part.auxiliarybar').isVisible(), false);
    const fix = page
      .locator('.action-widget .monaco-list-row.action', { hasText: 'Put no in quotes' })
      .first();
    for (let tries = 0; tries < 12 && !(await fix.isVisible()); tries++) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+.');
      await fix.waitFor({ timeout: 2500 }).catch(() => undefined);
    }
    await fix.waitFor({ timeout: 1000 });
  });
});

describe('the packed extension', () => {
  let server: RunningServer;
  after(() => server?.stop());

  it('opens its demo, which is linted and diagnosed without trust', async () => {
    const packagePath = join(scratch, 'pod-triage.vsix');
    await createVSIX({
      cwd: ROOT,
      packagePath,
      dependencies: false,
      rewriteRelativeLinks: false,
      allowMissingRepository: true,
    });
    const dataFolder = join(scratch, 'data');
    writeQuietSettings(dataFolder);
    const extensions = ['--extensions-dir', join(scratch, 'extensions')];
    server = await startServer({
      dataFolder,
      flags: [...extensions, '--install-extension', packagePath, '--start-server'],
    });
    const page = await newPage();
    await page.goto(`${server.origin}/?ew=true`);
    await page.locator('.activitybar [aria-label^="Pod Triage"]').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input.input').fill('>Pod Triage: Open Demo');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open Demo' }).first().click();
    // A folder that nobody has trusted yet.
    await page.locator('.statusbar', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
    await page.locator('.tab', { hasText: 'canary.yaml' }).first().waitFor({ timeout: 60_000 });
    await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    await page.locator('.activitybar [aria-label^="Pod Triage"]').first().click();
    const cart = page.locator('.sidebar .monaco-list-row', { hasText: 'cart' }).first();
    await cart.waitFor({ timeout: 30_000 });
  });
});
