/** What one diagnosis needs of an observation gives the answer that the whole of it gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../../server/src/core/diagnosis/diagnose.ts';
import type { Observed, Subject } from '../../../server/src/core/diagnosis/observed.ts';
import { scopeTo } from '../../../server/src/core/diagnosis/scope.ts';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import { frame } from '../../tools/diagnosisRun.ts';
import { mended } from '../../tools/mended.ts';
import * as o from '../../tools/objects.ts';
import { recorded, recordedIds } from '../../tools/recordings.ts';
import { scenarios } from './scenarios/index.ts';

/** Pods of others, on the same nodes and in the same namespace: one well, one that fails, with its events. */
function crowd(namespace: string): KubeObject[] {
  const rich = {
    volumes: [{ name: 'tmp', emptyDir: {} }],
    containers: [
      {
        name: 'app',
        image: 'other/app:1',
        env: [{ name: 'UPSTREAM', value: 'http://ledger:8080' }],
        readinessProbe: { httpGet: { port: 1 } },
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
      },
    ],
  };
  const well = o.pod('other-well', { namespace: 'other', spec: rich });
  const ill = o.pod('other-ill', { namespace: 'other', spec: rich, states: { app: o.crashed(3) } });
  const beside = o.pod('beside', {
    namespace,
    labels: { app: 'beside' },
    spec: rich,
    states: { app: o.unready() },
  });
  return [
    well,
    ill,
    beside,
    o.event(ill, 'BackOff', 'Back-off restarting failed container'),
    o.event(beside, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500'),
    o.event(o.node('worker-1'), 'Starting', 'Starting kubelet.', { type: 'Normal', uid: null }),
  ];
}

const same = (observed: Observed, subject: Subject): void =>
  assert.deepEqual(diagnose(scopeTo(observed, subject), subject), diagnose(observed, subject));

for (const { mode, fires = [], silent } of scenarios)
  test(`${mode}: nothing that its answers need is left out`, () => {
    for (const { objects, subject, extra } of [...fires, ...silent])
      same(o.observed([...objects, ...frame(), ...crowd('shop')], extra ?? {}), o.subjectOf(subject));
  });

for (const id of recordedIds())
  test(`recorded ${id}: nothing that its answer needs is left out`, async () => {
    const { observed, subject } = await recorded(id);
    for (const { objects } of [observed, mended(observed, id)])
      same({ ...observed, objects: [...objects, ...crowd(id)] }, subject);
  });

test('pods that merely share a node keep what they ask for, and neither their environment nor their events', () => {
  const web = o.deployment('web', { podOptions: () => ({ states: { app: o.crashed(1) } }) });
  const observed = o.observed([...web.all, ...frame(), ...crowd('shop')]);
  const { objects } = scopeTo(observed, o.subjectOf(web.deployment));
  const other = objects.find(({ metadata }) => metadata.name === 'other-ill');
  assert.deepEqual((other as unknown as { spec: object }).spec, {
    nodeName: 'worker-1',
    containers: [
      { name: 'app', image: 'other/app:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
    ],
  });
  assert.ok(!JSON.stringify(objects).includes('ledger'));
  assert.ok(!objects.some(({ kind }) => kind === 'Event'));
  assert.ok(JSON.stringify(observed.objects).includes('ledger'), 'what was observed is not changed');
});

test('of a node go the images, of the API services those that are served', () => {
  const node = o.node('worker-1') as KubeObject & { status: Record<string, unknown> };
  node.status.images = [{ names: ['registry/app:1'], sizeBytes: 1 }];
  const service = (name: string, status: string) =>
    o.object(
      'apiregistration.k8s.io/v1',
      'APIService',
      name,
      { status: { conditions: [o.condition('Available', status)] } },
      '',
    );
  const observed = o.observed([node, service('v1.apps', 'True'), service('v1beta1.metrics.k8s.io', 'False')]);
  const { objects } = scopeTo(observed, { kind: 'Node', name: 'worker-1' });
  assert.deepEqual(
    objects.map(({ metadata }) => metadata.name),
    ['worker-1', 'v1beta1.metrics.k8s.io'],
  );
  assert.ok(!JSON.stringify(objects).includes('registry/app:1'));
  assert.ok(node.status.images, 'what was observed is not changed');
});
