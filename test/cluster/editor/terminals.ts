/** Netshoot terminals: asked for, typed into, broken, left behind, refused. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parse } from 'yaml';
import { imageRef } from '../lib/layout.ts';
import { sleep, until } from '../lib/run.ts';
import { deployment, makeNamespace, podOf, podReady } from '../lib/stage.ts';
import { processesOf } from './processes.ts';
import type { Stage } from './stage.ts';
import { terminalHand } from './terminalHand.ts';

export function terminals(get: () => Stage): void {
  const hand = terminalHand(get);
  const { text, type, press, shows, focus, kill, noTerminal, openOnNode, debugPods, noDebugPod } = hand;

  /** Opens the question about a node once it names the image. */
  async function askWithImage(image: string): Promise<void> {
    // A node that has pulled it before would have it at hand.
    get().changeSettings({
      'podTriage.netshoot.image': image,
      'podTriage.netshoot.pullPolicy': 'Always',
    });
    await until('The setting', 20, async () => {
      if ((await openOnNode('node-b')).includes(image)) return true;
      await press('Cancel');
      return undefined;
    });
  }

  it('opens a terminal in a real ephemeral container, after saying what it adds', async () => {
    const stage = get();
    const { page, api } = stage;
    const where = stage.namespace('terminal');
    await makeNamespace(api, where, [deployment('checkout', ['--http=:8080'])]);
    const { name } = (await podReady(api, where, 'checkout')).metadata;
    await stage.switchTo('terminal');
    await stage.row('checkout').locator('.monaco-tl-twistie.collapsible').click();
    await stage.pick(stage.row(name), 'Netshoot Terminal');

    await stage.dialog().waitFor();
    const question = (await stage.dialog().textContent()) ?? '';
    for (const part of [
      `Pod/${where}/${name}`,
      'Context: terminal',
      `Namespace: ${where}`,
      imageRef('tools'),
    ])
      assert.ok(question.includes(part), `the question names ${part}: ${question}`);
    await stage.picture('confirmation');
    await press('Show Object');
    await page.locator('.editor-instance .view-line', { hasText: 'ephemeralContainers' }).first().waitFor();
    const shown = (
      await page.locator('.editor-instance .view-lines').last().locator('.view-line').allTextContents()
    ).join('\n');
    assert.equal((await podOf(api, where, 'checkout'))?.spec.ephemeralContainers, undefined);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open' }).first().click();

    await shows('Attached', 60_000);
    const added = await until('The ephemeral container', 20, async () => {
      const pod = await podOf(api, where, 'checkout');
      return pod?.status.ephemeralContainerStatuses?.[0]?.state?.running && pod.spec.ephemeralContainers?.[0];
    });
    const text = shown.replaceAll('\u00a0', ' ');
    const object = parse(text) as { spec: { ephemeralContainers: (typeof added)[] } };
    assert.equal(object.spec.ephemeralContainers[0]?.name, added.name);
    assert.deepEqual([added.image, added.targetContainerName], [imageRef('tools'), 'app']);

    await type('id\n');
    await shows('uid=0(root)');
    await type('ss -ltn\n');
    // The shell shares the network of the application, which listens there.
    await shows(/LISTEN.*:8080/);
    await stage.picture('terminal');
    assert.ok(processesOf(added.name).length > 0);
    // It was shown, and is nothing to save.
    await stage.editor.command('View: Close All Editors');
    await page.locator('.editor-instance').waitFor({ state: 'detached' });
  });

  it('passes sizes, other alphabets, pastes, interrupts and much output', async () => {
    const stage = get();
    const { page } = stage;
    await focus();
    await type('clear; stty size\n');
    await shows(/^\d+ \d+\s*$/);
    const sizeOf = async (): Promise<string> => /^(\d+ \d+)\s*$/m.exec(await text())?.[1] ?? '';
    const before = await sizeOf();
    await stage.editor.command('View: Toggle Maximized Panel');
    await until('Another size', 20, async () => {
      await type('clear; stty size\n');
      const now = await sizeOf();
      return now !== '' && Number(now.split(' ')[0]) > Number(before.split(' ')[0]) ? true : undefined;
    });
    await stage.editor.command('View: Toggle Maximized Panel');
    await sleep(500);
    await focus();
    await type('clear\n');

    await type('clear; echo "');
    await page.keyboard.insertText('é漢字');
    await type('-$((40+2))"\n');
    await shows('é漢字-42');
    // Pasted lines wait in the line of the shell until Enter: bracketed paste.
    await type('clear\n');
    await page.evaluate("navigator.clipboard.writeText('echo one-$((1+1))\\necho two-$((1+1))')");
    await stage.editor.command('Terminal: Paste into Active Terminal');
    await shows('two-$((1+1))');
    assert.doesNotMatch(await text(), /one-2/);
    await page.keyboard.press('Enter');
    await shows('one-2');
    await shows('two-2');
    await type('sleep 1000\n');
    await page.keyboard.press('Control+c');
    await type("head -c 10000000 /dev/zero | tr '\\0' x; clear; echo all-$((40+2))\n");
    await shows('all-42', 60_000);
    await type('yes\n');
    await shows(/^y\s*$/);
    await page.keyboard.press('Control+c');
    await type('clear; echo free-$((40+2))\n');
    await shows('free-42');
  });

  it('says how the shell ended, and offers another one', async () => {
    const stage = get();
    const { page } = stage;
    const where = stage.namespace('terminal');
    await focus();
    await type('exit 3\n');
    await shows('The shell ended with exit code 3.');
    // A command typed on does neither close nor start anything.
    await type('ls');
    await shows('Press r for a new shell, q to close.');
    await type('r');
    await press('Open');
    await shows('Attached', 60_000);
    await type('echo again-$((40+2))\n');
    await shows('again-42');
    await page.keyboard.press('Control+d');
    await noTerminal();
    await until('The end of every container', 30, async () => {
      const statuses = (await podOf(stage.api, where, 'checkout'))?.status.ephemeralContainerStatuses ?? [];
      return statuses.length === 2 && statuses.every(({ state }) => state?.terminated) ? true : undefined;
    });
  });

  it('opens on a node in a pod that goes with the terminal', async () => {
    const stage = get();
    const where = stage.namespace('terminal');
    const question = await openOnNode('node-a');
    assert.match(question, /Node\/node-a/);
    assert.match(question, /Creates a pod on node node-a/);
    await press('Open');
    await shows('Attached', 60_000);
    assert.equal((await debugPods(where)).length, 1);
    await type('ip -br address\n');
    await shows(/eth0|calico|cali|veth|node/);
    await stage.picture('node');
    await kill();
    await noDebugPod(where);
  });

  it('says why an image does not come, and can be cancelled while it waits', async () => {
    const stage = get();
    const where = stage.namespace('terminal');
    try {
      await askWithImage(imageRef('no-such-tool'));
      await press('Open');
      await shows(/cannot be used \((ErrImagePull|ImagePullBackOff)\)/, 60_000);
      await noDebugPod(where);
      await type('q');
      await noTerminal();

      await askWithImage(imageRef('slow/tools'));
      await press('Open');
      await shows('Pulling the image', 30_000);
      await stage.page.keyboard.press('Control+c');
      await noTerminal();
      await noDebugPod(where);
    } finally {
      stage.changeSettings({});
    }
  });

  it('opens from the drop-down of the terminal panel', async () => {
    const stage = get();
    const { page } = stage;
    const where = stage.namespace('terminal');
    const pod = (await podReady(stage.api, where, 'checkout')).metadata.name;
    const entry = page.locator('.monaco-menu .action-label', { hasText: 'Netshoot (pod…)' });
    const pickProfile = async (): Promise<void> => {
      // A terminal that is just being drawn takes the focus, and closes the menu.
      await until('The entry of the menu', 30, async () => {
        await page.locator('.part.panel [aria-label^="Launch Profile"]').first().click();
        await sleep(700);
        await entry.click({ timeout: 2000 });
        return true;
      });
      await page.locator('.quick-input-title', { hasText: 'Open Netshoot Terminal' }).waitFor();
    };
    await stage.editor.command('Terminal: Focus Terminal');
    const before = await page.locator('.terminal-wrapper').count();
    await pickProfile();
    await page.keyboard.press('Escape');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('.terminal-wrapper').count(), before);

    await pickProfile();
    await stage.choose('(1/3)', 'terminal');
    await stage.choose('(2/3)', where);
    await stage.choose('(3/3)', pod);
    await press('Open');
    await shows('Attached', 60_000);
    await type('id\n');
    await shows('uid=0(root)');
    await kill();
  });

  it('says beforehand what a namespace refuses, and where a terminal cannot be at all', async () => {
    const stage = get();
    const where = stage.namespace('guarded');
    stage.contexts.push({ name: 'guarded', namespace: where });
    stage.saveContexts();
    await makeNamespace(stage.api, where, [deployment('vault', ['--http=:8080'])]);
    await podReady(stage.api, where, 'vault');
    await stage.api.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: where, labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    });
    const { name } = (await podReady(stage.api, where, 'vault')).metadata;
    await stage.api.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'once', namespace: where },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'app', image: imageRef('app'), args: ['--exit-after=0s'] }],
      },
    });
    await stage.switchTo('guarded');
    await stage.row('vault').locator('.monaco-tl-twistie.collapsible').click();
    await stage.pick(stage.row(name), 'Netshoot Terminal');
    const dialog = stage.dialog();
    await dialog.getByText(/enforces Pod Security baseline, which refuses profile netadmin/).waitFor();
    await dialog.getByText(/The API server would refuse it/).waitFor();
    await press('Cancel');
  });
}
