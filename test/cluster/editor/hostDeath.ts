/** The editor dies with a terminal open. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hostOf } from './processes.ts';
import type { Stage } from './stage.ts';
import { terminalHand } from './terminalHand.ts';

/** Nothing of the editor can be used after it. */
export function hostDeath(get: () => Stage): void {
  const { openOnNode, press, shows, debugPods, noDebugPod } = terminalHand(get);

  it('takes the debug pod away when the extension host is killed', async () => {
    const stage = get();
    const where = stage.namespace('outage');
    await openOnNode('node-a');
    await press('Open');
    await shows('Attached', 90_000);
    assert.equal((await debugPods(where)).length, 1);
    const host = hostOf(stage.kubeconfig);
    assert.ok(host, 'the extension host is found');
    process.kill(host.extensionHost, 'SIGKILL');
    await noDebugPod(where);
  });
}
