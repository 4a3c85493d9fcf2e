/** An active test, from the report. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deployment, makeNamespace, podOf, podReady } from '../lib/stage.ts';
import type { Stage } from './stage.ts';

export function activeTest(get: () => Stage): void {
  it('runs an active test from the pod after saying what it does, and shows what it saw', async () => {
    const stage = get();
    const where = stage.namespace('tested');
    await makeNamespace(stage.api, where, [
      deployment('audit', ['--http=127.0.0.1:8080'], { ports: [{ name: 'http', containerPort: 8080 }] }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'audit' },
        spec: { selector: { app: 'audit' }, ports: [{ port: 80, targetPort: 'http' }] },
      },
    ]);
    const { name } = (await podReady(stage.api, where, 'audit')).metadata;
    await stage.switchTo('tested');
    await stage.row('audit').locator('.monaco-tl-twistie.collapsible').click({ timeout: 30_000 });
    await stage.pick(stage.row(name), 'Diagnose');
    const report = stage.webview();
    await report.getByText('Nothing wrong found').first().waitFor({ timeout: 30_000 });
    const button = report.getByRole('button', { name: 'Run Active Test…' });
    await button.click();

    const dialog = stage.dialog();
    await dialog.waitFor({ timeout: 30_000 });
    const question = (await dialog.textContent()) ?? '';
    for (const part of ['Context: tested', `Namespace: ${where}`, `Object: Pod/${where}/${name}`])
      assert.ok(question.includes(part), `the question names ${part}: ${question}`);
    await stage.picture('active-test-question');
    // Nothing is written before the answer, nor after a no.
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await button.waitFor();
    assert.equal((await podOf(stage.api, where, 'audit'))?.spec.ephemeralContainers, undefined);

    await button.click();
    await dialog.getByRole('button', { name: 'Run Test' }).click({ timeout: 30_000 });
    await report.getByText('listens on loopback only').first().waitFor({ timeout: 90_000 });
    await report.getByText(`Active test from Pod ${where}/${name}`).first().waitFor();
    await report.getByText(`Probe from Pod ${where}/${name}`).first().waitFor();
    await stage.picture('active-test');

    // The container sleeps, and the next test needs no other.
    await button.click();
    await dialog.getByText('nothing is written').waitFor({ timeout: 30_000 });
    await dialog.getByRole('button', { name: 'Run Test' }).click();
    await report.getByText('listens on loopback only').first().waitFor({ timeout: 90_000 });
    assert.equal((await podOf(stage.api, where, 'audit'))?.spec.ephemeralContainers?.length, 1);
    await stage.editor.command('View: Close All Editors');
  });
}
