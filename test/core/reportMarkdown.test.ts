/** A report as Markdown: everything that the page shows, and nothing of the cluster becomes markup. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ageBetween } from '../../server/src/core/age.ts';
import { reportMarkdown } from '../../server/src/core/diagnosis/markdown.ts';
import type { DiagnosisReport } from '../../server/src/core/diagnosis/report.ts';
import { nodeHints, podHints } from '../../server/src/core/diagnosis/terminalHints.ts';
import type { Finding } from '../../server/src/core/finding.ts';
import type { Pod, Service } from '../../server/src/core/kube/types.ts';

const same = (text: string): string => text;

const cause: Finding = {
  id: 'readiness-connection-refused',
  severity: 'error',
  confidence: 'certain',
  object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pay', name: 'checkout' },
  path: 'spec.template.spec.containers[0].readinessProbe.httpGet.port',
  message: 'The readiness probe asks port 8081; the application listens on 8080.',
  evidence: [
    { source: 'Event', text: 'dial tcp: `connection` refused', at: '2026-01-01T00:00:00Z' },
    { source: 'Log app', text: 'one\n```\ntwo' },
  ],
  case: 'readiness-failing-no-ready-endpoints',
  fixes: [],
  commands: ['kubectl -n pay get pods', 'kubectl -n pay get pods'],
};

const report: DiagnosisReport = {
  subject: { kind: 'Pod', namespace: 'pay', name: 'checkout-1' },
  at: '2026-01-01T00:00:10Z',
  rootCauses: [cause],
  consequences: [
    { ...cause, message: 'Service *checkout* has no ready endpoint.', causedBy: cause.id, rootCause: 0 },
  ],
  healthy: ['The image was pulled.'],
  notChecked: [{ check: 'Nodes', reason: 'forbidden', detail: 'needs get nodes' }],
  alsoSeen: [],
  steps: [
    { step: 'image', outcome: 'passed' },
    { step: 'probes', outcome: 'failed', detail: '<img src=x>' },
  ],
};

describe('report as Markdown', () => {
  const text = reportMarkdown(report, 'prod-eu / pay', same);

  it('has the verdict, what follows, the proof, the path and what was not checked', () => {
    assert.match(text, /^# Pod\/pay\/checkout-1: diagnosis$/m);
    assert.match(
      text,
      /\*\*The readiness probe asks port 8081; the application listens on 8080\.\*\* \(certain\)/,
    );
    assert.match(text, /→ Service \\\*checkout\\\* has no ready endpoint\./);
    assert.match(text, /✓ image: passed/);
    assert.match(text, /Nodes: needs get nodes/);
    assert.equal(text.match(/kubectl -n pay get pods/g)?.length, 1);
  });

  it('leaves text of the cluster text', () => {
    assert.match(text, /``dial tcp: `connection` refused``/);
    assert.match(text, /````text\n {2}one/);
    assert.match(text, /failed, \\<img/);
  });

  it('says so when nothing is wrong', () => {
    const fine = reportMarkdown({ ...report, rootCauses: [], consequences: [] }, 'x', same);
    assert.match(fine, /Nothing wrong found\. 1 check passed, 1 not checked\./);
  });
});

it('says ages as people do', () => {
  const now = '2026-01-03T00:00:00Z';
  const ages = [
    '2026-01-02T23:59:51Z',
    '2026-01-02T23:56:00Z',
    '2026-01-02T20:00:00Z',
    '2025-12-22T00:00:00Z',
  ];
  assert.deepEqual(
    ages.map((then) => ageBetween(then, now, same)),
    ['9 s', '4 min', '4 h', '12 d'],
  );
  assert.equal(ageBetween('2026-01-03T00:00:05Z', now, same), '0 s');
  assert.equal(ageBetween(undefined, now, same), '');
});

describe('hints of a terminal', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'pay' },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
  } as Pod;
  const service = (name: string): Service =>
    ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'pay' },
      spec: { ports: [{ port: 80 }] },
    }) as Service;

  it('are four, with the real port, Service and DNS server', () => {
    const commands = podHints(pod, [service('ledger')], '10.96.0.10', same).map(({ command }) => command);
    assert.deepEqual(commands, [
      'ss -ltnp',
      'curl -sv -m 5 http://127.0.0.1:8080/',
      'nc -zvw 3 ledger.pay 80',
      'dig +search +short ledger.pay @10.96.0.10',
    ]);
  });

  it('hold no name that a shell would take apart, and are four without a Service', () => {
    const commands = podHints(pod, [service('x;reboot')], '$(id)', same).map(({ command }) => command);
    assert.equal(commands.length, 4);
    assert.ok(!commands.join('\n').includes('reboot') && !commands.join('\n').includes('$('));
    assert.equal(nodeHints(same).length, 4);
  });
});
