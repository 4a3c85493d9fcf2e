/** Two recordings of one state, taken by two clusters at two times, are the same text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Recording, steady } from '../cluster/lib/faults/steady.ts';

interface Draw {
  slot: number;
  at: string;
  suffix: string;
  uid: string;
  container: string;
  last: number;
  nodes: [a: number, b: number];
}

const later = (at: string, seconds: number): string =>
  new Date(Date.parse(at) + seconds * 1000).toISOString().replace('.000Z', 'Z');

/** A crashing pod and its event, as a cluster with these lots and clocks would tell. */
function recording({ slot, at, suffix, uid, container, last, nodes }: Draw): Recording {
  const pod = `web-6d4b75cb6d-${suffix}`;
  const address = `10.${240 + slot}.${nodes[0]}.${last}`;
  const old = later(at, -5000);
  const node = (name: string, third: number) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, creationTimestamp: old, resourceVersion: String(last) },
    spec: { podCIDR: `10.${240 + slot}.${third}.0/24` },
    status: { nodeInfo: { machineID: uid, architecture: 'amd64' } },
  });
  return {
    notes: { capturedAt: later(at, 30) },
    objects: [
      node('node-b', nodes[1]),
      node('node-a', nodes[0]),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', creationTimestamp: at } },
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web-6d4b75cb6d', namespace: 'shop', uid, creationTimestamp: later(at, 1) },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: pod,
          generateName: 'web-6d4b75cb6d-',
          namespace: 'shop',
          resourceVersion: String(last),
          creationTimestamp: later(at, 2),
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d4b75cb6d', uid }],
        },
        status: { podIP: address, containerStatuses: [{ containerID: `containerd://${container}` }] },
      },
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${pod}.18${last}`, namespace: 'shop', uid, creationTimestamp: later(at, 9) },
        involvedObject: { kind: 'Pod', namespace: 'shop', name: pod, resourceVersion: String(last) },
        reportingInstance: `host-${last}`,
        message: `Back-off restarting failed container app in pod ${pod}_shop(${uid}) at ${address}`,
        firstTimestamp: later(at, 9),
        eventTime: null,
      },
    ] as unknown as Recording['objects'],
    logs: [
      {
        namespace: 'shop',
        pod,
        container: 'app',
        previous: true,
        text: `${later(at, 5).slice(0, 19).replaceAll('-', '/').replace('T', ' ')} read tcp ${address}:${40_000 + last}->10.${96 + slot}.0.10:53\n`,
      },
    ],
  };
}

const first = recording({
  slot: 3,
  at: '2026-11-24T23:59:58Z',
  suffix: 'x2x8z',
  uid: '5f9f4a0e-1111-4222-8333-9b0c5d7e1a2b',
  container: 'a'.repeat(64),
  last: 77,
  nodes: [0, 1],
});
const second = recording({
  slot: 0,
  at: '2027-02-01T10:00:00Z',
  suffix: '9cqtw',
  uid: '0a1b2c3d-4444-4555-8666-777788889999',
  container: 'b'.repeat(64),
  last: 12,
  nodes: [1, 0],
});

test('whatever was drawn by lot, counted up or read off a clock', () => {
  assert.deepEqual(steady(first, 'shop'), steady(second, 'shop'));
});

test('and what belongs together stays together', () => {
  const { objects, logs, notes } = steady(first, 'shop');
  const [pod] = objects.filter(({ kind }) => kind === 'Pod');
  const [event] = objects.filter(({ kind }) => kind === 'Event') as unknown as {
    message: string;
    involvedObject: { name: string };
  }[];
  const [set] = objects.filter(({ kind }) => kind === 'ReplicaSet');
  assert.equal(pod?.metadata.name, 'web-6d4b75cb6d-00001');
  assert.equal(pod?.metadata.creationTimestamp, '2026-01-01T00:00:02Z');
  assert.equal(pod?.metadata.ownerReferences?.[0]?.uid, set?.metadata.uid);
  assert.equal(event?.involvedObject.name, pod?.metadata.name);
  assert.equal(
    event?.message,
    `Back-off restarting failed container app in pod web-6d4b75cb6d-00001_shop(${set?.metadata.uid}) at 10.240.0.2`,
  );
  assert.equal(logs[0]?.pod, pod?.metadata.name);
  assert.equal(logs[0]?.text, '2026/01/01 00:00:05 read tcp 10.240.0.2:40000->10.96.0.10:53\n');
  assert.equal(notes.capturedAt, '2026-01-01T00:00:30Z');
});

test('dates that somebody chose stay as they are', () => {
  const chosen = {
    ...first,
    logs: [{ ...first.logs[0]!, text: 'expired 2020-05-01T00:00:00Z, valid to 2099-01-01T00:00:00Z' }],
  };
  assert.equal(steady(chosen, 'shop').logs[0]?.text, chosen.logs[0]?.text);
});
