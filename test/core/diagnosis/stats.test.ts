/** Kubelet statistics as evidence, and what is said without them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeletStats } from '../../../server/src/core/diagnosis/observed.ts';
import { ids, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const pressed = () =>
  o.node('worker-1', {
    status: {
      conditions: [
        o.condition('DiskPressure', 'True', 'KubeletHasDiskPressure'),
        o.condition('Ready', 'True'),
      ],
    },
  });
const stats = (fs: object): Record<string, KubeletStats> => ({
  'worker-1': {
    node: { nodeName: 'worker-1', fs, runtime: { imageFs: { availableBytes: 5e9, capacityBytes: 9e9 } } },
  },
});

test('a node under disk pressure shows which of bytes and inodes are short', () => {
  const report = run([pressed()], pressed(), {
    stats: stats({ availableBytes: 4e9, inodesFree: 12, inodes: 65_536 }),
  });
  assert.deepEqual(ids(report), ['node-disk-pressure']);
  assert.deepEqual(
    report.rootCauses[0]?.evidence.slice(1).map(({ source, path, text }) => `${source} ${path}: ${text}`),
    [
      'Kubelet statistics worker-1 node.fs: availableBytes: 4000000000, inodesFree: 12, inodes: 65536',
      'Kubelet statistics worker-1 node.runtime.imageFs: availableBytes: 5000000000, capacityBytes: 9000000000',
    ],
  );
});

test('without statistics that is not checked, with what would give them', () => {
  const report = run([pressed()], pressed(), {
    gaps: [
      { kind: 'stats', reason: 'not-evaluated', detail: 'needs get nodes/proxy, and is off by default' },
    ],
  });
  assert.deepEqual(report.notChecked, [
    {
      check: 'Kubelet statistics of node worker-1',
      reason: 'not-evaluated',
      detail: 'needs get nodes/proxy, and is off by default',
    },
  ]);
});

test('nobody is told that statistics are missing when nothing asks for them', () => {
  const web = o.deployment('web');
  const report = run(web.all, web.deployment, {
    gaps: [
      { kind: 'stats', reason: 'not-evaluated', detail: 'needs get nodes/proxy, and is off by default' },
    ],
  });
  assert.deepEqual(report.notChecked, []);
});

test('a log that speaks of a full disk beside a volume with room is likely, not certain', () => {
  const web = o.deployment('web', {
    container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    podOptions: () => ({ states: { app: o.crashed(1) } }),
  });
  const [pod] = web.pods;
  assert.ok(pod);
  const logs = [o.logOf(pod, 'write /tmp/x: no space left on device', 'app', true)];
  const report = run(web.all, web.deployment, { logs });
  assert.equal(report.rootCauses[0]?.id, 'volume-filesystem-full');
  assert.equal(report.rootCauses[0]?.confidence, 'likely');
  assert.ok(report.notChecked.some(({ check }) => check === 'Kubelet statistics of node worker-1'));
});

test('figures of a pod of the same name that is gone do not count', () => {
  const web = o.deployment('web', {
    spec: { volumes: [{ name: 'data', emptyDir: {} }], containers: [{ name: 'app', image: 'a' }] },
  });
  const [pod] = web.pods;
  const of = (uid: string): Record<string, KubeletStats> => ({
    'worker-1': {
      node: { nodeName: 'worker-1' },
      pods: [
        {
          podRef: { name: pod?.metadata.name ?? '', namespace: 'shop', uid },
          volume: [{ name: 'data', availableBytes: 0, capacityBytes: 100 }],
        },
      ],
    },
  });
  assert.deepEqual(ids(run(web.all, web.deployment, { stats: of('another') })), []);
  assert.deepEqual(ids(run(web.all, web.deployment, { stats: of(pod?.metadata.uid ?? '') })), [
    'volume-filesystem-full',
  ]);
});
