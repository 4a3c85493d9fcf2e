/** What healthy workloads say on a real cluster, and what must not become a finding. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import { assertHealthy, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

function shop(options: Parameters<typeof o.deployment>[1] = {}) {
  const web = o.deployment('web', {
    replicas: 2,
    container: {
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
      livenessProbe: { httpGet: { path: '/live', port: 'http' } },
    },
    ...options,
  });
  const service = o.service('web', { ports: [{ port: 80, targetPort: 'http' }] });
  const slice = o.slice(service, web.pods, [{ name: '', port: 8080, protocol: 'TCP' }]);
  return { web, service, objects: [...web.all, service, slice] as KubeObject[] };
}

const subjects = ({ web, service }: ReturnType<typeof shop>): KubeObject[] => [
  web.deployment,
  web.replicaSet,
  web.pods[0]!,
  service,
  o.namespace('shop'),
  o.node('worker-1'),
];

const NOISE: [name: string, make: (base: ReturnType<typeof shop>) => KubeObject[]][] = [
  ['nothing', () => []],
  [
    'Unhealthy events of the first seconds',
    ({ web }) =>
      web.pods.flatMap((pod) => [
        o.event(
          pod,
          'Unhealthy',
          'Readiness probe failed: dial tcp 10.244.1.7:8080: connect: connection refused',
          { count: 3, age: 60 },
        ),
        o.event(pod, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503', {
          age: 55,
        }),
      ]),
  ],
  [
    'a mount that had to wait for the cache',
    ({ web }) => [
      o.event(
        web.pods[0]!,
        'FailedMount',
        'MountVolume.SetUp failed for volume "kube-api-access-x2x" : failed to sync configmap cache: timed out waiting for the condition',
      ),
    ],
  ],
  [
    'the race of the legacy endpoints controller',
    () => [
      o.event(
        { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } },
        'FailedToCreateEndpoint',
        'Failed to create endpoint for service shop/web: endpoints "web" already exists',
      ),
    ],
  ],
  [
    'one InvalidDiskCapacity of a kubelet start',
    () => [
      o.event(o.node('worker-1'), 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', {
        uid: null,
      }),
    ],
  ],
  [
    'a kubelet on cgroup v1',
    () => [
      o.event(o.node('worker-1'), 'CgroupV1', 'cgroup v1 support is in maintenance mode', { uid: null }),
    ],
  ],
  [
    'events of a pod of the same name that is gone',
    ({ web }) => [
      o.event(web.pods[0]!, 'BackOff', 'Back-off restarting failed container', { uid: 'another' }),
    ],
  ],
  [
    'completed pods of a Job that the Service also selects',
    () => {
      const job = o.workload('Job', 'migrate', {
        podOptions: () => ({
          labels: { app: 'web' },
          status: { phase: 'Succeeded', conditions: [o.condition('Ready', 'False', 'PodCompleted')] },
          states: { app: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } } },
        }),
        status: { conditions: [o.condition('Complete', 'True')] },
      });
      return job.all;
    },
  ],
  [
    'an evicted pod that its ReplicaSet has replaced',
    ({ web }) => [
      o.pod('web-abc-old', {
        owner: web.replicaSet,
        labels: { app: 'web' },
        status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      }),
    ],
  ],
  [
    'a workload that is scaled to zero, and nobody asks for it',
    () => o.deployment('batch', { replicas: 0 }).all,
  ],
  [
    'a policy that admits only some clients',
    () => [
      o.policy('web', {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: {} }] }],
      }),
    ],
  ],
  [
    'an egress policy without DNS in front of pods that look nothing up',
    () => [o.policy('deny', { podSelector: {}, policyTypes: ['Egress'] })],
  ],
  [
    'an autoscaler at its floor',
    () => [
      o.object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 2,
          maxReplicas: 5,
        },
        status: {
          conditions: [
            o.condition('ScalingActive', 'True'),
            o.condition('ScalingLimited', 'True', 'TooFewReplicas'),
          ],
        },
      }),
    ],
  ],
  [
    'a claim that waits for its first consumer, and has none',
    () => [
      o.object('v1', 'PersistentVolumeClaim', 'later', {
        spec: { storageClassName: 'local' },
        status: { phase: 'Pending' },
      }),
      o.object(
        'storage.k8s.io/v1',
        'StorageClass',
        'local',
        { volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'x' },
        '',
      ),
    ],
  ],
  [
    'a probe that asks over a policy: the node always reaches its pods',
    ({ web }) => [
      o.policy('deny-all', { podSelector: {}, policyTypes: ['Ingress'] }),
      o.event(web.pods[0]!, 'Unhealthy', 'Readiness probe failed: context deadline exceeded', { age: 900 }),
    ],
  ],
];

for (const [name, make] of NOISE)
  test(`healthy: ${name}`, () => {
    const base = shop();
    const objects = [...base.objects, ...make(base)];
    for (const subject of subjects(base)) {
      const report = run(objects, subject);
      assert.deepEqual(
        report.rootCauses.map(({ id, message }) => `${subject.kind}: ${id}: ${message}`),
        [],
      );
      assertHealthy(report);
    }
  });

const restarted = (finished: number, restarts: number, exitCode = 1) => ({
  ready: true,
  restartCount: restarts,
  lastState: {
    terminated: { exitCode, reason: 'Error', finishedAt: o.ago(finished), startedAt: o.ago(finished + 60) },
  },
});

test('healthy: a restart of three days ago, and one of this morning', () => {
  for (const [finished, restarts] of [
    [3 * o.DAY, 7],
    [2 * o.HOUR, 1],
    [20 * 60, 2],
  ] as const) {
    const base = shop({ podOptions: () => ({ states: { app: restarted(finished, restarts, 137) } }) });
    assertHealthy(run(base.objects, base.web.deployment));
    assert.ok(run(base.objects, base.web.deployment).healthy.some((line) => line.startsWith('The last of ')));
  }
});

test('healthy: a container that had to wait for its dependency, and outlives its former life', () => {
  const lastState = {
    terminated: { exitCode: 1, reason: 'Error', startedAt: o.ago(47), finishedAt: o.ago(46) },
  };
  const state = (age: number) => ({ running: { startedAt: o.ago(age) } });
  const steady = shop({
    podOptions: () => ({ states: { app: { restartCount: 2, state: state(17), lastState } } }),
  });
  assertHealthy(run(steady.objects, steady.web.deployment));
  const fresh = shop({
    podOptions: () => ({ states: { app: { restartCount: 2, state: state(4), lastState } } }),
  });
  assert.deepEqual(
    run(fresh.objects, fresh.web.deployment).rootCauses.map(({ id }) => id),
    ['exit-1-app-error'],
  );
});

test('a container that ended two minutes ago for the fifth time is not healthy', () => {
  const base = shop({ podOptions: () => ({ states: { app: restarted(120, 5) } }) });
  assert.deepEqual(
    run(base.objects, base.web.deployment).rootCauses.map(({ id }) => id),
    ['exit-1-app-error'],
  );
});

test('healthy: a pod that was created two seconds ago', () => {
  const base = shop({
    age: 2,
    podOptions: () => ({
      age: 2,
      states: { app: o.waiting('ContainerCreating') },
      status: { phase: 'Pending' },
    }),
  });
  const { rootCauses } = run(base.objects.slice(0, 4), base.web.deployment);
  assert.deepEqual(rootCauses, []);
});

test('healthy: a pod that is asked to go and goes in time', () => {
  const base = shop();
  const going = o.pod('web-abc-9', {
    owner: base.web.replicaSet,
    labels: { app: 'web' },
    deletion: o.ago(-20),
    ready: false,
  });
  assertHealthy(run([...base.objects, going], base.web.deployment));
});

test('healthy: a completed Job, a Job with a failed attempt that went well later', () => {
  const failed = o.pod('migrate-1', {
    labels: { app: 'migrate' },
    status: { phase: 'Failed' },
    states: {
      app: { ready: false, state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: o.ago(600) } } },
    },
  });
  const job = o.workload('Job', 'migrate', {
    podOptions: () => ({
      status: { phase: 'Succeeded' },
      states: {
        app: {
          ready: false,
          state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: o.ago(60) } },
        },
      },
    }),
    status: { conditions: [o.condition('Complete', 'True')] },
  });
  failed.metadata.ownerReferences = job.pods[0]!.metadata.ownerReferences!;
  const report = run([...job.all, failed], job.top);
  assertHealthy(report);
  assert.ok(report.healthy.includes('Job migrate has completed.'));
});

test('a pod that outgrew its own limit a minute ago is not history: its successor will do the same', () => {
  const evicted = (message: string) => {
    const base = shop();
    const pod = o.pod('web-abc-old', {
      owner: base.web.replicaSet,
      labels: { app: 'web' },
      age: 90,
      status: { phase: 'Failed', reason: 'Evicted', message },
    });
    return run([...base.objects, pod], base.web.deployment).rootCauses.map(({ id }) => id);
  };
  assert.deepEqual(evicted('Usage of EmptyDir volume "tmp" exceeds the limit "16Mi". '), [
    'pod-emptydir-limit-exceeded',
  ]);
  assert.deepEqual(evicted('The node was low on resource: memory. '), []);
});

test('an evicted application that ends with 0 reads Succeeded; the event tells', () => {
  const base = shop();
  const pod = o.pod('web-abc-old', {
    owner: base.web.replicaSet,
    labels: { app: 'web' },
    age: 90,
    ready: false,
    status: { phase: 'Succeeded' },
    states: {
      app: {
        ready: false,
        state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: o.ago(20) } },
      },
    },
  });
  const evicted = o.event(pod, 'Evicted', 'Usage of EmptyDir volume "tmp" exceeds the limit "16Mi". ');
  assert.deepEqual(
    run([...base.objects, pod, evicted], base.web.deployment).rootCauses.map(({ id }) => id),
    ['pod-emptydir-limit-exceeded'],
  );
  assertHealthy(run([...base.objects, pod], base.web.deployment));
});

test('healthy: a native sidecar that runs beside its container', () => {
  const base = shop({
    spec: {
      initContainers: [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }],
      containers: [{ name: 'app', image: 'a:1', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
  });
  assertHealthy(run(base.objects, base.web.deployment));
});

test('healthy: a deployment scaled to zero that nobody waits for', () => {
  const batch = o.deployment('batch', { replicas: 0 });
  const report = run(batch.all, batch.deployment);
  assertHealthy(report);
  assert.deepEqual(report.healthy, ['Deployment batch has no pods and asks for none.']);
});

test('a healthy answer says what was looked at', () => {
  const base = shop();
  const report = run(base.objects, base.service);
  assert.deepEqual(report.healthy, [
    '2 of 2 pods are ready.',
    'Node worker-1 is ready.',
    'Service web has ready endpoints (2).',
  ]);
  assert.ok(report.steps.every(({ outcome }) => outcome === 'passed'));
});
