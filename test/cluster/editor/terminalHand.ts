/** The ways of a hand with terminals: what is on the screen, what is typed, and the debug pods behind it. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { until } from '../lib/run.ts';
import type { Pod } from '../lib/stage.ts';
import type { Stage } from './stage.ts';

const DEBUG_PODS = 'app.kubernetes.io/component%3Dnode-terminal';

export interface TerminalHand {
  /** What the terminal in front shows. */
  text(): Promise<string>;
  /** Waits until it shows this, and says what it shows instead. */
  shows(wanted: string | RegExp, timeout?: number): Promise<void>;
  type(text: string): Promise<void>;
  /** A button of the modal question. */
  press(name: string): Promise<void>;
  focus(): Promise<void>;
  kill(): Promise<void>;
  noTerminal(): Promise<true>;
  /** Asks for a terminal on a node by right click, and returns the words of the question. */
  openOnNode(node: string): Promise<string>;
  debugPods(where: string): Promise<Pod[]>;
  noDebugPod(where: string): Promise<true>;
}

export function terminalHand(get: () => Stage): TerminalHand {
  const screen = (): Locator => get().page.locator('.terminal-wrapper.active .xterm-rows');
  const text = async (): Promise<string> => {
    const rows = await screen().locator(':scope > div').allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ')).join('\n');
  };
  const debugPods = async (where: string): Promise<Pod[]> => {
    const list = await get().api.get<{ items: Pod[] }>(
      `/api/v1/namespaces/${where}/pods?labelSelector=${DEBUG_PODS}`,
    );
    return list?.items ?? [];
  };
  return {
    text,
    debugPods,
    type: async (typed) => get().page.keyboard.type(typed),
    press: (name) => get().dialog().getByRole('button', { name, exact: true }).click(),
    focus: () => get().page.locator('.terminal-wrapper.active').click(),
    kill: () => get().editor.command('Terminal: Kill the Active Terminal Instance'),
    noDebugPod: (where) =>
      until('No debug pod', 30, async () => ((await debugPods(where)).length === 0 ? true : undefined)),
    noTerminal: () =>
      until('No terminal', 30, async () =>
        (await get().page.locator('.terminal-wrapper').count()) === 0 ? true : undefined,
      ),

    async shows(wanted, timeout = 20_000) {
      try {
        await screen().getByText(wanted).first().waitFor({ timeout });
      } catch {
        assert.fail(`The terminal does not show ${wanted}, but:\n${(await text()).trim()}`);
      }
    },

    async openOnNode(node) {
      const stage = get();
      const row = stage.rowNamed(node);
      if ((await row.count()) === 0) await stage.rowNamed('Nodes').locator('.monaco-tl-twistie').click();
      await stage.pick(row, 'Netshoot Terminal');
      await stage.dialog().waitFor();
      return (await stage.dialog().textContent()) ?? '';
    },
  };
}
