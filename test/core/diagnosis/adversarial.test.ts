/** Scenes made to mislead: the verdict has to be the fault that is there now, and no other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observed } from '../../../server/src/core/diagnosis/observed.ts';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import type { Pod } from '../../../server/src/core/kube/types.ts';
import { assertHealthy, chain, ids, roots, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const NOT_FOUND = 'failed to resolve image: registry.shop/web:9: not found';

const only = (pods: readonly Pod[]): Pod => {
  const [pod] = pods;
  assert.ok(pod);
  return pod;
};

describe('two faults at once', () => {
  it('of two containers are both told: neither explains the other', () => {
    const web = o.deployment('web', {
      spec: {
        containers: [
          { name: 'app', image: 'a' },
          { name: 'log', image: 'registry.shop/web:9' },
        ],
      },
      podOptions: () => ({ states: { app: o.crashed(1), log: o.waiting('ErrImagePull', NOT_FOUND) } }),
    });
    assert.deepEqual(ids(run(web.all, web.deployment)).sort(), ['exit-1-app-error', 'image-not-found']);
  });

  it('of two workloads stay with their own', () => {
    const web = o.deployment('web', { podOptions: () => ({ states: { app: o.crashed(1) } }) });
    const api = o.deployment('api', {
      podOptions: () => ({ states: { app: o.waiting('ErrImagePull', NOT_FOUND) } }),
    });
    assert.deepEqual(ids(run([...web.all, ...api.all], web.deployment)), ['exit-1-app-error']);
    assert.deepEqual(ids(run([...web.all, ...api.all], api.deployment)), ['image-not-found']);
    assert.deepEqual(ids(run([...web.all, ...api.all], o.namespace('shop'))).sort(), [
      'exit-1-app-error',
      'image-not-found',
    ]);
  });

  it('a Service of the wrong port beside pods that crash: the crash comes first, the port is told', () => {
    const web = o.deployment('web', {
      container: { ports: [{ name: 'http', containerPort: 8080 }] },
      podOptions: () => ({ states: { app: o.crashed(1) } }),
    });
    const service = o.service('web', { ports: [{ port: 80, targetPort: 'web' }] });
    const found = ids(run([...web.all, service, o.slice(service, web.pods, [])], web.deployment));
    assert.ok(found.includes('exit-1-app-error'));
    assert.ok(found.includes('service-named-target-port-unresolved'));
  });
});

describe('what is over', () => {
  const healed: [name: string, reason: string, message: string][] = [
    ['a pull that failed', 'Failed', `Failed to pull image "registry.shop/web:9": ${NOT_FOUND}`],
    [
      'a mount that failed',
      'FailedMount',
      'MountVolume.SetUp failed for volume "config" : configmap "settings" not found',
    ],
    ['a node that was full', 'FailedScheduling', '0/2 nodes are available: 2 Insufficient cpu.'],
    [
      'a sandbox that failed',
      'FailedCreatePodSandBox',
      'Failed to create pod sandbox: plugin type="calico" failed (add): no IPs available',
    ],
    ['a probe that failed', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500'],
    ['a container that was killed', 'Killing', 'Container app failed liveness probe, will be restarted'],
  ];
  for (const [name, reason, message] of healed)
    it(`${name} some minutes ago, and the pod is ready`, () => {
      const web = o.deployment('web', {
        spec: {
          volumes: [{ name: 'config', configMap: { name: 'settings' } }],
          containers: [{ name: 'app', image: 'registry.shop/web:9' }],
        },
      });
      const event = o.event(only(web.pods), reason, message, { age: 240 });
      const settings = o.object('v1', 'ConfigMap', 'settings');
      for (const subject of [web.deployment, only(web.pods)])
        assertHealthy(run([...web.all, settings, event], subject));
    });

  it('events of a StatefulSet pod that had the name before', () => {
    const db = o.workload('StatefulSet', 'db', { podOptions: () => ({ states: { app: o.crashed(1) } }) });
    const old = o.event(
      only(db.pods),
      'FailedMount',
      'MountVolume.SetUp failed for volume "data" : secret "gone" not found',
      {
        uid: 'the-pod-before',
        age: 5,
      },
    );
    assert.deepEqual(ids(run([...db.all, old], db.top)), ['exit-1-app-error']);
  });

  it('an init container that needed three tries and then completed', () => {
    const web = o.deployment('web', {
      spec: {
        initContainers: [{ name: 'wait', image: 'w' }],
        containers: [{ name: 'app', image: 'a' }],
      },
      podOptions: () => ({
        states: {
          wait: {
            ready: true,
            restartCount: 3,
            state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: o.ago(60) } },
            lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: o.ago(90) } },
          },
        },
      }),
    });
    assertHealthy(run(web.all, web.deployment));
  });

  it('a Job that has completed: its pod is not ready and nothing is wrong', () => {
    const job = o.workload('Job', 'migrate', {
      podOptions: () => ({
        ready: false,
        status: { phase: 'Succeeded', conditions: [o.condition('Ready', 'False', 'PodCompleted')] },
        states: { app: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } } },
      }),
      status: { conditions: [o.condition('Complete', 'True')] },
    });
    for (const subject of [job.top, only(job.pods)]) assertHealthy(run(job.all, subject));
  });
});

describe('what is in between', () => {
  it('a crash loop in the seconds when its container runs', () => {
    const web = o.deployment('web', {
      podOptions: () => ({
        states: {
          app: {
            ready: true,
            restartCount: 6,
            state: { running: { startedAt: o.ago(2) } },
            lastState: {
              terminated: {
                exitCode: 137,
                reason: 'OOMKilled',
                startedAt: o.ago(200),
                finishedAt: o.ago(160),
              },
            },
          },
        },
      }),
    });
    assert.match(ids(run(web.all, web.deployment))[0] ?? '', /^oom-killed/);
  });

  it('a rollout whose new pods fail while the old ones serve', () => {
    const web = o.deployment('web', { replicas: 2 });
    const fresh: KubeObject = {
      ...structuredClone(web.replicaSet),
      metadata: { ...web.replicaSet.metadata, name: 'web-def', uid: 'uid-web-def' },
    };
    const pod = o.pod('web-def-0', {
      owner: fresh,
      labels: { app: 'web', 'pod-template-hash': 'def' },
      age: 200,
      ready: false,
      status: { phase: 'Pending' },
      states: {
        app: o.waiting(
          'ImagePullBackOff',
          `Back-off pulling image "registry.shop/web:9": ErrImagePull: ${NOT_FOUND}`,
        ),
      },
    });
    const service = o.service('web');
    const report = run([...web.all, fresh, pod, service, o.slice(service, web.pods)], web.deployment);
    assert.deepEqual(ids(report), ['image-not-found']);
    assert.ok(!chain(report).includes('service-no-ready-endpoints'));
    // The old pods are asked about for themselves.
    assertHealthy(run([...web.all, fresh, pod, service, o.slice(service, web.pods)], only(web.pods)));
  });
});

describe('policies', () => {
  const world = (allowed: string | number) => {
    const server = o.deployment('ledger', {
      container: { ports: [{ name: 'http-api', containerPort: 8080 }] },
    });
    const client = o.deployment('client', {
      container: { env: [{ name: 'LEDGER_URL', value: 'http://ledger/' }] },
      podOptions: () => ({ states: { app: o.unready(600) } }),
    });
    const service = o.service('ledger', { ports: [{ port: 80, targetPort: 'http-api' }] });
    const policy = o.policy('ledger', {
      podSelector: { matchLabels: { app: 'ledger' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: allowed }] }],
    });
    const objects = [...server.all, ...client.all, service, o.slice(service, server.pods), policy];
    const logs = [o.logOf(only(client.pods), 'dial tcp 10.96.0.26:80: i/o timeout')];
    return { client, objects, extra: { logs } satisfies Partial<Observed> };
  };
  it('name a port as the server pod does', () => {
    const { client, objects, extra } = world('http-api');
    assert.ok(!roots(run(objects, client.deployment, extra)).some((root) => root.startsWith('netpol')));
  });
  it('or by a name that it has not', () => {
    const { client, objects, extra } = world('http');
    assert.match(
      roots(run(objects, client.deployment, extra))[0] ?? '',
      /^netpol-\S+ NetworkPolicy\/shop\/ledger/,
    );
  });
  it('mean the pod port, not that of the Service', () => {
    const { client, objects, extra } = world(80);
    assert.match(roots(run(objects, client.deployment, extra))[0] ?? '', /^netpol-/);
  });
  it('are likely, not certain, where nobody may see which network plugin runs', () => {
    const { client, objects, extra } = world(80);
    const gaps = [
      {
        kind: 'DaemonSet',
        namespace: '*',
        reason: 'forbidden' as const,
        detail: 'needs list daemonsets.apps',
      },
    ];
    const report = run(objects, client.deployment, { ...extra, gaps });
    assert.equal(report.rootCauses[0]?.confidence, 'likely');
    assert.ok(report.notChecked.some(({ check }) => check === 'DaemonSet in other namespaces'));
    assert.equal(run(objects, client.deployment, extra).rootCauses[0]?.confidence, 'certain');
  });
  it('are no matter to a server on the host network', () => {
    const { client, objects, extra } = world('http');
    for (const object of objects)
      if (object.kind === 'Pod' && object.metadata.name?.startsWith('ledger'))
        (object as Pod).spec = { ...(object as Pod).spec, hostNetwork: true };
    assert.ok(!roots(run(objects, client.deployment, extra)).some((root) => root.startsWith('netpol')));
  });
});

describe('Services of other kinds', () => {
  it('headless and without a selector, with endpoints of its own', () => {
    const service = o.service('db', { clusterIP: 'None', selector: {} });
    const outside: KubeObject = {
      ...o.slice(service, []),
      endpoints: [{ addresses: ['192.0.2.7'] }],
    } as KubeObject;
    assertHealthy(run([service, outside], service));
  });

  it('an ExternalName has no endpoints and needs none', () => {
    const service = o.service('db', {
      type: 'ExternalName',
      externalName: 'db.example.com',
      selector: {},
      ports: [],
    });
    assertHealthy(run([service], service));
  });

  it('dual-stack: two slices, and each pod counts once', () => {
    const web = o.deployment('web', { replicas: 2 });
    for (const [index, { status }] of web.pods.entries())
      if (status) status.podIPs = [{ ip: status.podIP ?? '' }, { ip: `fd00::${index + 1}` }];
    const service = o.service('web', { ipFamilies: ['IPv4', 'IPv6'] } as object);
    const four = o.slice(service, web.pods);
    const six = structuredClone(four) as KubeObject & {
      addressType: string;
      endpoints: { addresses: string[] }[];
    };
    six.metadata.name = 'web-x2';
    six.metadata.uid = 'uid-x2';
    six.addressType = 'IPv6';
    six.endpoints.forEach((endpoint, index) => {
      endpoint.addresses = [`fd00::${index + 1}`];
    });
    const report = run([...web.all, service, four, six], service);
    assertHealthy(report);
    assert.ok(report.healthy.includes('Service web has ready endpoints (2).'), report.healthy.join());
  });
});

/** A Deployment of shop whose pods a webhook of namespace guard would have to admit, and does not answer. */
const refused = () => {
  const text =
    'Error creating: Internal error occurred: failed calling webhook "pods.guard.example": failed to call webhook: Post "https://guard.guard.svc:443/admit?timeout=10s": no endpoints available for service "guard"';
  const web = o.deployment('web', { pods: 0, status: { replicas: 0, availableReplicas: 0 } });
  web.replicaSet.status = { replicas: 0 };
  const guard = o.deployment('guard', {
    namespace: 'guard',
    podOptions: () => ({ states: { app: o.crashed(137, 'OOMKilled') } }),
  });
  const service = o.service('guard', {}, 'guard');
  const objects = [
    ...web.all,
    o.event(web.replicaSet, 'FailedCreate', text, { age: 5 }),
    ...guard.all,
    service,
    o.slice(service, guard.pods),
    o.namespace('guard'),
  ];
  return { web, objects };
};

describe('a webhook that is down', () => {
  it('is down for a reason of its own, in its own namespace', () => {
    const { web, objects } = refused();
    const report = run(objects, web.deployment);
    assert.match(roots(report)[0] ?? '', /^oom-killed-\S+ Deployment\/guard\/guard/);
    assert.equal(report.rootCauses.length, 1);
    assert.ok(chain(report).includes('service-no-ready-endpoints'));
    assert.ok(chain(report).includes('admission-webhook-no-endpoints'));
  });

  it('is named itself where its namespace was not read', () => {
    const { web, objects } = refused();
    const own = objects.filter(({ metadata }) => metadata.namespace !== 'guard');
    assert.deepEqual(ids(run(own, web.deployment)), ['admission-webhook-no-endpoints']);
  });
});

describe('nodes', () => {
  const waiting = (message: string, nodeSelector: Record<string, string>) =>
    o.deployment('big', {
      spec: {
        nodeSelector,
        containers: [{ name: 'app', image: 'a', resources: { requests: { cpu: '3' } } }],
      },
      podOptions: () => ({
        node: null,
        status: {
          phase: 'Pending',
          conditions: [o.condition('PodScheduled', 'False', 'Unschedulable', message)],
        },
      }),
    });
  const chosen = { 'kubernetes.io/hostname': 'worker-1' };

  it('many that a pod rules out itself: the one it may go to, and is full, is the matter', () => {
    const big = waiting(
      "0/9 nodes are available: 1 Insufficient cpu, 8 node(s) didn't match Pod's node affinity/selector.",
      chosen,
    );
    assert.deepEqual(ids(run(big.all, big.deployment)), ['insufficient-cpu']);
  });

  it('none that has the labels', () => {
    const text = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
    const big = waiting(text, { disk: 'ssd' });
    assert.deepEqual(ids(run(big.all, big.deployment)), ['node-selector-mismatch']);
  });

  it('a DaemonSet pod on a cordoned node is where it should be', () => {
    const agent = o.workload('DaemonSet', 'agent', {
      status: { desiredNumberScheduled: 1, numberReady: 1 },
      podOptions: () => ({ node: 'worker-1' }),
    });
    const cordoned = o.node('worker-1', {
      spec: {
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
      },
    });
    for (const subject of [agent.top, only(agent.pods)])
      assertHealthy(run([...agent.all, cordoned], subject));
  });
});

describe('clocks and events', () => {
  const failing = () =>
    o.deployment('web', {
      container: { readinessProbe: { httpGet: { path: '/', port: 8080 } } },
      podOptions: () => ({ states: { app: o.unready(300) } }),
    });
  const text = 'Readiness probe failed: dial tcp 10.244.1.7:8080: connect: connection refused';

  it('a node whose clock is ahead: its events are of the future', () => {
    const web = failing();
    const event = o.event(only(web.pods), 'Unhealthy', text, { age: -400 });
    assert.equal(ids(run([...web.all, event], web.deployment))[0], 'readiness-connection-refused');
  });

  it('a node whose clock is behind: what it started seems older than the pod', () => {
    const web = o.deployment('web', {
      age: 30,
      podOptions: () => ({ age: 30, states: { app: o.crashed(1, 'Error', { finished: 900 }) } }),
    });
    assert.equal(ids(run(web.all, web.deployment))[0], 'exit-1-app-error');
  });

  it('an event of the newer API: regarding, note, and a series', () => {
    const big = o.deployment('big', {
      podOptions: () => ({ node: null, status: { phase: 'Pending', conditions: [] } }),
    });
    const { involvedObject, message, firstTimestamp, lastTimestamp, count, ...rest } = o.event(
      only(big.pods),
      'FailedScheduling',
      '0/2 nodes are available: 2 Insufficient memory.',
    );
    assert.ok(firstTimestamp && lastTimestamp && count);
    const event = {
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject,
      note: message,
      eventTime: o.ago(300),
      series: { count: 7, lastObservedTime: o.ago(3) },
    } as KubeObject;
    const report = run([...big.all, event], big.deployment);
    assert.equal(ids(report)[0], 'insufficient-memory');
    assert.match(report.rootCauses[0]?.evidence[0]?.source ?? '', /×7/);
  });

  it('a pod that is just being evicted still reads Running: the event tells', () => {
    const scratch = o.deployment('scratch');
    const text = 'Usage of EmptyDir volume "scratch" exceeds the limit "16Mi". ';
    const event = o.event(only(scratch.pods.slice(0, 1)), 'Evicted', text, { age: 1 });
    assert.deepEqual(ids(run([...scratch.all, event], scratch.deployment)), ['pod-emptydir-limit-exceeded']);
    const old = o.event(only(scratch.pods.slice(0, 1)), 'Evicted', text, { age: 1200 });
    assertHealthy(run([...scratch.all, old], scratch.deployment));
  });

  it('an event that keeps the words of its first time: the condition says what holds now', () => {
    const now = '0/2 nodes are available: 2 Insufficient memory.';
    const conditions = [o.condition('PodScheduled', 'False', 'Unschedulable', now)];
    const big = o.deployment('big', {
      podOptions: () => ({ node: null, status: { phase: 'Pending', conditions } }),
    });
    const first = '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
    const event = o.event(only(big.pods), 'FailedScheduling', first, { count: 5, age: 3 });
    const report = run([...big.all, event], big.deployment);
    assert.deepEqual(ids(report), ['insufficient-memory']);
    assert.deepEqual(
      report.rootCauses[0]?.evidence.map(({ text }) => text).filter((text) => text.startsWith('0/2')),
      [now],
    );
  });

  it('the newest event wins over one that was seen more often', () => {
    const web = failing();
    const pod = only(web.pods);
    const events = [
      o.event(pod, 'Unhealthy', text, { age: 250, count: 40 }),
      o.event(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', { age: 3 }),
    ];
    assert.equal(ids(run([...web.all, ...events], web.deployment))[0], 'readiness-http-status');
  });
});
