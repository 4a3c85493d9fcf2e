/** What the tests of the editor share: the cluster, a kubeconfig, the editor in its browser, and the ways of a user's hand. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { type Editor, openEditor } from '../../tools/editor.ts';
import type { Api } from '../lib/api.ts';
import { findTarget, type Target } from '../lib/faults/target.ts';
import { imageRef, stateDir } from '../lib/layout.ts';
import { Pki } from '../lib/pki.ts';
import { sleep } from '../lib/run.ts';
import { type Context, type Pod, removeNamespace, writeKubeconfig } from '../lib/stage.ts';

const THEME = process.env.POD_TRIAGE_THEME ?? 'Default Dark Modern';
/** Pictures go into this folder when it is set: for the README. */
const PICTURES = process.env.POD_TRIAGE_PICTURES;

/** As much of a row's element as is read inside the page. */
interface RowElement {
  dataset: { index: string };
  querySelector(selector: string): { textContent: string } | null;
}

export class Stage {
  readonly scratch = mkdtempSync(join(tmpdir(), 'pod-triage-editor-'));
  readonly kubeconfig = join(this.scratch, 'kubeconfig');
  readonly target: Target;
  readonly api: Api;
  readonly contexts: Context[];
  #editor: Editor | undefined;

  private constructor(target: Target, names: readonly string[]) {
    this.target = target;
    this.api = target.api;
    this.contexts = names.map((name) => ({ name, namespace: this.namespace(name) }));
  }

  /** A kubeconfig with one context and namespace of each name, and the editor with its view open. */
  static async open(names: readonly string[]): Promise<Stage> {
    const stage = new Stage(await findTarget(console.error), names);
    try {
      await stage.#start();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  async #start(): Promise<void> {
    this.saveContexts();
    const folder = join(this.scratch, 'shop');
    mkdirSync(folder);
    writeFileSync(join(folder, 'README.md'), 'A workspace without manifests.\n');
    this.#editor = await openEditor({
      folder,
      theme: THEME,
      settings: this.#settings({}),
      env: { KUBECONFIG: this.kubeconfig },
      width: 1400,
      height: 900,
    });
    await this.page.locator('.activitybar [aria-label^="Pod Triage"]').first().click();
    // The palette lists the commands that were there when it opened: the extension has to be.
    await this.pane()
      .getByText(this.contexts[0]?.namespace ?? '')
      .first()
      .waitFor({ timeout: 60_000 });
  }

  async close(): Promise<void> {
    await this.#editor?.close();
    for (const { namespace } of this.contexts) await removeNamespace(this.api, namespace);
    await this.target.release();
    this.api.close();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  get editor(): Editor {
    if (!this.#editor) throw new Error('the editor is not open');
    return this.#editor;
  }

  get page(): Editor['page'] {
    return this.editor.page;
  }

  /** Each run has namespaces of its own. */
  namespace(name: string): string {
    return `${name}-${process.pid}`;
  }

  saveContexts(): void {
    const admin = new Pki(stateDir('real')).identity('admin');
    writeKubeconfig(this.kubeconfig, this.api.server, admin, this.contexts);
  }

  /** Changes settings of the open workspace, as somebody who edits the file. */
  changeSettings(change: Record<string, unknown>): void {
    const file = join(this.editor.folder, '.vscode', 'settings.json');
    writeFileSync(file, JSON.stringify({ 'workbench.colorTheme': THEME, ...this.#settings(change) }));
  }

  #settings(change: Record<string, unknown>): Record<string, unknown> {
    return {
      'podTriage.netshoot.image': imageRef('tools'),
      'terminal.integrated.gpuAcceleration': 'off',
      'terminal.integrated.enableMultiLinePasteWarning': 'never',
      'workbench.startupEditor': 'none',
      ...change,
    };
  }

  pane(): Locator {
    return this.page.locator('.sidebar .pane', { hasText: 'Cluster' }).first();
  }

  row(text: string): Locator {
    return this.pane().locator('.monaco-list-row', { hasText: text }).first();
  }

  /** The row with exactly this name. */
  rowNamed(name: string): Locator {
    const label = this.page.locator('.label-name', { hasText: new RegExp(`^${name}$`) });
    return this.pane().locator('.monaco-list-row').filter({ has: label }).first();
  }

  /** Names of the tree's rows as they stand below each other. */
  rowNames(): Promise<string[]> {
    return this.pane()
      .locator('.monaco-list-row')
      .evaluateAll((rows: RowElement[]) =>
        rows
          .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
          .map((each) => each.querySelector('.label-name')?.textContent ?? ''),
      );
  }

  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  }

  /** The modal question in front. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Answers one question of the palette by typing the answer. */
  async choose(step: string, answer: string): Promise<void> {
    await this.page.locator('.quick-input-title', { hasText: step }).waitFor();
    // What is typed before the entries are there filters nothing.
    await this.page
      .locator('.quick-input-list .monaco-list-row')
      .first()
      .waitFor({ timeout: 3000 })
      // Where nothing can be listed, the answer is typed.
      .catch(() => undefined);
    await this.page.locator('.quick-input-widget input.input').fill(answer);
    // Enter takes the focused entry, which follows the typing a moment later.
    await this.page
      .locator('.quick-input-list .monaco-list-row.focused', { hasText: answer })
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
  }

  async switchTo(name: string): Promise<void> {
    await this.editor.command('Pod Triage: Switch Context');
    await this.choose('(1/2)', name);
    await this.choose('(2/2)', this.namespace(name));
    await this.pane()
      .getByText(`${name} / ${this.namespace(name)}`)
      .first()
      .waitFor();
  }

  /** An entry of the context menu of a row. */
  async pick(where: Locator, entry: string): Promise<void> {
    await where.click({ button: 'right' });
    const item = this.page.locator('.monaco-menu .action-label', { hasText: entry }).first();
    await item.hover();
    // A menu that has just opened takes no clicks yet.
    await sleep(500);
    await item.click();
    await item.waitFor({ state: 'detached' });
  }

  async closeTerminals(): Promise<void> {
    await this.editor.command('Terminal: Kill All Terminals');
  }

  /** Tells the test application in a pod to end, through the API server's own proxy. */
  async crash(pod: Pod, where: string): Promise<void> {
    const path = `/api/v1/namespaces/${where}/pods/${pod.metadata.name}:8080/proxy/exit/3`;
    // The connection dies with the program: there is no answer to read.
    await this.api.send('POST', path).catch(() => undefined);
  }

  /** What a user would see of a failure: the page, and the notifications, which do not pop up here. */
  async failed(test: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.editor.command('Notifications: Show Notifications').catch(() => undefined);
    await this.picture(`failed: ${test}`);
  }

  async picture(name: string): Promise<void> {
    if (!PICTURES) return;
    await sleep(700);
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }
}
