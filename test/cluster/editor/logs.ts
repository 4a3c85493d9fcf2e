/** Logs as documents: read, followed, of all containers. */
import { it } from 'node:test';
import type { Locator } from 'playwright-core';
import { imageRef } from '../lib/layout.ts';
import { until } from '../lib/run.ts';
import { makeNamespace, podReady } from '../lib/stage.ts';
import type { Stage } from './stage.ts';

export function logs(get: () => Stage): void {
  const shows = async (wanted: RegExp, seconds: number): Promise<void> => {
    const lines = get().page.locator('.editor-instance .view-line');
    await until(`A line like ${wanted}`, seconds, async () => {
      const texts = (await lines.allTextContents()).map((text) => text.replaceAll('\u00a0', ' '));
      return texts.some((text) => wanted.test(text)) || undefined;
    });
  };
  const button = (name: string): Locator =>
    get().page.locator('.editor-actions, .title-actions').getByRole('button', { name }).first();

  it('follows the logs of all containers through a crash, until told to stop', async () => {
    const stage = get();
    const where = stage.namespace('logs');
    const app = (name: string, args: string[]) => ({ name, image: imageRef('app'), args });
    await makeNamespace(stage.api, where, [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'orders' },
        spec: {
          selector: { matchLabels: { app: 'orders' } },
          template: {
            metadata: { labels: { app: 'orders' } },
            spec: {
              containers: [
                app('web', ['--http=:8080']),
                app('caller', ['--call=http://127.0.0.1:8080/', '--call-every=1s']),
              ],
            },
          },
        },
      },
    ]);
    const pod = await podReady(stage.api, where, 'orders');
    await stage.switchTo('logs');
    await stage.row('orders').locator('.monaco-tl-twistie.collapsible').click();
    await stage.pick(stage.row(pod.metadata.name), 'Follow Logs');
    await stage.page.locator('.quick-input-list .monaco-list-row', { hasText: 'All Containers' }).click();
    await shows(/^\[web\] /, 30);
    await stage.crash(pod, where);
    await shows(/^\[web\] — .*exit code 3/, 60);
    await stage.picture('logs');
    await button('Stop Following Logs').click();
    await button('Follow Logs').waitFor();
    await button('Refresh Logs').click();
    await shows(/^\[caller\] /, 30);
    await stage.editor.command('View: Close All Editors');
  });
}
