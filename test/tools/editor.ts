/** VS Code with the extension from this checkout in a browser page: for UI tests and pictures. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { installExtensions } from './installExtension.ts';
import { ROOT } from './paths.ts';
import { writeQuietSettings } from './quietSettings.ts';
import { type RunningServer, startServer } from './vscodeServer.ts';

export interface EditorOptions {
  /** Workspace; a copy is opened, so that tests may write. */
  folder: string;
  /** `Default Dark Modern`, `Default Light Modern`, `Default High Contrast`, `Default High Contrast Light`. */
  theme?: string;
  /** Workspace settings. */
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  trusted?: boolean;
  /** Folders of further extensions; they are installed. */
  extensions?: string[];
  width?: number;
  height?: number;
  /** Language of the page, `en` or `zh-cn`. */
  locale?: string;
}

export interface Editor {
  page: Page;
  /** The copy of the workspace that is open. */
  folder: string;
  origin: string;
  /** Runs a command by its title through the palette. */
  command(title: string): Promise<void>;
  close(): Promise<void>;
}

/** The workspace's own settings; comments are on lines of their own there. */
function settingsOf(folder: string): Record<string, unknown> {
  const path = join(folder, '.vscode', 'settings.json');
  if (!existsSync(path)) return {};
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(/^\s*\/\/.*$/gm, '')) as Record<string, unknown>;
}

/** Opens a copy of a folder. Close it in the end: server, browser and copy go away. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-ws-'));
  const folder = join(scratch, options.folder.split('/').at(-1) ?? 'workspace');
  cpSync(resolve(ROOT, options.folder), folder, { recursive: true });
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  const settings = {
    ...settingsOf(folder),
    'workbench.colorTheme': options.theme ?? 'Default Dark Modern',
    ...options.settings,
  };
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
  let server: RunningServer | undefined;
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server?.stop();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const extensions = join(scratch, 'extensions');
    installExtensions(
      extensions,
      (options.extensions ?? []).map((from) => ({ from })),
    );
    const flags = [
      '--enable-smoke-test-driver',
      '--extensions-dir',
      extensions,
      ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
    ];
    const dataFolder = join(scratch, 'data');
    writeQuietSettings(dataFolder);
    server = await startServer({ flags, dataFolder, ...(options.env ? { env: options.env } : {}) });
    browser = await launchBrowser();
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      locale: options.locale ?? 'en-US',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', `vscode-remote://127.0.0.1:${server.port}${ROOT}`],
      ['skipWelcome', 'true'],
      ['skipReleaseNotes', 'true'],
    ]);
    await page.goto(
      `${server.origin}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`,
    );
    await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 60_000 });
    const command = async (title: string) => {
      const input = page.locator('.quick-input-widget input.input');
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
      // A dialog that is just closing swallows the key, and a page that is just drawn takes the focus and with it
      // the list. The list of before the filter is there at once; its first entry is another command.
      const asked = async (): Promise<boolean> => {
        try {
          if (!(await input.isVisible())) await page.keyboard.press('F1');
          await input.fill(`>${title}`, { timeout: 4000 });
          await row.waitFor({ timeout: 4000 });
          return true;
        } catch {
          // An open palette does not learn of commands that come later.
          if (await input.isVisible()) await page.keyboard.press('Escape');
          return false;
        }
      };
      for (let tries = 0; !(await asked()); tries++)
        if (tries === 8) throw new Error(`The command ${title} is not offered.`);
      await page.keyboard.press('Enter');
    };
    return { page, folder, origin: server.origin, command, close };
  } catch (error) {
    await close();
    throw error;
  }
}
