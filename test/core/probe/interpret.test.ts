/** What an active test makes of a diagnosis: it proves, refines, contradicts, or says that it cannot tell. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportMarkdown } from '../../../server/src/core/diagnosis/markdown.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import { ids, roots, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';
import { type Answers, diagnoseProbed, says } from '../../tools/probeRun.ts';
import { quiet } from '../diagnosis/scenarios/probed.ts';

const SILENT: Answers = { connect: ({ address, port }) => says.timedOut(address, port) };
const closed = (roles: readonly string[]): Answers => ({
  connect: ({ address, port, target }) =>
    roles.includes(target.role) ? says.refused(address, port) : undefined,
});
const quoted = ({ rootCauses }: DiagnosisReport): string =>
  (rootCauses[0]?.evidence ?? []).map(({ source, path, text }) => `${source} ${path} ${text}`).join('\n');
const first = (report: DiagnosisReport): string =>
  [roots(report)[0], report.rootCauses[0]?.confidence].filter(Boolean).join(' ');

const denyIngress = o.policy('closed', {
  podSelector: { matchLabels: { app: 'ledger' } },
  policyTypes: ['Ingress'],
});
const denyEgress = o.policy('egress', {
  podSelector: { matchLabels: { app: 'client' } },
  policyTypes: ['Egress'],
  egress: [{ to: [{ podSelector: { matchLabels: { app: 'ledger' } } }], ports: [{ port: 8080 }] }],
});
const asked = (more: KubeObject[], answers: Answers): DiagnosisReport => {
  const { objects, client } = quiet();
  return diagnoseProbed([...objects, ...more], client, answers);
};

describe('a test that finds nothing', () => {
  it('changes no verdict and is listed', () => {
    const report = asked([], {});
    assert.deepEqual(report.rootCauses, []);
    assert.deepEqual(report.notChecked, []);
    assert.match(
      report.healthy.at(-1) ?? '',
      /^The active test from Pod shop\/client-\S+ found no fault \(\d+ tests\)\.$/,
    );
    assert.ok(report.probe?.tests.every(({ outcome }) => outcome === 'ok'));
  });

  it('is no part of a report without a test', () => {
    const { objects, client } = quiet();
    assert.equal('probe' in run(objects, client), false);
  });
});

describe('NetworkPolicy', () => {
  it('is proven by a quiet client that is kept out', () => {
    const { objects, client } = quiet();
    assert.deepEqual(ids(run([...objects, denyIngress], client)), [], 'nothing tells without a test');
    const report = asked([denyIngress], SILENT);
    assert.equal(
      first(report),
      'netpol-ingress-default-deny NetworkPolicy/shop/closed spec.podSelector certain',
    );
    assert.match(quoted(report), /^Probe from Pod shop\/client-\S+ connect \S+:8080 nc: .*timed out/m);
    assert.deepEqual(ids(report), ['netpol-ingress-default-deny']);
  });

  it('is contradicted by a test that gets through', () => {
    const { objects, client } = quiet();
    const pod = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata.name?.startsWith('client'));
    const log = 'listening on :8080\nledger: dial tcp 10.96.7.7:80: i/o timeout\n';
    const logs = [o.logOf(pod as never, log)];
    const before = run([...objects, denyIngress], client, { logs });
    assert.equal(before.rootCauses[0]?.confidence, 'certain');
    const report = diagnoseProbed([...objects, denyIngress], client, {}, { logs });
    const [cause] = report.rootCauses;
    assert.equal(cause?.id, 'netpol-ingress-default-deny');
    assert.equal(cause?.confidence, 'hint');
    assert.match(
      cause?.message ?? '',
      /should keep Deployment client from port 8080\/TCP .* yet the active test got through/,
    );
    assert.match(quoted(report), /Probe from .*succeeded!/);
  });

  it('is contradicted where nobody has complained', () => {
    const report = asked([denyIngress], {});
    const [cause] = report.rootCauses;
    assert.equal(
      first(report),
      'netpol-ingress-default-deny NetworkPolicy/shop/closed spec.podSelector hint',
    );
    assert.match(cause?.message ?? '', /yet the active test got through/);
    assert.match(quoted(report), /Probe from .*succeeded!/);
  });

  it('blocks DNS: UDP and TCP are silent', () => {
    const report = asked([denyEgress], {
      lookup: () => says.silence('10.96.0.10'),
      ask: says.silence,
    });
    assert.equal(first(report), 'netpol-egress-dns-blocked NetworkPolicy/shop/egress spec.egress certain');
    assert.match(
      quoted(report),
      /lookup \S+ @10\.96\.0\.10 UDP communications error to 10\.96\.0\.10#53: timed out/,
    );
  });

  it('does not block DNS where the test had an answer', () => {
    const report = asked([denyEgress], {});
    assert.deepEqual(ids(report), []);
    const remark = report.alsoSeen.find(({ id }) => id === 'netpol-egress-dns-blocked');
    assert.equal(remark?.confidence, 'hint');
    assert.match(remark?.message ?? '', /yet the active test had an answer/);
  });

  it('says nothing by a pod that was made for the test', () => {
    const service = o.service('ledger', { clusterIP: '10.96.7.7' });
    const ledger = o.deployment('ledger', { container: { ports: [{ containerPort: 8080 }] } });
    const objects = [...ledger.all, service, o.slice(service, ledger.pods), denyIngress];
    const report = diagnoseProbed(objects, service, SILENT);
    assert.deepEqual(report.rootCauses, []);
    const unclear = report.notChecked.filter(({ detail }) =>
      /does not admit the pod that was made/.test(detail),
    );
    assert.equal(unclear.length, 2, 'the address of the Service and that of its pod');
    assert.ok(report.healthy.every((line) => !/found no fault/.test(line)));
  });
});

describe('what listens', () => {
  const web = (container: object) => {
    const made = o.deployment('web', { container: { ports: [{ containerPort: 8080 }], ...container } });
    const service = o.service('web', { clusterIP: '10.96.7.8' });
    return {
      objects: [...made.all, service, o.slice(service, made.pods)],
      deployment: made.deployment,
      service,
    };
  };

  it('is on loopback only', () => {
    const { objects, deployment } = web({ args: ['--http=127.0.0.1:8080'] });
    assert.deepEqual(ids(run(objects, deployment)), []);
    const report = diagnoseProbed(objects, deployment, { sockets: ['0100007F:1F90'] });
    assert.equal(
      first(report),
      'app-listens-on-loopback Deployment/shop/web spec.template.spec.containers[0].args[0] certain',
    );
    assert.match(
      quoted(report),
      /^Probe from Pod shop\/web-\S+ \/proc\/net\/tcp 127\.0\.0\.1:8080 0: 0100007F:1F90/m,
    );
  });

  it('is another port than the Service sends to, although the pod declares that one', () => {
    const { objects, deployment } = web({});
    const report = diagnoseProbed(objects, deployment, { sockets: ['00000000:2382'] });
    assert.equal(
      first(report),
      'service-target-port-wrong-number Service/shop/web spec.ports[0].targetPort certain',
    );
    assert.match(report.rootCauses[0]?.message ?? '', /listens on 9090/);
  });

  it('is nothing wrong on all addresses, of either family', () => {
    const { objects, deployment } = web({});
    for (const socket of ['00000000:1F90', '00000000000000000000000000000000:1F90'])
      assert.deepEqual(ids(diagnoseProbed(objects, deployment, { sockets: [socket] })), []);
  });

  it('outweighs a log that speaks of loopback', () => {
    const { objects, deployment } = web({});
    const pod = objects.find(({ kind }) => kind === 'Pod');
    const logs = [o.logOf(pod as never, 'listening on 127.0.0.1:8080\n')];
    assert.deepEqual(ids(run(objects, deployment, { logs })), ['app-listens-on-loopback']);
    assert.deepEqual(ids(diagnoseProbed(objects, deployment, { sockets: ['00000000:1F90'] }, { logs })), []);
  });

  it('is suspected where a ready pod refuses the port that it declares', () => {
    const { objects, service } = web({});
    const report = diagnoseProbed(objects, service, closed(['service', 'endpoint']));
    assert.match(first(report), /^app-listens-on-loopback .* likely$/);
    assert.match(report.rootCauses[0]?.message ?? '', /refuses connections to port 8080.*or not at all/);
  });
});

describe('the way', () => {
  it('ends at kube-proxy: pods answer, the Service does not, the health port is closed', () => {
    const report = asked([], {
      connect: ({ address, port, target }) =>
        target.role === 'service'
          ? says.timedOut(address, port)
          : target.role === 'proxy'
            ? says.refused(address, port)
            : undefined,
    });
    assert.equal(first(report), 'kube-proxy-not-running-on-node Node/worker-1 certain');
    assert.match(quoted(report), /connect 192\.0\.2\.1:10256 .*refused/);
  });

  it('is only suspected where the health port is silent too', () => {
    const report = asked([], {
      connect: ({ address, port, target }) =>
        target.role === 'endpoint' ? undefined : says.timedOut(address, port),
    });
    assert.equal(first(report), 'kube-proxy-not-running-on-node Node/worker-1 likely');
    assert.ok(
      report.probe?.tests.some(({ test, outcome }) => /health port/.test(test) && outcome === 'inconclusive'),
    );
  });

  it('is the DNS Service on this node: its pods answer, its address does not', () => {
    const report = asked([], {
      lookup: () => says.silence('10.96.0.10'),
      connect: ({ address, port, target }) =>
        target.role === 'proxy' ? says.refused(address, port) : undefined,
    });
    assert.equal(first(report), 'kube-proxy-not-running-on-node Node/worker-1 certain');
  });

  it('between nodes is lost where no policy forbids it', () => {
    const report = asked([], {
      connect: ({ address, port, target }) =>
        target.role === 'proxy' ? undefined : says.timedOut(address, port),
    });
    assert.equal(first(report), 'cross-node-overlay-blocked Node/worker-2 likely');
  });
});

describe('what is known already', () => {
  const empty = () => {
    const down = o.deployment('ledger', {
      container: { readinessProbe: { httpGet: { path: '/', port: 8080 } }, ports: [{ containerPort: 8080 }] },
      podOptions: () => ({ states: { app: o.unready() }, ready: false }),
    });
    const service = o.service('ledger', { clusterIP: '10.96.7.7', selector: { app: 'ledgr' } });
    return { objects: [...down.all, service], service };
  };

  it('is confirmed with what the test saw', () => {
    const { objects, service } = empty();
    const report = diagnoseProbed(objects, service, closed(['service']));
    assert.equal(report.rootCauses[0]?.id, 'service-selector-no-match');
    assert.equal(report.rootCauses[0]?.confidence, 'certain');
    assert.match(
      quoted(report),
      /Probe from Pod shop\/pod-triage-probe-x connect 10\.96\.7\.7:80 nc: .*refused/,
    );
  });

  it('is doubted where the test speaks against it', () => {
    const { objects, service } = empty();
    const report = diagnoseProbed(objects, service, {});
    assert.equal(report.rootCauses[0]?.confidence, 'likely');
    assert.match(quoted(report), /Probe from .*succeeded/);
  });
});

describe('a failure that nothing explains', () => {
  it('is never "nothing wrong": it is not checked, beside a cause of something else too', () => {
    const silentDns = { lookup: () => says.silence('10.96.0.10'), ask: says.silence };
    const report = asked([], silentDns);
    assert.deepEqual(report.rootCauses, []);
    assert.deepEqual(
      report.notChecked.map(({ detail }) => detail.replace(/:.*/s, '')),
      // Two names by two protocols, and the DNS pod.
      Array.from({ length: 5 }, () => 'It failed, and no known fault explains it'),
    );
    assert.ok(report.healthy.every((line) => !/found no fault/.test(line)));
    const kept = asked([denyIngress], { ...silentDns, ...SILENT });
    assert.deepEqual(ids(kept), ['netpol-ingress-default-deny']);
    assert.ok(
      kept.notChecked.some(
        ({ check, detail }) => /look up ledger/.test(check) && /no known fault/.test(detail),
      ),
    );
    assert.ok(
      kept.notChecked.every(({ check }) => !/connect to Service/.test(check)),
      'the policy explains these',
    );
  });

  it('is explained by a finding that quotes one of its kind', () => {
    const client = o.pod('client', {
      labels: { app: 'client' },
      container: { env: [{ name: 'LEDGER_URL', value: 'http://ledgr:80' }] },
      states: { app: o.unready() },
      ready: false,
    });
    const service = o.service('ledger', { clusterIP: '10.96.7.7' });
    const logs = [o.logOf(client, 'dial tcp: lookup ledgr: no such host\n')];
    const answers: Answers = { lookup: (name) => (name === 'ledgr' ? says.status('NXDOMAIN') : undefined) };
    const report = diagnoseProbed([client, service], client, answers, { logs });
    assert.deepEqual(ids(report), ['service-missing']);
    assert.match(quoted(report), /lookup ledgr @10\.96\.0\.10 UDP status: NXDOMAIN/);
    assert.deepEqual(
      report.notChecked.filter(({ check }) => /Active test/.test(check)),
      [],
    );
  });
});

describe('a test that could not be made', () => {
  it('is not checked, with its reason', () => {
    const { objects, client } = quiet();
    const refusal = { reason: 'forbidden', detail: 'needs patch pods/ephemeralcontainers' } as const;
    const report = run(objects, client, { probe: { kind: 'refused', refusal } });
    assert.deepEqual(report.notChecked, [{ check: 'Active test', ...refusal }]);
    assert.equal('probe' in report, false);
  });

  it('shows tests whose tool is missing as saying nothing, in every form', () => {
    const report = asked([], { connect: () => "nc: invalid option -- 'z'\n" });
    assert.deepEqual(report.rootCauses, []);
    assert.ok(
      report.notChecked.some(
        ({ check, detail }) => /connect to Service ledger/.test(check) && /lacks the tool/.test(detail),
      ),
    );
    const text = reportMarkdown(report, 'test / shop', (template) => template);
    assert.match(text, /^## Active test from Pod shop\/client-\S+, worker-1$/m);
    assert.match(text, /^- \? connect to Service ledger at 10\.96\.7\.7:80: says nothing/m);
  });
});
