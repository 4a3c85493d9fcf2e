/** The API server is killed and started again while the tree is open. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { until } from '../lib/run.ts';
import { deployment, makeNamespace, podReady } from '../lib/stage.ts';
import type { Stage } from './stage.ts';

/** Written while the API server is stopped, for others who use the same cluster. */
const ANNOUNCEMENT = process.env.POD_TRIAGE_ANNOUNCEMENT;

export function outage(get: () => Stage): void {
  it('keeps the rows while the API server is away, and goes on when it is back', async () => {
    const stage = get();
    const { api } = stage;
    const { own } = stage.target;
    assert.ok(own, 'this needs our own cluster');
    const where = stage.namespace('outage');
    await makeNamespace(api, where, [deployment('search', ['--http=:8080'])]);
    await podReady(api, where, 'search');
    await stage.switchTo('outage');
    await stage.row('search').getByText('1/1 ready').waitFor();
    if (ANNOUNCEMENT) writeFileSync(ANNOUNCEMENT, 'stopped for some seconds\n');
    await own.processes.stop('kube-apiserver');
    try {
      await stage.pane().getByText('Reconnecting').first().waitFor({ timeout: 20_000 });
      assert.ok((await stage.rowNames()).includes('search'));
    } finally {
      own.processes.restart('kube-apiserver');
      if (ANNOUNCEMENT) rmSync(ANNOUNCEMENT, { force: true });
    }
    await until('The API server', 60, async () =>
      (await api.send('GET', '/readyz')).status === 200 ? true : undefined,
    );
    await stage.pane().getByText('Reconnecting').first().waitFor({ state: 'detached', timeout: 60_000 });
    // Live again: what happens from now on is seen.
    await api.apply({
      ...deployment('later', ['--http=:8080']),
      metadata: { name: 'later', namespace: where },
    });
    await stage.row('later').waitFor({ timeout: 20_000 });
  });
}
