/** Pod Triage as its user meets it: the real editor in a real browser, and the real cluster behind it. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { parse } from 'yaml';
import { type Editor, openEditor } from '../tools/editor.ts';
import type { Api } from './lib/api.ts';
import { statusOf } from './lib/cluster.ts';
import { findTarget, type Target } from './lib/faults/target.ts';
import { imageRef, stateDir } from './lib/layout.ts';
import { Pki } from './lib/pki.ts';
import { sleep, until } from './lib/run.ts';
import {
  type Context,
  deployment,
  makeNamespace,
  makeUser,
  type Pod,
  podOf,
  podReady,
  removeNamespace,
  writeKubeconfig,
} from './lib/stage.ts';

/** The picture of a terminal in the tree's pod goes there when this is set: for the README. */
const PICTURE = process.env.POD_TRIAGE_PICTURE;
/** The picture of a report with an active test, likewise. */
const TEST_PICTURE = process.env.POD_TRIAGE_TEST_PICTURE;
/** Written while the API server is stopped, for others who use the same cluster. */
const ANNOUNCEMENT = process.env.POD_TRIAGE_ANNOUNCEMENT;
const THEME = process.env.POD_TRIAGE_THEME ?? 'Default Dark Modern';

if (statusOf('real').kind === 'up') describe('the editor against the cluster', suite);
else
  test('the test cluster is up', () => {
    assert.fail('The test cluster is not up: start it with `npm run cluster -- up` as root.');
  });

/** As much of a row's element as is read inside the page. */
interface Row {
  dataset: { index: string };
  querySelector(selector: string): { textContent: string } | null;
}

function suite(): void {
  const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-editor-'));
  const kubeconfig = join(scratch, 'kubeconfig');
  const run = process.pid;
  const namespace = (name: string): string => `${name}-${run}`;
  const contexts: Context[] = ['crash', 'verdict', 'terminal', 'tested', 'here', 'there', 'outage'].map(
    (name) => ({
      name,
      namespace: namespace(name),
    }),
  );
  let target: Target;
  let api: Api;
  let editor: Editor;

  const saveContexts = (): void => {
    const { server } = api;
    writeKubeconfig(kubeconfig, server, new Pki(stateDir('real')).identity('admin'), contexts);
  };

  before(async () => {
    target = await findTarget(console.error);
    api = target.api;
    saveContexts();
    const folder = join(scratch, 'shop');
    mkdirSync(folder);
    writeFileSync(join(folder, 'README.md'), 'A workspace without manifests.\n');
    editor = await openEditor({
      folder,
      theme: THEME,
      settings: {
        'podTriage.netshoot.image': imageRef('tools'),
        'terminal.integrated.gpuAcceleration': 'off',
      },
      env: { KUBECONFIG: kubeconfig },
      width: 1400,
      height: 900,
    });
    await editor.page.locator('.activitybar [aria-label^="Pod Triage"]').first().click();
    // The palette lists the commands that were there when it opened: the extension has to be.
    await pane().getByText(namespace('crash')).first().waitFor({ timeout: 60_000 });
  });

  after(async () => {
    await editor?.close();
    for (const { namespace } of contexts) await removeNamespace(api, namespace);
    await target?.release();
    api?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const pane = (): Locator => editor.page.locator('.sidebar .pane', { hasText: 'Cluster' }).first();
  const row = (text: string): Locator => pane().locator('.monaco-list-row', { hasText: text }).first();

  /** Names of the tree's rows as they stand below each other. */
  const rowNames = (): Promise<string[]> =>
    pane()
      .locator('.monaco-list-row')
      .evaluateAll((rows: Row[]) =>
        rows
          .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
          .map((each) => each.querySelector('.label-name')?.textContent ?? ''),
      );

  const webview = (): FrameLocator =>
    editor.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');

  /** Answers one question of the palette by typing the answer. */
  async function choose(step: string, answer: string): Promise<void> {
    const { page } = editor;
    await page.locator('.quick-input-title', { hasText: step }).waitFor();
    await page.locator('.quick-input-widget input.input').fill(answer);
    // Enter takes the focused entry, which follows the typing a moment later.
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: answer }).first().waitFor();
    await page.keyboard.press('Enter');
  }

  async function switchTo(name: string): Promise<void> {
    await editor.command('Pod Triage: Switch Context');
    await choose('(1/2)', name);
    await choose('(2/2)', namespace(name));
    await pane()
      .getByText(`${name} / ${namespace(name)}`)
      .first()
      .waitFor();
  }

  /** An entry of the context menu of a row. */
  async function pick(where: Locator, entry: string): Promise<void> {
    await where.click({ button: 'right' });
    const item = editor.page.locator('.monaco-menu .action-label', { hasText: entry }).first();
    await item.hover();
    // A menu that has just opened takes no clicks yet.
    await sleep(500);
    await item.click();
    await item.waitFor({ state: 'detached' });
  }

  /** Tells the test application in a pod to end, through the API server's own proxy. */
  async function crash(pod: Pod, where: string): Promise<void> {
    const path = `/api/v1/namespaces/${where}/pods/${pod.metadata.name}:8080/proxy/exit/3`;
    // The connection dies with the program: there is no answer to read.
    await api.send('POST', path).catch(() => undefined);
  }

  it('moves a row up within two seconds of the crash of its pod', async () => {
    const where = namespace('crash');
    await makeNamespace(
      api,
      where,
      ['cart', 'ledger', 'web'].map((name) => deployment(name, ['--http=:8080'])),
    );
    for (const name of ['cart', 'ledger', 'web']) await podReady(api, where, name);
    await switchTo('crash');
    await row('web').waitFor();
    await until('Healthy rows by name', 30, async () =>
      (await rowNames()).join() === 'cart,ledger,web,Nodes' ? true : undefined,
    );
    await crash(await podReady(api, where, 'web'), where);
    const moved = until('The row of web on top', 30, async () =>
      (await rowNames())[0] === 'web' ? Date.now() : undefined,
    );
    const known = until('The crash in the status of the pod', 30, async () => {
      const [status] = (await podOf(api, where, 'web'))?.status.containerStatuses ?? [];
      const exit = status?.state?.terminated ?? status?.lastState?.terminated;
      return exit?.exitCode === 3 ? Date.now() : undefined;
    });
    const delay = (await moved) - (await known);
    assert.ok(delay < 2000, `the row moved ${delay} ms after the API server knew`);
    await row('web').getByText('last exit 3').waitFor();
  });

  it('diagnoses a pod by right click', async () => {
    const where = namespace('verdict');
    await makeNamespace(api, where, [
      deployment('quotes', ['--http=:8080'], {
        readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, periodSeconds: 1 },
      }),
    ]);
    await switchTo('verdict');
    await row('quotes').locator('.monaco-tl-twistie.collapsible').click({ timeout: 30_000 });
    const pod = await until('The pod of quotes', 20, () => podOf(api, where, 'quotes'));
    // A container that has just started is given five seconds before its readiness probe counts.
    await until('A running container', 30, async () => {
      const [status] = (await podOf(api, where, 'quotes'))?.status.containerStatuses ?? [];
      return status?.state?.running;
    });
    await sleep(8000);
    await pick(row(pod.metadata.name), 'Diagnose');
    const report = webview();
    await report.getByText('asks port 8081').first().waitFor({ timeout: 30_000 });
    await report.getByText('connection refused').first().waitFor();
    await report.getByText(`Pod in ${where}`).first().waitFor();
  });

  it('opens a terminal in a real ephemeral container, after saying what it adds', async () => {
    const { page } = editor;
    const where = namespace('terminal');
    await makeNamespace(api, where, [deployment('checkout', ['--http=:8080'])]);
    const { name } = (await podReady(api, where, 'checkout')).metadata;
    await switchTo('terminal');
    await row('checkout').locator('.monaco-tl-twistie.collapsible').click();
    await pick(row(name), 'Netshoot Terminal');

    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const question = (await dialog.textContent()) ?? '';
    for (const part of [
      `Pod/${where}/${name}`,
      'Context: terminal',
      `Namespace: ${where}`,
      imageRef('tools'),
    ])
      assert.ok(question.includes(part), `the question names ${part}: ${question}`);
    await dialog.getByRole('button', { name: 'Show Object' }).click();
    await page.locator('.editor-instance .view-line', { hasText: 'ephemeralContainers' }).first().waitFor();
    const shown = (
      await page.locator('.editor-instance .view-lines').last().locator('.view-line').allTextContents()
    ).join('\n');
    assert.equal((await podOf(api, where, 'checkout'))?.spec.ephemeralContainers, undefined);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open' }).first().click();

    const screen = page.locator('.terminal-wrapper.active .xterm-rows');
    await screen.getByText('Attached').waitFor({ timeout: 60_000 });
    const added = await until('The ephemeral container', 20, async () => {
      const pod = await podOf(api, where, 'checkout');
      return pod?.status.ephemeralContainerStatuses?.[0]?.state?.running && pod.spec.ephemeralContainers?.[0];
    });
    const text = shown.replaceAll('\u00a0', ' ');
    const object = parse(text) as { spec: { ephemeralContainers: (typeof added)[] } };
    assert.equal(object.spec.ephemeralContainers[0]?.name, added.name);
    assert.deepEqual([added.image, added.targetContainerName], [imageRef('tools'), 'app']);

    await page.keyboard.type('id\n');
    await screen.getByText('uid=0(root)').waitFor();
    await page.keyboard.type('ss -ltn\n');
    // The shell shares the network of the application, which listens there.
    await screen.getByText(/LISTEN.*:8080/).waitFor();
    if (PICTURE) await takePicture(PICTURE);

    assert.ok(processesOf(added.name).length > 0);
    await editor.command('Terminal: Kill the Active Terminal Instance');
    await until('The end of the ephemeral container', 20, async () => {
      const [status] = (await podOf(api, where, 'checkout'))?.status.ephemeralContainerStatuses ?? [];
      return status?.state?.terminated;
    });
    assert.deepEqual(processesOf(added.name), []);
    await editor.command('View: Close All Editors');
    const save = page.locator('.monaco-dialog-box').getByRole('button', { name: "Don't Save" });
    await save.click({ timeout: 3000 }).catch(() => undefined);
  });

  async function takePicture(file: string): Promise<void> {
    const { page } = editor;
    await sleep(500);
    await page.screenshot({ path: file });
  }

  it('runs an active test from the pod after saying what it does, and shows what it saw', async () => {
    const { page } = editor;
    const where = namespace('tested');
    await makeNamespace(api, where, [
      deployment('audit', ['--http=127.0.0.1:8080'], { ports: [{ name: 'http', containerPort: 8080 }] }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'audit' },
        spec: { selector: { app: 'audit' }, ports: [{ port: 80, targetPort: 'http' }] },
      },
    ]);
    const { name } = (await podReady(api, where, 'audit')).metadata;
    await switchTo('tested');
    await row('audit').locator('.monaco-tl-twistie.collapsible').click({ timeout: 30_000 });
    await pick(row(name), 'Diagnose');
    const report = webview();
    await report.getByText('Nothing wrong found').first().waitFor({ timeout: 30_000 });
    const button = report.getByRole('button', { name: 'Run Active Test…' });
    await button.click();

    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor({ timeout: 30_000 });
    const question = (await dialog.textContent()) ?? '';
    for (const part of ['Context: tested', `Namespace: ${where}`, `Object: Pod/${where}/${name}`])
      assert.ok(question.includes(part), `the question names ${part}: ${question}`);
    // Nothing is written before the answer, nor after a no.
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await button.waitFor();
    assert.equal((await podOf(api, where, 'audit'))?.spec.ephemeralContainers, undefined);

    await button.click();
    await dialog.getByRole('button', { name: 'Run Test' }).click({ timeout: 30_000 });
    await report.getByText('listens on loopback only').first().waitFor({ timeout: 90_000 });
    await report.getByText(`Active test from Pod ${where}/${name}`).first().waitFor();
    await report.getByText(`Probe from Pod ${where}/${name}`).first().waitFor();
    if (TEST_PICTURE) await takePicture(TEST_PICTURE);

    // The container sleeps, and the next test needs no other.
    await button.click();
    await dialog.getByText('nothing is written').waitFor({ timeout: 30_000 });
    await dialog.getByRole('button', { name: 'Run Test' }).click();
    await report.getByText('listens on loopback only').first().waitFor({ timeout: 90_000 });
    assert.equal((await podOf(api, where, 'audit'))?.spec.ephemeralContainers?.length, 1);
    await editor.command('View: Close All Editors');
  });

  it('looks at another context, and back', async () => {
    await makeNamespace(api, namespace('here'), [deployment('inventory', ['--http=:8080'])]);
    await makeNamespace(api, namespace('there'), [deployment('payments', ['--http=:8080'])]);
    await switchTo('here');
    await row('inventory').waitFor();
    await switchTo('there');
    await row('payments').waitFor();
    assert.ok(!(await rowNames()).includes('inventory'));
    await switchTo('here');
    await row('inventory').waitFor();
    assert.ok(!(await rowNames()).includes('payments'));
  });

  it('works for a user of one namespace, and says what that user may not read', async () => {
    const where = namespace('limited');
    contexts.push({ name: 'limited', namespace: where });
    await makeNamespace(api, where, [
      deployment('mailer', ['--http=:8080', '--need=/etc/mailer/routes.yaml']),
    ]);
    const read = ['get', 'list', 'watch'];
    const token = await makeUser(api, where, 'visitor', [
      { apiGroups: [''], resources: ['pods', 'pods/log', 'events', 'services', 'configmaps'], verbs: read },
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: read },
    ]);
    contexts[contexts.length - 1] = { name: 'limited', namespace: where, token };
    saveContexts();

    await editor.command('Pod Triage: Switch Context');
    await choose('(1/2)', 'limited');
    // This user cannot list namespaces: the name is typed, and the context's own is offered.
    await choose('(2/2)', where);
    await pane().getByText(`limited / ${where}`).first().waitFor();
    await row('mailer').getByText('CrashLoopBackOff').waitFor({ timeout: 60_000 });
    // What is missing is said above the rows, with the permission.
    await pane().getByText('needs list, watch statefulsets').first().waitFor();
    await row('Nodes').locator('.monaco-tl-twistie').click();
    await pane().getByText('nodes').first().waitFor();

    await pick(row('mailer'), 'Diagnose');
    const report = webview();
    await report.getByText('Deployment in').first().waitFor({ timeout: 30_000 });
    await report.getByRole('heading', { name: 'Not checked' }).waitFor({ timeout: 30_000 });
    const words = ((await report.locator('body').textContent()) ?? '').replace(/\s+/g, ' ');
    assert.match(words, /exit(ed with|s with)? (code )?1/i);
    for (const permission of ['networkpolicies', 'nodes', 'endpointslices'])
      assert.match(words, new RegExp(`(get|list) ${permission}`), `${permission} is named: ${words}`);
    assert.match(words, /Copy the Role/);
  });

  it('keeps the rows while the API server is away, and goes on when it is back', async () => {
    const { own } = target;
    assert.ok(own, 'this needs our own cluster');
    await makeNamespace(api, namespace('outage'), [deployment('search', ['--http=:8080'])]);
    await podReady(api, namespace('outage'), 'search');
    await switchTo('outage');
    await row('search').getByText('1/1 ready').waitFor();
    if (ANNOUNCEMENT) writeFileSync(ANNOUNCEMENT, 'stopped for some seconds\n');
    await own.processes.stop('kube-apiserver');
    try {
      await pane().getByText('Reconnecting').first().waitFor({ timeout: 20_000 });
      assert.ok((await rowNames()).includes('search'));
    } finally {
      own.processes.restart('kube-apiserver');
      if (ANNOUNCEMENT) rmSync(ANNOUNCEMENT, { force: true });
    }
    await until('The API server', 60, async () =>
      (await api.send('GET', '/readyz')).status === 200 ? true : undefined,
    );
    await pane().getByText('Reconnecting').first().waitFor({ state: 'detached', timeout: 60_000 });
    // Live again: what happens from now on is seen.
    await api.apply({
      ...deployment('later', ['--http=:8080']),
      metadata: { name: 'later', namespace: namespace('outage') },
    });
    await row('later').waitFor({ timeout: 20_000 });
  });
}

/** Processes on this machine, where the nodes are, that carry the mark of a terminal's container. */
function processesOf(container: string): string[] {
  const mark = `POD_TRIAGE_SESSION=${container}\0`;
  return readdirSync('/proc').filter((pid) => {
    const file = `/proc/${pid}/environ`;
    try {
      return /^\d+$/.test(pid) && existsSync(file) && readFileSync(file, 'utf8').includes(mark);
    } catch {
      // It ended in between.
      return false;
    }
  });
}
