/** A pod in its first seconds: what it waits for and when to ask again, and real early failures that stay findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headline } from '../../../server/src/core/diagnosis/headline.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import type { Container, ContainerStatus, PodSpec } from '../../../server/src/core/kube/types.ts';
import { chain, ids, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

interface Young {
  age: number;
  container?: Container;
  spec?: PodSpec;
  states?: Record<string, Partial<ContainerStatus>>;
  phase?: string;
  node?: string | null;
  events?: (pod: KubeObject) => KubeObject[];
  logs?: string;
  /** No Service in front of it. */
  isAlone?: boolean;
}

function young({ age, container, spec, states, phase, node, events, logs, isAlone }: Young): DiagnosisReport {
  const web = o.deployment('web', {
    age,
    ...(container ? { container } : {}),
    ...(spec ? { spec } : {}),
    podOptions: () => ({
      age,
      ready: false,
      ...(node === undefined ? {} : { node }),
      ...(states ? { states } : {}),
      ...(phase ? { status: { phase } } : {}),
    }),
  });
  const [pod] = web.pods;
  assert.ok(pod);
  const service = o.service('web');
  const front = isAlone ? [] : [service, o.slice(service, web.pods)];
  const objects = [...web.all, ...front, ...(events?.(pod) ?? [])];
  return run(objects, pod, logs === undefined ? {} : { logs: [o.logOf(pod, logs)] });
}

const first = ({ notChecked }: DiagnosisReport) =>
  notChecked.find(({ check }) => check.startsWith('State of'));
const say = (template: string): string => template;
const step = ({ steps }: DiagnosisReport, wanted: string) =>
  steps.find((each) => each.step === wanted)?.outcome;

const pulling = (pod: KubeObject, age: number, reason = 'Pulling'): KubeObject => {
  const event = o.event(pod, reason, 'Pulling image "shop/web:1"', { type: 'Normal', age });
  event.involvedObject = { ...event.involvedObject, fieldPath: 'spec.containers{app}' };
  return event;
};
const probe = (period: number, threshold: number, delay = 0) => ({
  httpGet: { path: '/', port: 8080 },
  periodSeconds: period,
  failureThreshold: threshold,
  ...(delay ? { initialDelaySeconds: delay } : {}),
});
const refused = (pod: KubeObject): KubeObject[] => [
  o.event(pod, 'Unhealthy', 'Readiness probe failed: dial tcp 10.244.1.7:8080: connect: connection refused', {
    age: 1,
  }),
];

const WAITS: [name: string, pod: Young, says: RegExp, askAgainAt: string | undefined][] = [
  [
    'no node yet',
    { age: 3, node: null },
    /waits for the scheduler.*2026-11-24T12:00:27Z on \(in 27 s\)/,
    '2026-11-24T12:00:27Z',
  ],
  [
    'volumes and network',
    { age: 4, phase: 'Pending', states: { app: o.waiting('ContainerCreating') } },
    /container app has waited 4 s for the volumes and the network/,
    '2026-11-24T12:00:30Z',
  ],
  [
    'an image on its way',
    {
      age: 20,
      phase: 'Pending',
      states: { app: o.waiting('ContainerCreating') },
      events: (pod) => [pulling(pod, 18)],
    },
    /image shop\/web:1 of container app has been pulled for 18 s/,
    '2026-11-24T12:00:30Z',
  ],
  [
    'the second init container of three',
    {
      age: 20,
      phase: 'Pending',
      spec: {
        initContainers: [
          { name: 'fetch', image: 'i' },
          { name: 'migrate', image: 'i' },
          { name: 'seed', image: 'i' },
        ],
        containers: [{ name: 'app', image: 'a' }],
      },
      states: {
        fetch: { ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
        migrate: { ready: false, state: { running: { startedAt: o.ago(12) } } },
        seed: o.waiting('PodInitializing'),
        app: o.waiting('PodInitializing'),
      },
    },
    /init container migrate \(2 of 3\) has been running for 12 s/,
    '2026-11-24T12:00:30Z',
  ],
  [
    'a startup probe with tries left',
    {
      age: 40,
      container: { startupProbe: probe(5, 30, 10) },
      states: { app: { ready: false, started: false, state: { running: { startedAt: o.ago(38) } } } },
    },
    /its startup probe has not passed; it is given 10 s and then 30 tries, one every 5 s/,
    '2026-11-24T12:02:02Z',
  ],
  [
    'a readiness probe that was refused once, with tries left',
    {
      age: 8,
      container: { readinessProbe: probe(10, 3, 5) },
      states: { app: o.unready(7) },
      events: refused,
    },
    /its readiness probe has not passed; it is given 5 s and then 3 tries, one every 10 s/,
    '2026-11-24T12:00:28Z',
  ],
];

for (const [name, pod, says, askAgainAt] of WAITS)
  test(`still starting: ${name}`, () => {
    const report = young(pod);
    assert.deepEqual([...ids(report), ...chain(report)], []);
    const note = first(report);
    assert.equal(note?.reason, 'still-starting');
    assert.match(note.detail, says);
    assert.equal(note.askAgainAt, askAgainAt);
    assert.match(headline(report, say), /^Nothing can be said yet: .*2026-11-24T12:0\d:\d\dZ\.$/);
    assert.doesNotMatch(note.detail, /\{\w+\}|undefined|NaN/);
    assert.notEqual(step(report, 'probes'), 'passed');
  });

test('steps that were not tried are not passed', () => {
  const report = young({ age: 4, phase: 'Pending', states: { app: o.waiting('ContainerCreating') } });
  assert.equal(step(report, 'scheduled'), 'passed');
  for (const later of ['volumes', 'sandbox', 'image', 'configured', 'started', 'running', 'probes'])
    assert.equal(step(report, later), 'not-reached', later);
});

const EARLY: [name: string, pod: Young, id: string][] = [
  [
    'an image that is not there',
    {
      age: 3,
      phase: 'Pending',
      states: {
        app: o.waiting('ErrImagePull', 'failed to resolve image: registry.shop/web:1: not found'),
      },
    },
    'image-not-found',
  ],
  [
    'a ConfigMap that is missing',
    {
      age: 3,
      phase: 'Pending',
      states: { app: o.waiting('CreateContainerConfigError', 'configmap "settings" not found') },
    },
    'configmap-missing-env',
  ],
  [
    'a probe of a port on which the application, by its own word, does not listen',
    {
      age: 8,
      container: { readinessProbe: probe(10, 3) },
      states: { app: o.unready(7) },
      events: refused,
      logs: 'listening on :9090\n',
    },
    'readiness-connection-refused',
  ],
  [
    'a container that has ended once',
    { age: 6, states: { app: { ...o.crashed(1, 'Error', { restarts: 1, finished: 2 }) } } },
    'exit-1-app-error',
  ],
];

for (const [name, pod, id] of EARLY)
  test(`an early failure is told at once: ${name}`, () => {
    const report = young(pod);
    assert.equal(ids(report)[0], id);
    assert.equal(first(report), undefined);
  });

test('when the tries are used up, the same pod has a verdict', () => {
  const report = young({
    age: 60,
    container: { readinessProbe: probe(10, 3, 5) },
    states: { app: o.unready(58) },
    events: refused,
  });
  assert.equal(ids(report)[0], 'readiness-connection-refused');
  assert.equal(first(report), undefined);
});

test('a pod that stands still for long and has no known cause is not "nothing wrong"', () => {
  const stuck: Young = { age: 1200, phase: 'Pending', states: { app: o.waiting('ContainerCreating') } };
  // The Service in front of it is a consequence, and no explanation.
  assert.deepEqual(ids(young(stuck)), ['service-no-ready-endpoints']);
  assert.equal(first(young(stuck))?.reason, 'unexplained');
  const report = young({ ...stuck, isAlone: true });
  assert.deepEqual(ids(report), []);
  assert.equal(first(report)?.reason, 'unexplained');
  assert.match(headline(report, say), /^No cause found/);
});

test('an image that has been pulled already is not waited for', () => {
  const report = young({
    age: 20,
    phase: 'Pending',
    states: { app: o.waiting('ContainerCreating') },
    events: (pod) => [pulling(pod, 18), pulling(pod, 2, 'Pulled')],
  });
  assert.match(first(report)?.detail ?? '', /volumes and the network/);
});

test('a young pod beside a sick one of the same Deployment does not hide it', () => {
  const web = o.deployment('web', {
    replicas: 2,
    container: { readinessProbe: probe(10, 3) },
    podOptions: (index) =>
      index === 0
        ? { age: 6, ready: false, states: { app: o.unready(6) } }
        : { states: { app: o.unready(900) } },
  });
  const event = refused(web.pods[1] as KubeObject);
  const report = run([...web.all, ...event], web.deployment);
  assert.equal(ids(report)[0], 'readiness-connection-refused');
});
