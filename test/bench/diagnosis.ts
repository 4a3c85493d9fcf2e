/** A diagnosis of one subject in a snapshot of 1,000 pods, after loading: the index is part of the first figure. */
import { diagnose } from '../../server/src/core/diagnosis/diagnose.ts';
import type { Observed, Subject } from '../../server/src/core/diagnosis/observed.ts';
import { indexObserved } from '../../server/src/core/diagnosis/observedIndex.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import * as o from '../tools/objects.ts';
import { type Figures, inMs, timed } from './measure.ts';

const NAMESPACES = 10;
const WORKLOADS = 20;
const REPLICAS = 5;
const RUNS = 30;

/** 1,000 pods of 200 workloads in 10 namespaces on 50 nodes; every tenth workload is in trouble, every pod has events and a log. */
export function bigCluster(): Observed {
  const objects: KubeObject[] = [];
  const logs: Observed['logs'] = [];
  for (let at = 0; at < 50; at++) objects.push(o.node(`node-${at}`));
  for (let space = 0; space < NAMESPACES; space++) {
    const namespace = `team-${space}`;
    objects.push(o.namespace(namespace));
    for (let index = 0; index < WORKLOADS; index++) {
      const name = `app-${index}`;
      const isBroken = index % 10 === 0;
      const made = o.deployment(name, {
        namespace,
        replicas: REPLICAS,
        container: {
          ports: [{ name: 'http', containerPort: 8080 }],
          env: [{ name: 'NEXT_URL', value: `http://app-${(index + 1) % WORKLOADS}:80/` }],
          readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        },
        podOptions: (replica) => ({
          node: `node-${(space * WORKLOADS + index + replica) % 50}`,
          ...(isBroken ? { states: { app: o.crashed(137, 'OOMKilled') } } : {}),
        }),
      });
      const service = o.service(name, { ports: [{ name: 'web', port: 80, targetPort: 'http' }] }, namespace);
      objects.push(...made.all, service, o.slice(service, made.pods));
      objects.push(
        o.policy(
          name,
          {
            podSelector: { matchLabels: { app: name } },
            policyTypes: ['Ingress'],
            ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'http' }] }],
          },
          namespace,
        ),
      );
      for (const pod of made.pods) {
        for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started'])
          objects.push(o.event(pod, reason, `${reason} ${pod.metadata.name}`, { type: 'Normal', age: 3000 }));
        if (isBroken)
          objects.push(o.event(pod, 'BackOff', 'Back-off restarting failed container app', { count: 40 }));
        logs.push(o.logOf(pod, 'GET / 200 3 ms\n'.repeat(200)));
      }
    }
  }
  return o.observed(objects, { logs });
}

const SUBJECTS: [name: string, subject: Subject][] = [
  ['a crashing pod', { kind: 'Pod', namespace: 'team-3', name: 'app-0-abc-2' }],
  ['a healthy Deployment', { kind: 'Deployment', namespace: 'team-3', name: 'app-5' }],
  ['a Service', { kind: 'Service', namespace: 'team-3', name: 'app-10' }],
  ['a node', { kind: 'Node', name: 'node-7' }],
  ['a namespace of 100 pods', { kind: 'Namespace', name: 'team-3' }],
];

export async function diagnosis(): Promise<Figures> {
  const observed = bigCluster();
  const index = indexObserved(observed);
  const figures: Figures = {
    'index of a snapshot of 1,000 pods': inMs(await timed(RUNS, () => indexObserved(observed), 3)),
    'index and diagnosis of a crashing pod': inMs(
      await timed(RUNS, () => diagnose(observed, SUBJECTS[0]?.[1] as Subject), 3),
      50,
    ),
  };
  for (const [name, subject] of SUBJECTS)
    figures[`diagnosis of ${name}`] = inMs(await timed(RUNS, () => diagnose(index, subject), 3), 50);
  return figures;
}

if (import.meta.main) console.log(JSON.stringify(await diagnosis(), null, 2));
