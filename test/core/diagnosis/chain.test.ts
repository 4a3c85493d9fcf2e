import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import { assertVerdict, chain, ids, roots, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const ingress = (name: string, service: string): KubeObject =>
  o.object('networking.k8s.io/v1', 'Ingress', name, {
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: service, port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
  });
const ingressClass = o.object('networking.k8s.io/v1', 'IngressClass', 'nginx', {}, '');

/** checkout asks ledger for its readiness; a policy lets it look no name up. */
function dnsBlocked(ports: { port: number; protocol?: string }[] | undefined = undefined) {
  const checkout = o.deployment('checkout', {
    replicas: 2,
    container: {
      env: [{ name: 'LEDGER_URL', value: 'http://ledger:80/health' }],
      ports: [{ containerPort: 8080 }],
      readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
    },
    podOptions: () => ({ states: { app: o.unready() } }),
  });
  const ledger = o.deployment('ledger', { container: { ports: [{ containerPort: 8080 }] } });
  const front = o.service('checkout');
  const back = o.service('ledger', { clusterIP: '10.96.7.7' });
  const egress = o.policy('checkout-egress', {
    podSelector: { matchLabels: { app: 'checkout' } },
    policyTypes: ['Egress'],
    egress: [
      { to: [{ podSelector: { matchLabels: { app: 'ledger' } } }], ports: [{ port: 8080 }] },
      ...(ports ? [{ ports }] : []),
    ],
  });
  const objects = [
    ...checkout.all,
    ...ledger.all,
    front,
    back,
    o.slice(front, checkout.pods),
    o.slice(back, ledger.pods),
    egress,
    ingress('shop', 'checkout'),
    ingressClass,
    ...checkout.pods.map((pod) =>
      o.event(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
        count: 40,
      }),
    ),
  ];
  const logs = checkout.pods.map((pod) =>
    o.logOf(
      pod,
      'listening on :8080\nledger: Get "http://ledger:80/health": dial tcp: lookup ledger: i/o timeout\n',
    ),
  );
  return { objects, logs, checkout, front, ledger };
}

const CHAIN = [
  'readiness-http-status',
  'pod-running-not-ready',
  'service-no-ready-endpoints',
  'ingress-backend-no-endpoints',
];

test('policy blocks DNS, lookups time out, readiness fails, the Service is empty, the Ingress answers 503', () => {
  const { objects, logs, checkout, front } = dnsBlocked();
  const shop = objects.find(({ kind }) => kind === 'Ingress') as KubeObject;
  for (const subject of [checkout.deployment, checkout.pods[0]!, front, shop]) {
    const report = run(objects, subject, { logs });
    assertVerdict(
      report,
      'netpol-egress-dns-blocked NetworkPolicy/shop/checkout-egress spec.egress',
      'NetworkPolicy checkout-egress does not let Deployment checkout reach the cluster DNS on UDP port 53: every lookup times out.',
    );
    assert.deepEqual(ids(report), ['netpol-egress-dns-blocked'], subject.kind);
    assert.deepEqual([...chain(report)].sort(), [...CHAIN].sort(), subject.kind);
    assert.ok(
      report.consequences.every(
        ({ causedBy, rootCause }) => causedBy === report.rootCauses[0]?.id && rootCause === 0,
      ),
    );
    assert.equal(chain(report).at(-1), 'ingress-backend-no-endpoints', 'the chain ends at the user');
    assert.ok(report.rootCauses[0]?.evidence.some(({ text }) => text.includes('lookup ledger: i/o timeout')));
  }
});

test('port 53 without a protocol opens TCP only', () => {
  const { objects, logs, checkout } = dnsBlocked([{ port: 53 }]);
  const report = run(objects, checkout.deployment, { logs });
  assertVerdict(
    report,
    'netpol-port-protocol-default NetworkPolicy/shop/checkout-egress spec.egress[1].ports[0]',
  );
  assert.deepEqual(ids(report), ['netpol-port-protocol-default']);
});

test('UDP and TCP 53 open: the policy is not to blame', () => {
  const { objects, logs, checkout } = dnsBlocked([
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ]);
  const report = run(objects, checkout.deployment, { logs });
  assert.deepEqual(ids(report), ['readiness-http-status']);
});

test('UDP 53 alone is a remark while lookups work', () => {
  const { objects, checkout } = dnsBlocked([{ port: 53, protocol: 'UDP' }]);
  const report = run(objects, checkout.deployment);
  assert.deepEqual(ids(report), ['readiness-http-status']);
  assert.deepEqual(
    report.alsoSeen.map(({ id }) => id),
    ['netpol-dns-tcp-blocked'],
  );
});

test('a pod waits for a Service whose pods cannot pull their image', () => {
  const checkout = o.deployment('checkout', {
    container: {
      env: [{ name: 'LEDGER_URL', value: 'http://ledger' }],
      readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
    },
    podOptions: () => ({ states: { app: o.unready() } }),
  });
  const ledger = o.deployment('ledger', {
    podOptions: () => ({
      states: {
        app: o.waiting('ImagePullBackOff', 'Back-off pulling image "shop/ledger:1": ErrImagePull: not found'),
      },
      status: { phase: 'Pending' },
    }),
  });
  const back = o.service('ledger', { clusterIP: '10.96.7.7' });
  const front = o.service('checkout');
  const objects = [
    ...checkout.all,
    ...ledger.all,
    front,
    back,
    o.slice(front, checkout.pods),
    o.slice(back, ledger.pods),
    o.event(checkout.pods[0]!, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
  ];
  const logs = [
    o.logOf(checkout.pods[0]!, 'Get "http://ledger": dial tcp 10.96.7.7:80: connect: connection refused'),
  ];
  const report = run(objects, checkout.deployment, { logs });
  assertVerdict(report, 'image-not-found Deployment/shop/ledger spec.template.spec.containers[0].image');
  assert.deepEqual(ids(report), ['image-not-found']);
  assert.deepEqual(chain(report), [
    'service-no-ready-endpoints',
    'probe-depends-on-remote',
    'readiness-http-status',
    'pod-running-not-ready',
    'service-no-ready-endpoints',
  ]);
});

test('two independent causes stay two', () => {
  const web = o.deployment('web', {
    container: { resources: { limits: { memory: '64Mi' } } },
    podOptions: () => ({ states: { app: o.crashed(137, 'OOMKilled') } }),
  });
  const service = o.service('web', { ports: [{ port: 80, targetPort: 'http' }] });
  const report = run([...web.all, service, o.slice(service, web.pods, [])], service);
  assert.deepEqual(roots(report), [
    'oom-killed-main Deployment/shop/web spec.template.spec.containers[0].resources.limits.memory',
    'service-named-target-port-unresolved Service/shop/web spec.ports[0].targetPort',
  ]);
});

test('a lost node explains what its pods say', () => {
  const message = 'Kubelet stopped posting node status.';
  const lost = o.node('worker-1', {
    status: { conditions: [o.condition('Ready', 'Unknown', 'NodeStatusUnknown', message)] },
  });
  // The node controller flips the pod's condition; the container keeps its own flag.
  const web = o.deployment('web', { podOptions: () => ({ ready: false, states: { app: { ready: true } } }) });
  const service = o.service('web');
  const report = run([...web.all, service, o.slice(service, web.pods), lost], service);
  assertVerdict(report, 'node-not-ready-kubelet-silent Node/worker-1 status.conditions[0]');
  assert.deepEqual(ids(report), ['node-not-ready-kubelet-silent']);
  assert.deepEqual(chain(report), ['pod-running-not-ready', 'service-no-ready-endpoints']);
});

const pressure = (...conditions: ReturnType<typeof o.condition>[]): KubeObject =>
  o.node('worker-1', {
    status: { conditions: [...conditions, o.condition('Ready', 'True', 'KubeletReady')] },
  });

test('two unrelated workloads fail on a node under pressure: the node wins', () => {
  const sick = pressure(
    o.condition('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'),
  );
  const broken = () => ({ states: { app: o.crashed(1) } });
  const a = o.deployment('a', { podOptions: broken });
  const b = o.deployment('b', { podOptions: broken });
  const both = run([sick, ...a.all, ...b.all], a.deployment);
  assert.deepEqual(ids(both), ['node-disk-pressure']);
  assert.deepEqual(chain(both), ['exit-1-app-error', 'crash-loop-backoff']);
  const alone = run([sick, ...a.all], a.deployment);
  assert.deepEqual(ids(alone), ['exit-1-app-error']);
});

test('what the owner was refused comes beside what its other pods suffer from', () => {
  const web = o.deployment('web', {
    replicas: 2,
    pods: 1,
    podOptions: () => ({ states: { app: o.crashed(137, 'OOMKilled') } }),
  });
  const refused = o.event(
    web.replicaSet,
    'FailedCreate',
    'Error creating: pods "web-abc-" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
  );
  assert.deepEqual(ids(run([...web.all, refused], web.deployment)).sort(), [
    'oom-killed-main',
    'resource-quota-exceeded',
  ]);
});

test('a missing claim explains the pod that waits for it, and the claim is the verdict on both', () => {
  const claim = o.object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { storageClassName: 'fats' },
    status: { phase: 'Pending' },
  });
  const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
  const message = '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
  const web = o.deployment('web', {
    spec,
    podOptions: () => ({
      node: null,
      status: {
        phase: 'Pending',
        conditions: [o.condition('PodScheduled', 'False', 'Unschedulable', message)],
      },
    }),
  });
  const fast = o.object('storage.k8s.io/v1', 'StorageClass', 'fast', { provisioner: 'x' }, '');
  for (const subject of [web.deployment, claim]) {
    const report = run([...web.all, claim, fast], subject);
    assert.deepEqual(ids(report), ['storage-class-missing'], subject.kind);
    assert.deepEqual(chain(report), ['unbound-immediate-pvc'], subject.kind);
  }
});

test('an autoscaler without metrics leads to the API that is down', () => {
  const web = o.deployment('web');
  const hpa = o.object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
    status: {
      conditions: [o.condition('ScalingActive', 'False', 'FailedGetResourceMetric', 'no metrics returned')],
    },
  });
  const api = o.object(
    'apiregistration.k8s.io/v1',
    'APIService',
    'v1beta1.metrics.k8s.io',
    { status: { conditions: [o.condition('Available', 'False', 'MissingEndpoints', 'no addresses')] } },
    '',
  );
  const report = run([...web.all, hpa, api], hpa);
  assert.deepEqual(ids(report), ['apiservice-unavailable']);
  assert.deepEqual(chain(report), ['hpa-no-metrics']);
});

test('a failed run of a CronJob is history once a later one has completed', () => {
  const cron = o.object('batch/v1', 'CronJob', 'nightly', { spec: { schedule: '0 3 * * *' } });
  const runOf = (name: string, age: number, condition: ReturnType<typeof o.condition>, exit: number) => {
    const made = o.workload('Job', name, {
      age,
      status: { conditions: [condition] },
      podOptions: () => ({
        ready: false,
        status: { phase: exit === 0 ? 'Succeeded' : 'Failed' },
        states: {
          app: { ready: false, state: { terminated: { exitCode: exit, finishedAt: o.ago(age - 60) } } },
        },
      }),
    });
    made.top.metadata.ownerReferences = [
      { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: cron.metadata.uid ?? '' },
    ];
    return made;
  };
  const failed = runOf('nightly-1', 2 * o.DAY, o.condition('Failed', 'True', 'BackoffLimitExceeded'), 1);
  const good = runOf('nightly-2', o.DAY, o.condition('Complete', 'True'), 0);
  assert.deepEqual(ids(run([cron, ...failed.all, ...good.all], cron)), []);
  assert.deepEqual(ids(run([cron, ...failed.all], cron)), ['exit-1-app-error']);
  assert.deepEqual(ids(run([cron, ...failed.all, ...good.all], failed.top)), ['exit-1-app-error']);
});
