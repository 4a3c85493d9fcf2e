/**
 * Pod Triage as its user meets it: the real editor in a real browser, and the real cluster behind it. One editor serves
 * all of it; what a part needs in the cluster it makes in a namespace of its own.
 */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it, test } from 'node:test';
import { activeTest } from './editor/activeTest.ts';
import { hostDeath } from './editor/hostDeath.ts';
import { logs } from './editor/logs.ts';
import { outage } from './editor/outage.ts';
import { Stage } from './editor/stage.ts';
import { terminalHand } from './editor/terminalHand.ts';
import { terminals } from './editor/terminals.ts';
import { statusOf } from './lib/cluster.ts';
import { until } from './lib/run.ts';
import { deployment, makeNamespace, makeUser, podOf, podReady } from './lib/stage.ts';

/** Longer than a container is given to start before its probes count. */
const SETTLED_MS = 10_000;

if (statusOf('real').kind === 'up') describe('the editor against the cluster', suite);
else
  test('the test cluster is up', () => {
    assert.fail('The test cluster is not up: start it with `npm run cluster -- up` as root.');
  });

function suite(): void {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open(['crash', 'verdict', 'here', 'there', 'tested', 'terminal', 'logs', 'outage']);
  });

  // What the editor shows when a test fails is half of the explanation.
  afterEach(async (context) => {
    if ('passed' in context && !context.passed) await stage.failed(context.name);
  });

  after(() => stage?.close());

  it('moves a row up within two seconds of the crash of its pod', async () => {
    const where = stage.namespace('crash');
    await makeNamespace(
      stage.api,
      where,
      ['cart', 'ledger', 'web'].map((name) => deployment(name, ['--http=:8080'])),
    );
    for (const name of ['cart', 'ledger', 'web']) await podReady(stage.api, where, name);
    await stage.switchTo('crash');
    await stage.row('web').waitFor();
    await until('Healthy rows by name', 30, async () =>
      (await stage.rowNames()).join() === 'cart,ledger,web,Nodes' ? true : undefined,
    );
    await stage.crash(await podReady(stage.api, where, 'web'), where);
    const moved = until('The row of web on top', 30, async () =>
      (await stage.rowNames())[0] === 'web' ? Date.now() : undefined,
    );
    const known = until('The crash in the status of the pod', 30, async () => {
      const [status] = (await podOf(stage.api, where, 'web'))?.status.containerStatuses ?? [];
      const exit = status?.state?.terminated ?? status?.lastState?.terminated;
      return exit?.exitCode === 3 ? Date.now() : undefined;
    });
    const delay = (await moved) - (await known);
    assert.ok(delay < 2000, `the row moved ${delay} ms after the API server knew`);
    await stage.row('web').getByText('last exit 3').waitFor();
  });

  it('diagnoses a pod by right click, and shows the same in a terminal inside it', async () => {
    const where = stage.namespace('verdict');
    await makeNamespace(stage.api, where, [
      deployment('quotes', ['--http=:8080'], {
        readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, periodSeconds: 1 },
      }),
    ]);
    await stage.switchTo('verdict');
    await stage.row('quotes').locator('.monaco-tl-twistie.collapsible').click({ timeout: 30_000 });
    const pod = await until('The pod of quotes', 20, () => podOf(stage.api, where, 'quotes'));
    // A pod that is still starting is not judged: its readiness probe has to have failed for a while.
    await until('A readiness probe that has failed for some time', 60, async () => {
      const [status] = (await podOf(stage.api, where, 'quotes'))?.status.containerStatuses ?? [];
      const since = status?.state?.running?.startedAt;
      return since && Date.now() - Date.parse(since) > SETTLED_MS ? true : undefined;
    });
    await stage.pick(stage.row(pod.metadata.name), 'Diagnose');
    const report = stage.webview();
    await report.getByText('asks port 8081').first().waitFor({ timeout: 30_000 });
    await report.getByText('connection refused').first().waitFor();
    await report.getByText(`Pod in ${where}`).first().waitFor();

    const { press, shows, type, kill } = terminalHand(() => stage);
    await stage.pick(stage.row(pod.metadata.name), 'Netshoot Terminal');
    await stage.dialog().waitFor();
    await press('Open');
    await shows('Attached', 60_000);
    await type('clear; ss -ltn; curl -sS localhost:8080/readyz; curl -sS localhost:8081/readyz\n');
    await shows(/Failed to connect to localhost port 8081/);
    await stage.picture('cluster');
    await kill();
  });

  it('looks at another context, and back', async () => {
    await makeNamespace(stage.api, stage.namespace('here'), [deployment('inventory', ['--http=:8080'])]);
    await makeNamespace(stage.api, stage.namespace('there'), [deployment('payments', ['--http=:8080'])]);
    await stage.switchTo('here');
    await stage.row('inventory').waitFor();
    await stage.switchTo('there');
    await stage.row('payments').waitFor();
    assert.ok(!(await stage.rowNames()).includes('inventory'));
    await stage.switchTo('here');
    await stage.row('inventory').waitFor();
    assert.ok(!(await stage.rowNames()).includes('payments'));
  });

  it('works for a user of one namespace, and says what that user may not read', async () => {
    const where = stage.namespace('limited');
    stage.contexts.push({ name: 'limited', namespace: where });
    await makeNamespace(stage.api, where, [
      deployment('mailer', ['--http=:8080', '--need=/etc/mailer/routes.yaml']),
    ]);
    const read = ['get', 'list', 'watch'];
    const token = await makeUser(stage.api, where, 'visitor', [
      { apiGroups: [''], resources: ['pods', 'pods/log', 'events', 'services', 'configmaps'], verbs: read },
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: read },
    ]);
    stage.contexts[stage.contexts.length - 1] = { name: 'limited', namespace: where, token };
    stage.saveContexts();

    await stage.editor.command('Pod Triage: Switch Context');
    await stage.choose('(1/2)', 'limited');
    // This user cannot list namespaces: the name is typed, and the context's own is offered.
    await stage.choose('(2/2)', where);
    await stage.pane().getByText(`limited / ${where}`).first().waitFor();
    await stage.row('mailer').getByText('CrashLoopBackOff').waitFor({ timeout: 60_000 });
    // What is missing is said above the rows, with the permission.
    await stage.pane().getByText('needs list, watch statefulsets').first().waitFor();
    await stage.row('Nodes').locator('.monaco-tl-twistie').click();
    await stage.pane().getByText('nodes').first().waitFor();

    await stage.pick(stage.row('mailer'), 'Diagnose');
    const report = stage.webview();
    await report.getByText('Deployment in').first().waitFor({ timeout: 30_000 });
    await report.getByRole('heading', { name: 'Not checked' }).waitFor({ timeout: 30_000 });
    const words = ((await report.locator('body').textContent()) ?? '').replace(/\s+/g, ' ');
    assert.match(words, /exit(ed with|s with)? (code )?1/i);
    for (const permission of ['networkpolicies', 'nodes', 'endpointslices'])
      assert.match(words, new RegExp(`(get|list) ${permission}`), `${permission} is named: ${words}`);
    assert.match(words, /Copy the Role/);

    await stage.row('mailer').locator('.monaco-tl-twistie.collapsible').click();
    const pod = await until('The pod of mailer', 20, () => podOf(stage.api, where, 'mailer'));
    await stage.pick(stage.row(pod.metadata.name), 'Netshoot Terminal');
    await stage
      .dialog()
      .getByText(/You may not patch pods\/ephemeralcontainers/)
      .waitFor();
    await stage.dialog().getByRole('button', { name: 'Cancel' }).click();
  });

  it('asks before a kubeconfig runs a program', async () => {
    const where = stage.namespace('plugin');
    await makeNamespace(stage.api, where, [deployment('billing', ['--http=:8080'])]);
    const token = await makeUser(stage.api, where, 'robot', [
      { apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['get', 'list', 'watch'] },
    ]);
    const command = join(stage.scratch, 'credentials');
    const ran = join(stage.scratch, 'ran');
    const answer = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token },
    };
    writeFileSync(command, `#!/bin/sh\ntouch '${ran}'\necho '${JSON.stringify(answer)}'\n`, { mode: 0o700 });
    stage.contexts.push({ name: 'plugin', namespace: where, exec: command });
    stage.saveContexts();
    await stage.editor.command('Pod Triage: Switch Context');
    await stage.choose('(1/2)', 'plugin');
    await stage.dialog().getByText(`Command: ${command}`).waitFor();
    assert.ok(!existsSync(ran), 'it has not run yet');
    await stage.dialog().getByRole('button', { name: 'Allow Once' }).click();
    await stage.choose('(2/2)', where);
    await stage.row('billing').waitFor();
    assert.ok(existsSync(ran));
  });

  activeTest(() => stage);
  terminals(() => stage);
  logs(() => stage);
  // These end what the others need.
  outage(() => stage);
  hostDeath(() => stage);
}
