import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NamespaceModel } from '../../server/src/cluster/view/namespaceModel.ts';
import type { KubeObject, OwnerReference } from '../../server/src/core/kube/object.ts';
import { podStatusLine } from '../../server/src/core/kube/podStatus.ts';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../server/src/core/kube/types.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const container = (
  name: string,
  state: ContainerState,
  rest: Partial<ContainerStatus> = {},
): ContainerStatus => ({
  name,
  ready: false,
  restartCount: 0,
  image: 'x',
  state,
  ...rest,
});
const running = { running: { startedAt: ago(600) } };
const waiting = (reason: string) => ({ waiting: { reason } });
const ended = (exitCode: number, reason?: string, signal?: number) => ({
  terminated: {
    exitCode,
    finishedAt: ago(240),
    ...(reason ? { reason } : {}),
    ...(signal ? { signal } : {}),
  },
});

function pod(
  name: string,
  status: PodStatus,
  fields: Partial<Pod> & { owner?: Partial<OwnerReference> } = {},
): Pod {
  const { owner, metadata, spec } = fields;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      creationTimestamp: ago(3600),
      ...(owner
        ? {
            ownerReferences: [
              { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', controller: true, ...owner },
            ],
          }
        : {}),
      ...metadata,
    },
    spec: { nodeName: 'n', containers: [{ name: 'app' }], ...spec },
    status,
  };
}

const ready = { type: 'Ready', status: 'True', lastTransitionTime: ago(600) };
const unready = { type: 'Ready', status: 'False', lastTransitionTime: ago(600) };
const healthy: PodStatus = {
  phase: 'Running',
  conditions: [ready],
  containerStatuses: [container('app', running, { ready: true })],
};

describe('the status of a pod, as kubectl prints it', () => {
  const init = (name: string, restartPolicy?: string) => ({
    name,
    ...(restartPolicy ? { restartPolicy } : {}),
  });
  const TABLE: [what: string, pod: Pod, status: string, ready: string, restarts: number][] = [
    ['running', pod('p', healthy), 'Running', '1/1', 0],
    ['pending', pod('p', { phase: 'Pending' }), 'Pending', '0/1', 0],
    [
      'crash loop',
      pod('p', {
        phase: 'Running',
        containerStatuses: [container('app', waiting('CrashLoopBackOff'), { restartCount: 4 })],
      }),
      'CrashLoopBackOff',
      '0/1',
      4,
    ],
    [
      'ended by signal',
      pod('p', { phase: 'Running', containerStatuses: [container('app', ended(137, undefined, 9))] }),
      'Signal:9',
      '0/1',
      0,
    ],
    [
      'ended with a code',
      pod('p', { phase: 'Running', containerStatuses: [container('app', ended(3))] }),
      'ExitCode:3',
      '0/1',
      0,
    ],
    ['evicted', pod('p', { phase: 'Failed', reason: 'Evicted' }), 'Evicted', '0/1', 0],
    [
      'gated',
      pod('p', {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
      'SchedulingGated',
      '0/1',
      0,
    ],
    [
      'init running',
      pod(
        'p',
        {
          phase: 'Pending',
          initContainerStatuses: [container('a', ended(0)), container('b', running)],
          containerStatuses: [container('app', waiting('PodInitializing'))],
        },
        { spec: { initContainers: [init('a'), init('b')] } },
      ),
      'Init:1/2',
      '0/1',
      0,
    ],
    [
      'init failing',
      pod(
        'p',
        {
          phase: 'Pending',
          initContainerStatuses: [container('a', waiting('CrashLoopBackOff'), { restartCount: 5 })],
        },
        { spec: { initContainers: [init('a')] } },
      ),
      'Init:CrashLoopBackOff',
      '0/1',
      5,
    ],
    [
      'init failed without a reason',
      pod(
        'p',
        { phase: 'Failed', initContainerStatuses: [container('a', ended(2))] },
        { spec: { initContainers: [init('a')] } },
      ),
      'Init:ExitCode:2',
      '0/1',
      0,
    ],
    [
      'with a sidecar',
      pod(
        'p',
        {
          phase: 'Running',
          conditions: [ready, { type: 'Initialized', status: 'True' }],
          initContainerStatuses: [container('s', running, { started: true, ready: true, restartCount: 2 })],
          containerStatuses: [container('app', running, { ready: true, restartCount: 1 })],
        },
        { spec: { initContainers: [init('s', 'Always')], containers: [{ name: 'app' }] } },
      ),
      'Running',
      '2/2',
      3,
    ],
    [
      'one of two completed',
      pod(
        'p',
        {
          phase: 'Running',
          conditions: [unready],
          containerStatuses: [
            container('a', ended(0, 'Completed')),
            container('b', running, { ready: true }),
          ],
        },
        { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      ),
      'NotReady',
      '1/2',
      0,
    ],
    [
      'one failed, one completed',
      pod(
        'p',
        {
          phase: 'Running',
          containerStatuses: [container('a', ended(0, 'Completed')), container('b', ended(1, 'Error'))],
        },
        { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      ),
      'Error',
      '0/2',
      0,
    ],
    [
      'terminating',
      pod('p', healthy, { metadata: { name: 'p', deletionTimestamp: ago(5) } }),
      'Terminating',
      '1/1',
      0,
    ],
    [
      'on a lost node',
      pod('p', { ...healthy, reason: 'NodeLost' }, { metadata: { name: 'p', deletionTimestamp: ago(5) } }),
      'Unknown',
      '1/1',
      0,
    ],
    [
      'completed and deleted',
      pod(
        'p',
        { phase: 'Succeeded', containerStatuses: [container('app', ended(0, 'Completed'))] },
        { metadata: { name: 'p', deletionTimestamp: ago(5) } },
      ),
      'Completed',
      '0/1',
      0,
    ],
  ];
  for (const [what, object, status, count, restarts] of TABLE)
    it(what, () => {
      const line = podStatusLine(object);
      assert.deepEqual([line.status, line.ready, line.restarts], [status, count, restarts]);
    });
});

function modelOf(objects: KubeObject[]): NamespaceModel {
  const model = new NamespaceModel('shop');
  for (const object of objects) model.upsert(object);
  return model;
}

const deployment = (name: string, replicas: number, status: object = {}): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', uid: name },
    spec: { replicas },
    status,
  }) as KubeObject;
const replicaSet = (name: string, owner: string, replicas = 1): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: owner, controller: true }],
    },
    spec: { replicas },
  }) as KubeObject;

const crashing = (restarts: number): PodStatus => ({
  phase: 'Running',
  conditions: [unready],
  containerStatuses: [
    container('app', waiting('CrashLoopBackOff'), { restartCount: restarts, lastState: ended(137) }),
  ],
});

describe('the rows of a namespace', () => {
  it('show workloads, not their ReplicaSets; unhealthy first, then by name', () => {
    const model = modelOf([
      deployment('web', 1, { readyReplicas: 1 }),
      deployment('api', 1, { readyReplicas: 1 }),
      deployment('broken', 2),
      replicaSet('web-1', 'web'),
      replicaSet('api-1', 'api'),
      replicaSet('broken-1', 'broken'),
      pod('web-1-a', healthy, { owner: { name: 'web-1' } }),
      pod('api-1-a', healthy, { owner: { name: 'api-1' } }),
      pod('broken-1-a', crashing(14), { owner: { name: 'broken-1' } }),
      pod('alone', healthy),
    ]);
    const rows = model.workloadRows(NOW);
    assert.deepEqual(
      rows.map(({ ref, health }) => `${ref.kind}/${ref.name} ${health}`),
      ['Deployment/broken failing', 'Pod/alone healthy', 'Deployment/api healthy', 'Deployment/web healthy'],
    );
    assert.deepEqual(
      [rows[0]?.ready, rows[0]?.summary, rows[0]?.pods],
      ['0/2', 'CrashLoopBackOff · 14 restarts, last exit 137 4 min ago', 1],
    );
    const [row] = model.podRows(NOW, rows[0]?.ref);
    assert.deepEqual(
      [row?.status, row?.summary, row?.restarts],
      ['CrashLoopBackOff', '14 restarts, last exit 137 4 min ago', 14],
    );
  });

  it('find the Deployment by the template hash where ReplicaSets may not be read', () => {
    const model = modelOf([
      deployment('web', 1, { readyReplicas: 1 }),
      pod('web-5d-a', healthy, {
        owner: { name: 'web-5d' },
        metadata: {
          name: 'web-5d-a',
          uid: 'a',
          labels: { 'pod-template-hash': '5d' },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', controller: true }],
        },
      }),
    ]);
    assert.deepEqual(
      model.workloadRows(NOW).map(({ ref, pods }) => [ref.kind, ref.name, pods]),
      [['Deployment', 'web', 1]],
    );
  });

  it('show owners that nobody knows by their name', () => {
    const model = modelOf([
      pod('r-0', healthy, { owner: { apiVersion: 'argoproj.io/v1', kind: 'Rollout', name: 'r' } }),
    ]);
    assert.deepEqual(
      model.workloadRows(NOW).map(({ ref, ready }) => [ref.kind, ref.name, ready]),
      [['Rollout', 'r', '1/1']],
    );
  });

  it('put the pods of a CronJob’s Jobs below the CronJob', () => {
    const owner = (kind: string, name: string) => ({ apiVersion: 'batch/v1', kind, name, controller: true });
    const model = modelOf([
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly', namespace: 'shop' },
        spec: { schedule: '0 3 * * *' },
      } as unknown as KubeObject,
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'nightly-1', namespace: 'shop', ownerReferences: [owner('CronJob', 'nightly')] },
        status: { conditions: [{ type: 'Complete', status: 'True' }] },
      } as unknown as KubeObject,
      pod('nightly-1-a', { phase: 'Succeeded' }, { owner: owner('Job', 'nightly-1') }),
    ]);
    assert.deepEqual(
      model.workloadRows(NOW).map(({ ref, health, pods, summary }) => [ref.name, health, pods, summary]),
      [['nightly', 'healthy', 1, '0 3 * * *']],
    );
  });

  it('say what a workload itself says when it has no pods', () => {
    const refused = deployment('web', 2, {
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
      ],
    });
    assert.deepEqual(
      modelOf([refused])
        .workloadRows(NOW)
        .map(({ health, summary }) => [health, summary]),
      [['failing', 'FailedCreate: exceeded quota']],
    );
    assert.equal(modelOf([deployment('off', 0)]).workloadRows(NOW)[0]?.summary, 'scaled to 0');
  });

  it('judge a pod by time: starting, too long, restarted lately, restarted long ago', () => {
    const health = (status: PodStatus, fields?: Parameters<typeof pod>[2]) =>
      modelOf([pod('p', status, fields)]).podRows(NOW)[0]?.health;
    const young = { metadata: { name: 'p', uid: 'p', creationTimestamp: ago(20) } };
    const creating: PodStatus = {
      phase: 'Pending',
      containerStatuses: [container('app', waiting('ContainerCreating'))],
    };
    assert.equal(health(creating, young), 'progressing');
    assert.equal(health(creating), 'failing');
    assert.equal(
      health({ ...healthy, conditions: [{ ...unready, lastTransitionTime: ago(10) }] }),
      'progressing',
    );
    assert.equal(health({ ...healthy, conditions: [unready] }), 'failing');
    const restarted = (seconds: number): PodStatus => ({
      ...healthy,
      containerStatuses: [
        container('app', running, {
          ready: true,
          restartCount: 1,
          lastState: { terminated: { exitCode: 1, finishedAt: ago(seconds) } },
        }),
      ],
    });
    assert.equal(health(restarted(120)), 'warning');
    assert.equal(health(restarted(3600)), 'healthy');
    assert.equal(health({ phase: 'Succeeded' }), 'finished');
    assert.equal(
      health(
        {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes are available' }],
        },
        { spec: { nodeName: '' } },
      ),
      'failing',
    );
  });

  it('quote the newest warning where nothing restarts', () => {
    const event = (message: string, seconds: number): KubeObject =>
      ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: message, namespace: 'shop' },
        type: 'Warning',
        reason: 'Unhealthy',
        message,
        lastTimestamp: ago(seconds),
        involvedObject: { uid: 'p' },
      }) as unknown as KubeObject;
    const model = modelOf([
      pod('p', { ...healthy, conditions: [unready] }),
      event('newest\nline', 5),
      event('older', 500),
    ]);
    assert.equal(model.podRows(NOW)[0]?.summary, 'Unhealthy: newest line');
  });

  it('come page by page; what a new list no longer brings goes at its end', () => {
    const model = modelOf([
      deployment('web', 1),
      deployment('api', 1),
      pod('old', healthy),
      pod('kept', healthy),
    ]);
    const names = () => model.podRows(NOW).map(({ ref }) => ref.name);
    const pods = model.refill('Pod');
    pods.add([pod('new', healthy)]);
    assert.deepEqual(names(), ['kept', 'new', 'old']);
    pods.add([pod('kept', crashing(3))]);
    pods.end();
    assert.deepEqual(names(), ['kept', 'new']);
    const deployments = model.refill('Deployment');
    deployments.add([deployment('api', 1)]);
    deployments.end();
    assert.ok(model.workloadRows(NOW).every(({ ref }) => ref.name !== 'web'));
    model.reset('StatefulSet', []);
    assert.ok(model.workloadRows(NOW).some(({ ref }) => ref.name === 'api'));
  });

  it('follow changes and deletions, and stay small for ten thousand pods', () => {
    const model = modelOf([deployment('web', 10_000)]);
    const status = crashing(1);
    const many = Array.from({ length: 10_000 }, (_, i) =>
      pod(`p-${i}`, i % 2 ? healthy : status, { owner: { kind: 'Deployment', name: 'web' } }),
    );
    const started = performance.now();
    model.reset('Pod', many);
    const [row] = model.workloadRows(NOW);
    assert.ok(performance.now() - started < 1500, `${performance.now() - started} ms`);
    assert.equal(row?.pods, 10_000);
    for (const each of many) model.remove(each);
    assert.equal(model.workloadRows(NOW)[0]?.pods, 0);
  });
});
