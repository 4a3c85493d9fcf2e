/** The parts of the client that compute: what a link, a page or a command may carry. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillNames, namesOf } from '../../../client/src/cases/fill.ts';
import { readCaseMessage } from '../../../client/src/cases/messages.ts';
import { matchesAny } from '../../../client/src/cluster/production.ts';
import { objectAt, objectsIn } from '../../../client/src/lint/objectAt.ts';
import { isRunnable } from '../../../client/src/report/commands.ts';
import { readReportMessage } from '../../../client/src/report/model.ts';
import { permissionIn, roleFor } from '../../../client/src/role.ts';
import { printable } from '../../../client/src/terminal/text.ts';
import { html } from '../../../client/src/webview/html.ts';
import { aimed } from '../../../server/src/core/diagnosis/aim.ts';

describe('html', () => {
  it('escapes what is inserted', () => {
    assert.equal(
      html`<b title="${'"><script>'}">${'a & b'}</b>`.text,
      '<b title="&quot;&gt;&lt;script&gt;">a &amp; b</b>',
    );
  });

  it('inserts markup of its own and lists of it', () => {
    const items = ['<', '>'].map((text) => html`<li>${text}</li>`);
    assert.equal(html`<ul>${items}</ul>${undefined}${false}`.text, '<ul><li>&lt;</li><li>&gt;</li></ul>');
  });
});

describe('names in the commands of a case', () => {
  const body =
    "Text {pod}\n\n```sh\nkubectl -n {namespace} get pod {pod} -o jsonpath='{range .x}{end}'\n```\n";

  it('fills code and leaves text and foreign braces alone', () => {
    const filled = fillNames(body, { namespace: 'pay', pod: 'ledger-0' });
    assert.match(filled, /^Text \{pod\}/);
    assert.match(filled, /kubectl -n pay get pod ledger-0 -o jsonpath='\{range \.x\}\{end\}'/);
  });

  it('keeps a place whose name no shell should see', () => {
    assert.match(fillNames(body, { namespace: 'pay', pod: '$(reboot)' }), /get pod <pod>/);
  });

  it('takes names from the finding and its subject', () => {
    const finding = { object: { apiVersion: 'v1', kind: 'Service', namespace: 'pay', name: 'ledger' } };
    assert.deepEqual(namesOf(finding, { kind: 'Pod', namespace: 'pay', name: 'ledger-0' }), {
      namespace: 'pay',
      pod: 'ledger-0',
      service: 'ledger',
    });
  });
});

describe('messages of pages', () => {
  it('reads what the pages send', () => {
    assert.deepEqual(readCaseMessage({ kind: 'related', index: 2 }), { kind: 'related', index: 2 });
    assert.deepEqual(readReportMessage({ id: 'fix', index: 1, second: 2 }), {
      id: 'fix',
      index: 1,
      second: 2,
    });
    assert.deepEqual(readReportMessage({ id: 'ready' }), { id: 'ready' });
  });

  it('drops everything else', () => {
    for (const data of [
      null,
      'run',
      {},
      { id: 'eval' },
      { id: 'run', index: -1 },
      { id: 'run', second: 'x' },
    ])
      assert.equal(readReportMessage(data), undefined);
    for (const data of [
      null,
      {},
      { kind: 'rule', id: '../x' },
      { kind: 'language', language: 'de' },
      { kind: 'copy' },
    ])
      assert.equal(readCaseMessage(data), undefined);
  });
});

describe('commands of a report', () => {
  it('types reading commands only', () => {
    assert.ok(isRunnable('kubectl -n pay logs ledger-0 -c app --since=10m'));
    assert.ok(isRunnable('kubectl --context=prod-eu -n pay describe pod ledger-0'));
    assert.ok(isRunnable("kubectl -n pay get pod ledger-0 -o jsonpath='{.status.podIP}'"));
    for (const command of [
      'kubectl -n pay delete pod ledger-0',
      'kubectl -n pay get pods; reboot',
      'kubectl -n pay get pods && kubectl delete ns pay',
      'kubectl -n pay get pods | sh',
      'kubectl -n pay get "$(reboot)"',
      "kubectl -n pay get 'open",
      'kubectl -n pay get pods\nreboot',
      'rm -rf /',
    ])
      assert.ok(!isRunnable(command), command);
  });

  it('names the context, so that it reaches no other cluster', () => {
    const aim = (command: string, context?: string, kubeconfig?: string): string =>
      aimed(command, { context, kubeconfig });
    assert.equal(aim('kubectl -n pay get pods', 'prod-eu'), 'kubectl --context=prod-eu -n pay get pods');
    assert.equal(aim('kubectl --context=a get pods', 'b'), 'kubectl --context=a get pods');
    assert.equal(aim('kubectl get pods', undefined), 'kubectl get pods');
    assert.equal(
      aim('kubectl get pods', 'dev', '/home/me/my config'),
      "kubectl --kubeconfig='/home/me/my config' --context=dev get pods",
    );
  });

  it('quotes a context that a shell would read, and never types it', () => {
    const command = aimed('kubectl get pods', { context: "it's $(reboot); x" });
    assert.equal(command, "kubectl --context='it'\\''s $(reboot); x' get pods");
    assert.ok(!isRunnable(command));
    assert.equal(aimed('kubectl get pods', { context: 'a\u001b[2Jb' }), 'kubectl get pods');
  });
});

describe('roles', () => {
  it('grants in the namespace what is missing there', () => {
    const role = roleFor([{ verb: 'patch', resource: 'pods/ephemeralcontainers', namespace: 'pay' }]);
    assert.match(role, /^kind: Role$/m);
    assert.match(role, /namespace: "pay"/);
    assert.match(
      role,
      /apiGroups: \[""\]\n {4}resources: \["pods\/ephemeralcontainers"\]\n {4}verbs: \["patch"\]/,
    );
  });

  it('needs a ClusterRole for nodes', () => {
    assert.match(roleFor([{ verb: 'get', resource: 'nodes', namespace: 'pay' }]), /^kind: ClusterRole$/m);
  });

  it('reads the permission out of a gap', () => {
    assert.deepEqual(permissionIn('needs list networkpolicies'), {
      verb: 'list',
      resource: 'networkpolicies',
    });
    assert.equal(permissionIn('the snapshot holds none'), undefined);
  });
});

describe('production contexts', () => {
  it('matches with stars, whatever the case', () => {
    assert.ok(matchesAny('EKS-Prod-eu', ['*prod*']));
    assert.ok(matchesAny('live', ['live']));
    assert.ok(!matchesAny('alive', ['live']));
    assert.ok(!matchesAny('a.b', ['a?b', '']));
  });
});

describe('the object under the cursor', () => {
  const text = [
    '# shop',
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    '  labels:',
    '    name: wrong',
    '  name: web',
    '  namespace: shop',
    '---',
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata: { name: api }',
    '',
  ].join('\n');

  it('names it, in block and flow style', () => {
    const { kind, name, namespace } = objectAt(text, 5) ?? {};
    assert.deepEqual({ kind, name, namespace }, { kind: 'Service', name: 'web', namespace: 'shop' });
    assert.equal(objectAt(text, text.length - 2)?.name, 'api');
  });

  it('says on which line each begins', () => {
    assert.deepEqual(
      objectsIn(text).map(({ line }) => line),
      [0, 9],
    );
  });

  it('reads JSON, and nothing out of half of it', () => {
    const json = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b"}}';
    assert.equal(objectAt(json, 3)?.name, 'a');
    assert.equal(objectAt(json.slice(0, 40), 3), undefined);
  });
});

it('keeps control characters of a cluster out of the terminal', () => {
  assert.equal(printable('a\u001b]52;c;aGk=\u0007b\r\nc\u009bd'), 'a ]52;c;aGk= b c d');
});
