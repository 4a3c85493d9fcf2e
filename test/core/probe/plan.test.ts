/** What is worth testing, from where, and how little of it reaches a shell. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import { isSafe, scriptArguments } from '../../../server/src/core/probe/argv.ts';
import type { PlannedCheck, ProbeCheck, ProbePlan } from '../../../server/src/core/probe/check.ts';
import { MAX_CHECKS, onNode } from '../../../server/src/core/probe/plan.ts';
import { sayProbe } from '../../../server/src/core/probe/say.ts';
import { PROBE_SCRIPT } from '../../../server/src/core/probe/script.ts';
import * as o from '../../tools/objects.ts';
import { planOf } from '../../tools/probeRun.ts';

const ledger = o.deployment('ledger', {
  container: {
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  },
});
const service = o.service('ledger', { clusterIP: '10.96.7.7' });
const server = [...ledger.all, service, o.slice(service, ledger.pods)];
const address = ledger.pods[0]?.status?.podIP;

const caller = (env: Record<string, string>, options: o.PodOptions = {}) =>
  o.pod('client', {
    labels: { app: 'client' },
    container: { env: Object.entries(env).map(([name, value]) => ({ name, value })) },
    ...options,
  });

const short = (check: PlannedCheck): string => {
  if (check.kind === 'lookup') return `lookup ${check.name}`;
  if (check.kind === 'ask') return `ask ${check.address}`;
  if (check.kind === 'http') return check.url;
  if (check.kind === 'packets') return `packets ${check.address}`;
  if (check.kind === 'own-proxy') return `own proxy ${check.port}`;
  return `${check.target.role} ${check.address}:${check.port}`;
};
const checksOf = (plan: ProbePlan): string[] =>
  plan.kind === 'run' ? plan.checks.map(short) : [plan.reason];
const planned = (objects: readonly KubeObject[], subject: KubeObject): ProbePlan => planOf(objects, subject);

describe('plan', () => {
  const ways = [
    `service 10.96.7.7:80`,
    `endpoint ${address}:8080`,
    `http://${address}:8080/ready`,
    `packets ${address}`,
    'own proxy 10256',
  ];

  it('follows what a pod names: the resolver, the name, the Service, its pods', () => {
    const client = caller({ LEDGER_URL: 'http://ledger:80/x' });
    const plan = planned([...server, client], client);
    assert.deepEqual(checksOf(plan), [
      'lookup kubernetes.default.svc',
      'ask 10.244.9.9',
      'lookup ledger',
      ...ways,
    ]);
    assert.deepEqual(plan.kind === 'run' && plan.source.kind === 'pod' && plan.source.pod.name, 'client');
  });

  it('tries hosts outside by name, with the port of the scheme, and names that lead nowhere', () => {
    const client = caller({
      API: 'https://api.example.com/v1',
      DB_URL: 'postgres://ledgr/x',
      PLAIN_HOST: 'db.example.com',
    });
    assert.deepEqual(checksOf(planned([...server, client], client)).slice(2), [
      'lookup api.example.com',
      'host api.example.com:443',
      'lookup ledgr',
      'lookup db.example.com',
    ]);
  });

  it('tests a Service from a pod that calls it', () => {
    const client = caller({ LEDGER_URL: 'http://ledger:80' });
    const plan = planned([...server, client], service);
    assert.deepEqual(plan.kind === 'run' && plan.source, {
      kind: 'pod',
      pod: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'client' },
    });
    assert.deepEqual(checksOf(plan).slice(2), ['lookup ledger.shop.svc', ...ways]);
  });

  it('tests a Service that nobody is known to call from a pod made for it', () => {
    const plan = planned(server, service);
    assert.deepEqual(plan.kind === 'run' && plan.source, { kind: 'new', namespace: 'shop' });
  });

  it('tests the backends of an Ingress', () => {
    const ingress = o.object('networking.k8s.io/v1', 'Ingress', 'shop', {
      spec: {
        rules: [
          {
            http: { paths: [{ path: '/', backend: { service: { name: 'ledger', port: { number: 80 } } } }] },
          },
        ],
      },
    });
    const plan = planned([...server, ingress], ingress);
    assert.deepEqual(plan.kind === 'run' && plan.source, { kind: 'new', namespace: 'shop' });
    assert.deepEqual(checksOf(plan).slice(2), ['lookup ledger.shop.svc', ...ways]);
  });

  it('tries pods that are not ready where none is, so that a refusal is seen', () => {
    const down = o.deployment('ledger', {
      podOptions: () => ({ states: { app: o.unready() }, ready: false }),
    });
    const objects = [...down.all, service, o.slice(service, down.pods)];
    const plan = planned(objects, service);
    const endpoints = plan.kind === 'run' ? plan.checks.filter((check) => check.kind === 'connect') : [];
    assert.deepEqual(
      endpoints.map(({ target }) => target.role === 'endpoint' && target.ready),
      [false, false],
    );
  });

  it('says of UDP that it cannot be tested', () => {
    const dns = o.service('syslog', { ports: [{ port: 514, protocol: 'UDP' }] });
    const plan = planned([dns], dns);
    assert.deepEqual(plan.kind === 'run' && plan.untested.map(({ check }) => check), [
      'port 514/UDP of Service syslog',
    ]);
  });

  it('prefers the pod that is in trouble', () => {
    const two = o.deployment('web', {
      replicas: 2,
      podOptions: (index) => (index === 1 ? { states: { app: o.unready() }, ready: false } : {}),
    });
    const plan = planned(two.all, two.deployment);
    assert.equal(
      plan.kind === 'run' && plan.source.kind === 'pod' && plan.source.pod.name,
      two.pods[1]?.metadata.name,
    );
  });

  it('says why a pod cannot be tested from', () => {
    const reason = (options: o.PodOptions): string => {
      const pod = o.pod('web', options);
      const plan = planned([pod], pod);
      return plan.kind === 'none' ? plan.reason : 'none';
    };
    assert.match(reason({ annotations: { 'kubernetes.io/config.mirror': 'x' } }), /static pod/);
    assert.match(reason({ status: { phase: 'Succeeded' } }), /has no pod|has ended/);
    assert.match(reason({ node: null }), /no address/);
    assert.match(reason({ spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }), /Windows/);
    const claim = o.object('v1', 'ConfigMap', 'settings', {});
    const plan = planned([claim], claim);
    assert.match(plan.kind === 'none' ? plan.reason : '', /not for a ConfigMap/);
  });

  it('makes no more than a fixed number of tests and says so', () => {
    const many = caller(
      Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`A${at}_URL`, `http://h${at}.example.com`])),
    );
    const plan = planned([many], many);
    assert.equal(plan.kind === 'run' && plan.checks.length, MAX_CHECKS);
    assert.match(plan.kind === 'run' ? (plan.untested.at(-1)?.check ?? '') : '', /^\d+ more tests$/);
  });

  it('counts kube-proxy among its tests when there are too many', () => {
    const many = caller({
      LEDGER_URL: 'http://ledger:80',
      ...Object.fromEntries(
        Array.from({ length: 30 }, (_, at) => [`Z${at}_URL`, `http://h${at}.example.com`]),
      ),
    });
    const plan = planned([...server, many], many);
    assert.equal(plan.kind === 'run' && plan.checks.length, MAX_CHECKS);
    assert.equal(checksOf(plan).at(-1), 'own proxy 10256');
  });

  it('asks the kube-proxy of the node that it turns out to run on', () => {
    const plan = planned(server, service);
    assert.ok(plan.kind === 'run');
    const say = sayProbe((text) => text);
    const placed = onNode(plan, 'worker-1', '192.0.2.1', say);
    assert.deepEqual(
      placed.checks.map(short),
      checksOf(plan).map((check) => (check === 'own proxy 10256' ? 'proxy 192.0.2.1:10256' : check)),
    );
    assert.deepEqual(placed.untested, plan.untested);
    const nowhere = onNode(plan, '', '', say);
    assert.equal(nowhere.checks.length, plan.checks.length - 1);
    assert.deepEqual(nowhere.untested.at(-1), {
      check: 'connect to the health port of kube-proxy (10256) on the node that the test runs on',
      detail: 'The status of the pod that tests names no address of its node.',
    });
  });

  it('leaves kube-proxy alone where no Service is tested', () => {
    const client = caller({ API: 'https://api.example.com/v1' });
    assert.ok(!checksOf(planned([client], client)).includes('own proxy 10256'));
  });
});

describe('arguments', () => {
  it('are words, one for each thing, after the seconds', () => {
    const target = { role: 'host', host: 'a' } as const;
    assert.deepEqual(
      scriptArguments(
        [
          { kind: 'lookup', name: 'web' },
          { kind: 'connect', address: '10.0.0.1', port: 80, target },
          { kind: 'http', url: 'http://[fd00::1]:80/a?b=c', target },
          { kind: 'packets', address: 'fd00::1', target },
        ],
        75,
      ),
      [
        '75',
        'lookup',
        'web',
        'connect',
        '10.0.0.1',
        '80',
        'http',
        'http://[fd00::1]:80/a?b=c',
        'packets',
        'fd00::1',
      ],
    );
  });

  const target = { role: 'host', host: 'a' } as const;
  const hostile = [
    '$(reboot)',
    '`id`',
    '-f/etc/passwd',
    '@8.8.8.8',
    'a b',
    'a;b',
    "a'b",
    'a\nb',
    '',
    '+tcp',
    'a\u0000',
  ];
  for (const word of hostile)
    it(`refuse ${JSON.stringify(word)}`, () => {
      const checks: ProbeCheck[] = [
        { kind: 'lookup', name: word },
        { kind: 'connect', address: word, port: 80, target },
        { kind: 'packets', address: word, target },
        { kind: 'http', url: `http://10.0.0.1:80/${word} `, target },
      ];
      for (const check of checks) {
        assert.equal(isSafe(check), false);
        assert.throws(() => scriptArguments([check], 75));
      }
    });

  it('never plans a hostile word', () => {
    const client = caller({
      A_URL: 'http://ok.example.com/$(id)',
      B_HOST: '$(reboot)',
      C_URL: 'http://-x:80/',
    });
    assert.deepEqual(checksOf(planned([client], client)).slice(2), [
      'lookup ok.example.com',
      'host ok.example.com:80',
    ]);
  });

  it('no cluster text is part of the script', () => {
    assert.doesNotMatch(PROBE_SCRIPT, /\$\{(?!d\/)/);
    assert.doesNotMatch(PROBE_SCRIPT, /eval|sh -c/);
  });
});
