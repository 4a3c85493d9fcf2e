/** The engine around the modes: guards, gaps, missing subjects, steps, hostile names, same input same output. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../../server/src/core/diagnosis/diagnose.ts';
import type { FailureMode } from '../../../server/src/core/diagnosis/mode.ts';
import { MODES } from '../../../server/src/core/diagnosis/modes/index.ts';
import { indexObserved } from '../../../server/src/core/diagnosis/observedIndex.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import { frame, ids, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const crash = () => o.deployment('web', { podOptions: () => ({ states: { app: o.crashed(1) } }) });
const steps = ({ steps: all }: DiagnosisReport): Record<string, string> =>
  Object.fromEntries(all.map(({ step, outcome }) => [step, outcome]));

test('a mode that throws silences only itself', () => {
  const web = crash();
  const broken: FailureMode = {
    ...(MODES[0] as FailureMode),
    id: 'broken',
    detect: () => {
      throw new Error('out of luck');
    },
  };
  const report = diagnose(o.observed([...web.all, ...frame()]), o.subjectOf(web.deployment), {
    modes: [broken, ...MODES],
  });
  assert.deepEqual(ids(report), ['exit-1-app-error']);
  const note = report.notChecked.find(({ reason }) => reason === 'not-evaluated');
  assert.equal(note?.check, 'Failure mode broken');
  assert.equal(note?.detail, 'The check itself failed: out of luck');
});

test('what a mode had reported before it threw does not count', () => {
  const web = o.deployment('web');
  const half: FailureMode = {
    ...(MODES[0] as FailureMode),
    id: 'half',
    detect: (scene, { report }) => {
      report('refused', scene.object!, { evidence: [] });
      throw new Error('late');
    },
  };
  const report = diagnose(o.observed([...web.all]), o.subjectOf(web.deployment), { modes: [half] });
  assert.deepEqual(ids(report), []);
});

test('a subject that does not exist is an answer, with a name that is near', () => {
  const report = run(o.deployment('checkout').all, {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'chekout',
  });
  assert.equal(report.rootCauses[0]?.id, 'orphaned-or-wrong-context');
  assert.equal(
    report.rootCauses[0]?.message,
    'Deployment chekout does not exist in namespace shop; checkout does.',
  );
  assert.equal(steps(report).exists, 'failed');
});

test('a subject in another namespace is found there', () => {
  const report = run(o.deployment('checkout', { namespace: 'pay' }).all, {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'checkout',
  });
  assert.equal(
    report.rootCauses[0]?.message,
    'Deployment checkout does not exist in namespace shop; there is one in pay.',
  );
});

test('a kind that was not read is not checked, never missing', () => {
  const report = run(
    [],
    { kind: 'CronJob', namespace: 'shop', name: 'nightly' },
    {
      gaps: [{ kind: 'CronJob', namespace: 'shop', reason: 'forbidden', detail: 'needs list cronjobs' }],
    },
  );
  assert.deepEqual(report.rootCauses, []);
  assert.deepEqual(report.notChecked, [
    { check: 'CronJob nightly: this kind was not read.', reason: 'forbidden', detail: 'needs list cronjobs' },
  ]);
  assert.ok(report.steps.every(({ outcome }) => outcome === 'not-checked'));
});

test('gaps near the subject are told, those of other namespaces are not', () => {
  const web = o.deployment('web');
  const report = run(web.all, web.deployment, {
    gaps: [
      { kind: 'NetworkPolicy', namespace: 'shop', reason: 'forbidden', detail: 'needs list networkpolicies' },
      { kind: 'Pod', namespace: 'other', reason: 'forbidden', detail: 'needs list pods' },
      { kind: 'Node', reason: 'timed-out', detail: 'no answer for 10 s' },
    ],
  });
  assert.deepEqual(
    report.notChecked.map(({ check, reason }) => `${check}: ${reason}`),
    ['NetworkPolicy in namespace shop: forbidden', 'Node: timed-out'],
  );
  assert.equal(steps(report).policy, 'not-checked');
  assert.equal(steps(report).node, 'not-checked');
  assert.equal(steps(report).scheduled, 'passed');
});

test('what was not read for one reason is told once', () => {
  const web = o.deployment('web');
  const missing = {
    namespace: 'shop',
    reason: 'not-in-snapshot',
    detail: 'namespace shop is missing',
  } as const;
  const report = run(web.all, web.deployment, {
    gaps: [
      { kind: 'NetworkPolicy', ...missing },
      { kind: 'Event', ...missing },
      { kind: 'Job', ...missing, detail: 'needs list jobs' },
    ],
  });
  assert.deepEqual(
    report.notChecked.map(({ check, detail }) => `${check}: ${detail}`),
    [
      'NetworkPolicy, Event in namespace shop: namespace shop is missing',
      'Job in namespace shop: needs list jobs',
    ],
  );
});

test('a policy that was not read is not blamed', () => {
  const client = o.deployment('client', { podOptions: () => ({ states: { app: o.unready() } }) });
  const deny = o.policy('deny', { podSelector: {}, policyTypes: ['Egress'] });
  const log = [o.logOf(client.pods[0]!, 'lookup ledger: i/o timeout')];
  const gaps = [
    {
      kind: 'NetworkPolicy',
      namespace: 'shop',
      reason: 'forbidden' as const,
      detail: 'needs list networkpolicies',
    },
  ];
  assert.deepEqual(ids(run([...client.all, deny], client.deployment, { logs: log })), [
    'netpol-egress-dns-blocked',
  ]);
  assert.deepEqual(ids(run([...client.all, deny], client.deployment, { logs: log, gaps })), [
    'pod-running-not-ready',
  ]);
});

test('an old fault without events says that their evidence has expired', () => {
  const web = o.deployment('web', {
    age: 3 * o.HOUR,
    podOptions: () => ({ age: 3 * o.HOUR, states: { app: o.unready(9000) } }),
  });
  const report = run(web.all, web.deployment);
  assert.deepEqual(
    report.notChecked.map(({ check, reason }) => [check, reason]),
    [
      ['State of pod web-abc-0', 'unexplained'],
      ['Events of Pod web-abc-0', 'evidence-expired'],
    ],
  );
  const young = o.deployment('web', {
    age: 600,
    podOptions: () => ({ age: 600, states: { app: o.unready(500) } }),
  });
  assert.deepEqual(
    run(young.all, young.deployment).notChecked.map(({ reason }) => reason),
    ['unexplained'],
  );
});

test('an exit code without its log is a hint, and the log is named as not checked', () => {
  const web = crash();
  const report = run(web.all, web.deployment, {
    gaps: [{ kind: 'logs', namespace: 'shop', reason: 'forbidden', detail: 'needs get pods/log' }],
  });
  assert.equal(report.rootCauses[0]?.confidence, 'hint');
  assert.ok(
    report.notChecked.some(
      ({ check, detail }) =>
        check === 'Log of container app of pod web-abc-0' && detail === 'needs get pods/log',
    ),
  );
});

test('later steps of a pod that failed early are not reached', () => {
  const web = o.deployment('web', {
    podOptions: () => ({
      states: { app: o.waiting('ImagePullBackOff', 'not found') },
      status: { phase: 'Pending' },
    }),
  });
  const report = run(web.all, web.deployment);
  assert.deepEqual(
    report.steps
      .filter(({ outcome }) => outcome !== 'passed')
      .map(({ step, outcome }) => `${step} ${outcome}`),
    [
      'image failed',
      'configured not-reached',
      'started not-reached',
      'running not-reached',
      'probes not-reached',
    ],
  );
});

test('the first failing init container is the subject, what waits behind it is not', () => {
  const web = o.deployment('web', {
    spec: {
      initContainers: [{ name: 'migrate', image: 'm:1' }],
      containers: [{ name: 'app', image: 'a:1' }],
    },
    podOptions: () => ({
      states: { migrate: o.crashed(1), app: o.waiting('PodInitializing') },
      status: { phase: 'Pending' },
    }),
  });
  const report = run(web.all, web.deployment);
  assert.equal(report.rootCauses[0]?.path, 'spec.template.spec.initContainers[0].image');
  assert.match(
    report.rootCauses[0]?.message ?? '',
    /^Container migrate of Deployment web ends with exit code 1/,
  );
});

test('two pods of one template with one cause are one finding; of two templates they are two', () => {
  const oom = { states: { app: o.crashed(137, 'OOMKilled') } };
  const a = o.deployment('a', { replicas: 3, labels: { tier: 'x' }, podOptions: () => oom });
  const b = o.deployment('b', { labels: { tier: 'x' }, podOptions: () => oom });
  const both = o.service('tier', { selector: { tier: 'x' } });
  const report = run([...a.all, ...b.all, both], both);
  assert.deepEqual(report.rootCauses.map(({ id, object }) => `${id} ${object.name}`).sort(), [
    'oom-killed-main a',
    'oom-killed-main b',
  ]);
});

test('a value that only the pod has is blamed on the pod', () => {
  const web = o.deployment('web', {
    podOptions: () => ({
      spec: { containers: [{ name: 'app', image: 'shop/web:1', resources: { limits: { memory: '16Mi' } } }] },
      states: { app: o.crashed(137, 'OOMKilled') },
    }),
  });
  assert.equal(run(web.all, web.deployment).rootCauses[0]?.object.kind, 'Pod');
});

test('a fault of another workload on the node is no root cause of this one', () => {
  const mine = o.deployment('web');
  const other = o.deployment('other', { podOptions: () => ({ states: { app: o.crashed(1) } }) });
  assert.deepEqual(ids(run([...mine.all, ...other.all], mine.deployment)), []);
});

test('a node is not asked about its pods', () => {
  const web = crash();
  const report = run(web.all, o.node('worker-1'));
  assert.deepEqual(ids(report), []);
  assert.deepEqual(
    report.alsoSeen.map(({ id }) => id),
    ['exit-1-app-error'],
  );
});

test('names that no object of Kubernetes has never reach a command line', () => {
  const evil = o.pod('web; rm -rf ~', { namespace: '$(reboot)', states: { app: o.crashed(1) } });
  const report = run([evil], evil);
  assert.equal(report.rootCauses.length, 1);
  assert.deepEqual(
    report.rootCauses.flatMap(({ commands = [] }) => commands),
    [],
  );
});

test('events of the same name that belong to another object do not count', () => {
  const web = o.deployment('web', { podOptions: () => ({ states: { app: o.unready() } }) });
  const text = 'Readiness probe failed: HTTP probe failed with statuscode: 500';
  const [pod] = web.pods;
  pod!.spec!.containers![0]!.readinessProbe = { httpGet: { port: 8080 } };
  assert.deepEqual(ids(run([...web.all, o.event(pod!, 'Unhealthy', text)], web.deployment)), [
    'readiness-http-status',
  ]);
  assert.deepEqual(
    ids(run([...web.all, o.event(pod!, 'Unhealthy', text, { uid: 'former' })], web.deployment)),
    ['pod-running-not-ready'],
  );
});

test('events.k8s.io and core/v1 events are read alike', () => {
  const web = o.deployment('web', { podOptions: () => ({ states: { app: o.unready() } }) });
  const [pod] = web.pods;
  pod!.spec!.containers![0]!.readinessProbe = { httpGet: { port: 8080 } };
  const {
    involvedObject,
    lastTimestamp: _l,
    firstTimestamp: _f,
    count: _c,
    message,
    ...rest
  } = o.event(pod!, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500');
  const modern = {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject!,
    note: message!,
    eventTime: o.ago(9),
    series: { count: 7, lastObservedTime: o.ago(2) },
  };
  const [finding] = run([...web.all, modern], web.deployment).rootCauses;
  assert.equal(finding?.id, 'readiness-http-status');
  assert.equal(finding?.evidence[0]?.source, 'Event Unhealthy ×7');
  assert.equal(finding?.evidence[0]?.at, o.ago(2));
});

test('one index serves many diagnoses, and the same input gives the same output', () => {
  const web = crash();
  const observed = o.observed([...web.all, ...frame()]);
  const index = indexObserved(observed);
  const before = JSON.stringify(observed);
  const first = diagnose(index, o.subjectOf(web.deployment));
  assert.deepEqual(diagnose(index, o.subjectOf(web.deployment)), first);
  assert.deepEqual(diagnose(observed, o.subjectOf(web.deployment)), first);
  assert.equal(JSON.stringify(observed), before, 'what was observed is not changed');
  assert.deepEqual(JSON.parse(JSON.stringify(first)), first, 'plain JSON');
});

test('messages are translated before their places are filled', () => {
  const web = crash();
  const report = diagnose(o.observed([...web.all, ...frame()]), o.subjectOf(web.deployment), {
    translate: (template) => `«${template}»`,
  });
  assert.match(
    report.rootCauses[0]?.message ?? '',
    /^«Container app of Deployment web ends with exit code 1.*»$/,
  );
  assert.ok(report.healthy.every((line) => line.startsWith('«')));
});

test('half an object is no reason to fail', () => {
  const kinds = [
    'Pod',
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'CronJob',
    'Service',
    'Ingress',
    'Node',
    'PersistentVolumeClaim',
    'HorizontalPodAutoscaler',
    'Namespace',
    'NetworkPolicy',
    'EndpointSlice',
    'PodDisruptionBudget',
    'ConfigMap',
  ];
  const bare = kinds.map((kind) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', ...(kind === 'Node' || kind === 'Namespace' ? {} : { namespace: 'shop' }) },
  }));
  const holes = kinds.map((kind) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'y', namespace: 'shop' },
    spec: {},
    status: { conditions: [] },
  }));
  for (const object of [...bare, ...holes]) {
    const report = run([...bare, ...holes], object as never);
    assert.deepEqual(
      report.notChecked.filter(({ reason }) => reason === 'not-evaluated'),
      [],
      object.kind,
    );
  }
});

test('a clock that is no clock falls back to the newest moment of the objects', () => {
  const web = crash();
  const report = diagnose(o.observed([...web.all], { now: 'whenever' }), o.subjectOf(web.deployment));
  assert.deepEqual(ids(report), ['exit-1-app-error']);
});
