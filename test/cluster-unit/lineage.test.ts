/** Who made an object: as far up as it can be read, and no guess beyond. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineageOf } from '../../server/src/cluster/lineage.ts';
import { snapshotReader } from '../../server/src/cluster/source.ts';
import type { KubeObject } from '../../server/src/core/kube/object.ts';
import { formatRef } from '../../server/src/core/kube/ref.ts';
import type { Snapshot } from '../../server/src/snapshot/read.ts';
import * as o from '../tools/objects.ts';

const never = new AbortController().signal;
const snapshotOf = (objects: readonly KubeObject[]): Snapshot => ({
  ...o.observed([...objects]),
  folder: '',
  problems: [],
  notes: {},
});

async function lineage(objects: readonly KubeObject[], kind: string, name: string, namespace?: string) {
  const subject = namespace === undefined ? { kind, name } : { kind, namespace, name };
  const { chain, failure } = await lineageOf(snapshotReader(snapshotOf(objects)), subject, never);
  return { chain: chain.map(formatRef), code: failure?.code };
}

describe('lineage', () => {
  const web = o.deployment('web');
  const [pod] = web.pods;
  const podName = pod?.metadata.name ?? '';
  const [set] = pod?.metadata.ownerReferences ?? [];

  it('goes from a pod over its ReplicaSet to the Deployment', async () => {
    assert.deepEqual(await lineage(web.all, 'Pod', podName, 'shop'), {
      chain: [`Pod/shop/${podName}`, `ReplicaSet/shop/${set?.name}`, 'Deployment/shop/web'],
      code: undefined,
    });
  });

  it('names what a manifest is looked up by', async () => {
    const { chain } = await lineageOf(
      snapshotReader(snapshotOf(web.all)),
      { kind: 'Pod', namespace: 'shop', name: podName },
      never,
    );
    assert.deepEqual(
      chain.map(({ apiVersion }) => apiVersion),
      ['v1', 'apps/v1', 'apps/v1'],
    );
  });

  it('is the object alone when nobody made it', async () => {
    const node = o.object('v1', 'Node', 'worker-1', {});
    assert.deepEqual(await lineage([node], 'Node', 'worker-1'), {
      chain: ['Node/worker-1'],
      code: undefined,
    });
  });

  it('tells where it could not be read', async () => {
    const pods = web.all.filter(({ kind }) => kind !== 'ReplicaSet');
    assert.deepEqual(await lineage(pods, 'Pod', podName, 'shop'), {
      chain: [`Pod/shop/${podName}`, `ReplicaSet/shop/${set?.name}`],
      code: 'not-found',
    });
  });

  it('ends at a kind that is not read, and where owners name each other', async () => {
    const owned = (kind: string, name: string, owner: [string, string]) =>
      o.object('apps/v1', kind, name, {
        metadata: {
          name,
          namespace: 'shop',
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: owner[0], name: owner[1], uid: 'u', controller: true },
          ],
        },
      });
    const rollout = owned('ReplicaSet', 'a', ['Rollout', 'r']);
    assert.deepEqual((await lineage([rollout], 'ReplicaSet', 'a', 'shop')).chain, [
      'ReplicaSet/shop/a',
      'Rollout/shop/r',
    ]);
    const ring = [
      owned('ReplicaSet', 'a', ['Deployment', 'b']),
      owned('Deployment', 'b', ['ReplicaSet', 'a']),
    ];
    assert.deepEqual((await lineage(ring, 'ReplicaSet', 'a', 'shop')).chain, [
      'ReplicaSet/shop/a',
      'Deployment/shop/b',
    ]);
  });
});
