/** The API server is killed and started again while the tree and a terminal are open. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { until } from '../lib/run.ts';
import { deployment, makeNamespace, podReady } from '../lib/stage.ts';
import type { Stage } from './stage.ts';

/** Written while the API server is stopped, for others who use the same cluster. */
const ANNOUNCEMENT = process.env.POD_TRIAGE_ANNOUNCEMENT;

export function outage(get: () => Stage): void {
  it('keeps rows and terminal while the API server is away, and goes on when it is back', async () => {
    const stage = get();
    const { api, page } = stage;
    const { own } = stage.target;
    assert.ok(own, 'this needs our own cluster');
    const where = stage.namespace('outage');
    await makeNamespace(api, where, [deployment('search', ['--http=:8080'])]);
    const { name } = (await podReady(api, where, 'search')).metadata;
    await stage.switchTo('outage');
    await stage.row('search').getByText('1/1 ready').waitFor();
    await stage.row('search').locator('.monaco-tl-twistie.collapsible').click();
    await stage.pick(stage.row(name), 'Netshoot Terminal');
    await stage.dialog().getByRole('button', { name: 'Open', exact: true }).click();
    const screen = page.locator('.terminal-wrapper.active .xterm-rows');
    await screen.getByText('Attached').waitFor({ timeout: 60_000 });
    await page.keyboard.type('KEPT=yes; echo set-$((40+2))\n');
    await screen.getByText('set-42').waitFor();

    if (ANNOUNCEMENT) writeFileSync(ANNOUNCEMENT, 'stopped for some seconds\n');
    await own.processes.stop('kube-apiserver');
    try {
      await stage.pane().getByText('Reconnecting').first().waitFor({ timeout: 20_000 });
      assert.ok((await stage.rowNames()).includes('search'));
      await screen.getByText('Press r to reconnect').waitFor({ timeout: 30_000 });
      // Nothing of this closes the terminal or gets lost in it.
      await page.keyboard.type('echo lost\n');
    } finally {
      own.processes.restart('kube-apiserver');
      if (ANNOUNCEMENT) rmSync(ANNOUNCEMENT, { force: true });
    }
    await until('The API server', 60, async () =>
      (await api.send('GET', '/readyz')).status === 200 ? true : undefined,
    );
    await until('The shell', 30, async () => {
      await page.keyboard.type('r');
      const attempt = screen.getByText('$').last();
      await attempt.waitFor({ timeout: 3000 }).catch(() => undefined);
      await page.keyboard.type('\necho kept-$KEPT\n');
      return screen
        .getByText('kept-yes')
        .first()
        .waitFor({ timeout: 3000 })
        .then(
          () => true as const,
          () => undefined,
        );
    });
    await stage.pane().getByText('Reconnecting').first().waitFor({ state: 'detached', timeout: 60_000 });
    // Live again: what happens from now on is seen.
    await api.apply({
      ...deployment('later', ['--http=:8080']),
      metadata: { name: 'later', namespace: where },
    });
    await stage.row('later').waitFor({ timeout: 20_000 });
    // The nodes may take their time to ask again.
    await podReady(api, where, 'later');
    await stage.closeTerminals();
  });
}
