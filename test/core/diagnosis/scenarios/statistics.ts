/** What only the kubelet's statistics prove. */
import type { KubeletStats } from '../../../../server/src/core/diagnosis/observed.ts';
import type { Pod } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

type Volume = NonNullable<NonNullable<KubeletStats['pods']>[number]['volume']>[number];

const GI = 2 ** 30;

const statsOf = (pod: Pod, rest: object): Record<string, KubeletStats> => ({
  'worker-1': {
    node: { nodeName: 'worker-1' },
    pods: [
      {
        podRef: { name: pod.metadata.name ?? '', namespace: 'shop', uid: pod.metadata.uid ?? '' },
        ...rest,
      },
    ],
  },
});

function disk(
  volume: Partial<Volume>,
  { log, isCrashing }: { log?: string; isCrashing?: boolean } = {},
): Case {
  const claim = o.object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Bound' },
  });
  const web = o.deployment('web', {
    spec: {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      containers: [{ name: 'app', image: 'a', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    },
    podOptions: () => (isCrashing ? { states: { app: o.crashed(1) } } : {}),
  });
  const pod = web.pods[0] as Pod;
  return {
    objects: [...web.all, claim],
    subject: web.deployment,
    extra: {
      stats: statsOf(pod, {
        volume: [{ name: 'data', pvcRef: { name: 'data', namespace: 'shop' }, capacityBytes: GI, ...volume }],
      }),
      ...(log ? { logs: [o.logOf(pod, log, 'app', true)] } : {}),
    },
  };
}

const memory = (workingSetBytes: number): Case => {
  const web = o.deployment('web', { container: { resources: { limits: { memory: '256Mi' } } } });
  return {
    objects: web.all,
    subject: web.deployment,
    extra: {
      stats: statsOf(web.pods[0] as Pod, { containers: [{ name: 'app', memory: { workingSetBytes } }] }),
    },
  };
};

const NO_SPACE = 'write /data/wal: no space left on device';

export const statistics: Scenario[] = [
  {
    mode: 'volume-filesystem-full',
    fires: [
      {
        ...disk({ availableBytes: 0 }, { log: NO_SPACE, isCrashing: true }),
        at: 'PersistentVolumeClaim/shop/data spec.resources.requests.storage',
        message:
          'PersistentVolumeClaim data of Deployment web is full: 0 of 1Gi are free; make it larger or delete what is not needed.',
      },
      // Nobody has complained yet.
      disk({ availableBytes: 4096 }),
      {
        ...disk({ availableBytes: GI / 2, inodesFree: 0, inodes: 65_536 }, { isCrashing: true }),
        message:
          'PersistentVolumeClaim data of Deployment web has no inodes left (0 of 65536 free) although 512Mi are free; delete small files.',
      },
    ],
    silent: [
      disk({ availableBytes: GI / 10, inodesFree: 9000, inodes: 65_536 }),
      // Old kubelets and some drivers leave figures out.
      disk({ inodesFree: 0, inodes: 0 }),
    ],
  },
  {
    mode: 'memory-near-limit',
    fires: [
      {
        ...memory(250 * 2 ** 20),
        as: 'alsoSeen',
        message:
          'Container app of Deployment web uses 250Mi of the 256Mi of memory that it may; at the limit the kernel kills it.',
      },
    ],
    silent: [memory(200 * 2 ** 20)],
  },
];
