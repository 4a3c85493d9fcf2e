/** What a diagnosis reads of a big namespace, a big cluster and of other namespaces, and what it says of the rest. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { collect } from '../../server/src/cluster/collect.ts';
import { diagnose } from '../../server/src/core/diagnosis/diagnose.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { ids } from '../tools/diagnosisRun.ts';
import * as o from '../tools/objects.ts';
import { clientFor, startApi } from './lib/api.ts';
import { objectsApi } from './lib/objectsApi.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function read(
  objects: readonly KubeObject[],
  subject: KubeObject,
  deny?: Parameters<typeof objectsApi>[1],
) {
  const api = await startApi(objectsApi(objects, deny));
  const client = clientFor(api.url);
  cleanups.push(
    () => api.close(),
    () => client.connection.close(),
  );
  const observed = await collect(client, o.subjectOf(subject), { signal: AbortSignal.timeout(20_000) });
  const report = diagnose({ ...observed, now: o.NOW }, o.subjectOf(subject));
  const has = (kind: string, name: string): boolean =>
    observed.objects.some((object) => object.kind === kind && object.metadata.name === name);
  return { seen: api.seen.map(decodeURIComponent), observed, report, has };
}

/** A thousand pods of another workload in the same namespace. */
const crowd = (): KubeObject[] =>
  o.deployment('crowd', { replicas: 1000, podOptions: () => ({ node: 'worker-9' }) }).all;

const frame = (): KubeObject[] => [o.namespace('shop'), o.namespace('kube-system'), o.node('worker-1')];

describe('a namespace of many pods', () => {
  const broken = () => {
    const web = o.deployment('web', { replicas: 3, podOptions: () => ({ states: { app: o.unready(600) } }) });
    const service = o.service('web');
    const [pod] = web.pods;
    assert.ok(pod);
    const event = o.event(pod, 'Unhealthy', 'Readiness probe failed: dial tcp: connect: connection refused');
    return { web, pod, service, all: [...web.all, service, o.slice(service, web.pods), event] };
  };

  it('is read around the subject: its workload, the Service in front, its events', async () => {
    const { web, pod, all } = broken();
    for (const subject of [pod, web.replicaSet, web.deployment, all[5] as KubeObject]) {
      const { observed, report, has } = await read([...all, ...crowd(), ...frame()], subject);
      assert.equal(ids(report)[0], 'readiness-connection-refused', subject.kind);
      assert.ok(report.consequences.some(({ id }) => id === 'service-no-ready-endpoints'));
      assert.ok(has('Deployment', 'web'), 'the owner');
      assert.ok(!has('Pod', 'crowd-abc-1'), 'nobody else');
      assert.deepEqual(
        observed.gaps.map(({ kind }) => kind),
        ['stats'],
      );
    }
  });

  it('gives the same answer as when it is read whole', async () => {
    const { pod, all } = broken();
    const large = await read([...all, ...crowd(), ...frame()], pod);
    const small = await read([...all, ...frame()], pod);
    assert.deepEqual(large.report, small.report);
    assert.ok(large.observed.objects.length <= small.observed.objects.length + 1);
  });

  it('names what the limits leave out', async () => {
    const big = o.deployment('big', { replicas: 1500 });
    const { report, observed } = await read([...big.all, ...frame()], big.deployment);
    assert.equal(observed.objects.filter(({ kind }) => kind === 'Pod').length, 500);
    assert.ok(
      report.notChecked.some(
        ({ check, detail }) => check === 'Pod in namespace shop' && /first 500/.test(detail),
      ),
    );
  });

  it('says that a pod does not exist only when it may be asked for', async () => {
    const missing = o.pod('gone');
    const asked = await read([...crowd(), ...frame()], missing);
    assert.deepEqual(ids(asked.report), ['orphaned-or-wrong-context']);
    const denied = await read(
      [...crowd(), ...frame()],
      missing,
      (verb, kind) => verb === 'get' && kind === 'pods',
    );
    assert.deepEqual(ids(denied.report), []);
    assert.equal(denied.report.notChecked[0]?.reason, 'forbidden');
  });

  it('is read by the claim, the policy and the autoscaler in question', async () => {
    const { web, all } = broken();
    const others = [
      o.policy('only-web', { podSelector: { matchLabels: { app: 'web' } } }),
      o.object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
      }),
      o.object('policy/v1', 'PodDisruptionBudget', 'web', {
        spec: { selector: { matchLabels: { app: 'web' } } },
      }),
    ];
    for (const subject of others) {
      const { observed, has } = await read([...all, ...others, ...crowd(), ...frame()], subject);
      assert.ok(has('Pod', web.pods[0]?.metadata.name ?? ''), subject.kind);
      assert.ok(observed.objects.length < 100, subject.kind);
    }
  });
});

describe('a cluster of many namespaces', () => {
  const many = (): KubeObject[] => Array.from({ length: 300 }, (_, index) => o.namespace(`team-${index}`));
  const client = (host: string) =>
    o.deployment('client', {
      container: { env: [{ name: 'DB_HOST', value: host }] },
      podOptions: () => ({ states: { app: o.unready(600) } }),
    });

  it('is asked for those that somebody names', async () => {
    const web = client('db.team-7.svc.cluster.local');
    const { observed, seen } = await read([...web.all, ...many(), ...frame()], web.deployment);
    const names = observed.objects
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => metadata.name);
    assert.deepEqual(names.sort(), ['kube-system', 'shop', 'team-7']);
    assert.ok(seen.some((request) => request.includes('/namespaces/team-7/services?')));
  });

  it('still tells a namespace that is not there from one that may not be read', async () => {
    const web = client('db.team-700.svc.cluster.local');
    const world = [...web.all, ...many(), ...frame()];
    const absent = await read(world, web.deployment);
    assert.equal(
      absent.report.rootCauses[0]?.message,
      'Deployment client asks for db.team-700.svc.cluster.local; there is no namespace team-700.',
    );
    const denied = await read(world, web.deployment, (verb, kind) => verb === 'get' && kind === 'namespaces');
    assert.ok(!denied.report.rootCauses.some(({ message }) => /no namespace/.test(message)));
  });

  it('does not take a part of kube-system for the whole', async () => {
    const web = client('metrics-server.kube-system.svc');
    const metrics = o.service('metrics-server', {}, 'kube-system');
    const dns = o.service('kube-dns', {}, 'kube-system');
    dns.metadata.labels = { 'k8s-app': 'kube-dns' };
    const { report } = await read([...web.all, metrics, dns, ...frame()], web.deployment);
    assert.ok(!report.rootCauses.some(({ id }) => id === 'wrong-service-fqdn'));
  });
});

describe('a pod that no node has room for', () => {
  const world = () => {
    const big = o.deployment('big', {
      container: { resources: { requests: { cpu: '1500m' } } },
      podOptions: () => ({
        node: null,
        status: {
          phase: 'Pending',
          conditions: [
            o.condition(
              'PodScheduled',
              'False',
              'Unschedulable',
              '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
            ),
          ],
        },
      }),
    });
    const other = (node: string, cpu: string, phase = 'Running') =>
      o.pod(`hungry-${node}-${phase.toLowerCase()}`, {
        namespace: 'other',
        node,
        container: { resources: { requests: { cpu } } },
        status: { phase },
      });
    const others = [
      other('worker-1', '900m'),
      other('worker-2', '1200m'),
      other('worker-2', '700m', 'Succeeded'),
    ];
    return { big, objects: [...big.all, ...others, ...frame(), o.node('worker-2'), o.namespace('other')] };
  };

  it('is told what is free with the pods of all namespaces counted', async () => {
    const { big, objects } = world();
    const { report, seen } = await read(objects, big.deployment);
    assert.equal(
      report.rootCauses[0]?.message,
      'Deployment big asks for 1500m cpu and no node has that much left (free / allocatable): worker-1 1100m / 2, worker-2 800m / 2.',
    );
    const asked = seen.filter((request) => request.startsWith('GET /api/v1/pods?'));
    assert.equal(asked.length, 2);
    for (const request of asked) assert.match(request, /spec\.nodeName=worker-\d,status\.phase!=Succeeded/);
  });

  it('is told that the figures need a permission', async () => {
    const { big, objects } = world();
    const { report } = await read(
      objects,
      big.deployment,
      (verb, kind, namespace) => verb === 'list' && kind === 'pods' && namespace === undefined,
    );
    assert.match(report.rootCauses[0]?.message ?? '', /worker-1 \? \/ 2/);
    assert.deepEqual(
      report.notChecked
        .filter(({ reason }) => reason === 'forbidden')
        .map(({ check, detail }) => `${check}: ${detail}`),
      ['Pod in other namespaces: needs list pods'],
    );
  });
});

describe('a webhook that cannot be called', () => {
  it('brings its Service and the pods behind it, from its own namespace', async () => {
    const web = o.deployment('web', { pods: 0, status: { replicas: 0 } });
    web.replicaSet.status = { replicas: 0 };
    const refusal = o.event(
      web.replicaSet,
      'FailedCreate',
      'Error creating: failed calling webhook "w": failed to call webhook: Post "https://guard.guard.svc:443/x": no endpoints available for service "guard"',
    );
    const guard = o.deployment('guard', {
      namespace: 'guard',
      podOptions: () => ({ states: { app: o.crashed(137, 'OOMKilled') } }),
    });
    const service = o.service('guard', {}, 'guard');
    const { report } = await read(
      [
        ...web.all,
        refusal,
        ...guard.all,
        service,
        o.slice(service, guard.pods),
        o.namespace('guard'),
        ...frame(),
      ],
      web.deployment,
    );
    assert.match(ids(report)[0] ?? '', /^oom-killed/);
    assert.equal(report.rootCauses[0]?.object.namespace, 'guard');
  });
});

describe('who decides about a connection from outside of the namespace', () => {
  it('is the network plugin, wherever it runs: one that does not enforce policies is not blamed', async () => {
    const web = o.deployment('web', { podOptions: () => ({ states: { app: o.unready(600) } }) });
    const deny = o.policy('deny', { podSelector: {}, policyTypes: ['Egress'] });
    const flannel = o.object('apps/v1', 'DaemonSet', 'kube-flannel-ds', {}, 'kube-flannel');
    const agent = o.object('apps/v1', 'DaemonSet', 'log-agent', {}, 'logging');
    const { has } = await read([...web.all, deny, flannel, agent, ...frame()], web.deployment);
    assert.ok(has('DaemonSet', 'kube-flannel-ds'));
    assert.ok(!has('DaemonSet', 'log-agent'));
  });

  it('is the Ingress controller, which a policy may keep out', async () => {
    const web = o.deployment('web');
    const service = o.service('web');
    const ingress = o.object('networking.k8s.io/v1', 'Ingress', 'web', {
      spec: {
        ingressClassName: 'nginx',
        rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }],
      },
    });
    const controller = o.pod('ingress-1', {
      namespace: 'ingress-nginx',
      labels: { 'app.kubernetes.io/name': 'ingress-nginx' },
    });
    const own = o.policy('own', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }] }],
    });
    const { report } = await read(
      [
        ...web.all,
        service,
        o.slice(service, web.pods),
        ingress,
        controller,
        own,
        ...frame(),
        o.namespace('ingress-nginx'),
        o.object('networking.k8s.io/v1', 'IngressClass', 'nginx', {}, ''),
      ],
      ingress,
    );
    assert.match(ids(report)[0] ?? '', /^netpol-/);
  });
});
