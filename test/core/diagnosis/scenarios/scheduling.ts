import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type { Container, PodSpec } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

const PREEMPTION = ' preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

interface Wish {
  spec?: PodSpec;
  container?: Container;
  more?: KubeObject[];
  at: string;
  message: string;
}

/** A pod that the scheduler could not place, by its condition. */
function unplaced(text: string, { spec = {}, container = {}, more = [] }: Partial<Wish>) {
  const containers = [{ name: 'app', image: 'shop/web:1', ...container }];
  const web = o.deployment('web', {
    spec: { ...spec, containers },
    podOptions: () => ({
      node: null,
      spec: { ...spec, containers },
      status: { phase: 'Pending', conditions: [o.condition('PodScheduled', 'False', 'Unschedulable', text)] },
    }),
  });
  return { web, objects: [...web.all, ...more] };
}

function scenario(mode: string, text: string, wish: Wish): Scenario {
  const { web, objects } = unplaced(text, wish);
  const done = o.deployment('web', wish.spec ? { spec: wish.spec } : {});
  const late = o.event(done.pods[0]!, 'FailedScheduling', text, { age: 600 });
  return {
    mode,
    fires: [{ objects, subject: web.deployment, at: wish.at, message: wish.message }],
    silent: [{ objects: [...done.all, late, ...(wish.more ?? [])], subject: done.deployment }],
  };
}

const T = 'Deployment/shop/web spec.template.spec';
const cpu = (amount: string): Container => ({
  resources: { requests: { cpu: amount, memory: amount === '3' ? '6Gi' : '1Gi' } },
});
const claim = (name: string, phase: string): KubeObject =>
  o.object('v1', 'PersistentVolumeClaim', name, { spec: { storageClassName: 'slow' }, status: { phase } });
const slow = o.object(
  'storage.k8s.io/v1',
  'StorageClass',
  'slow',
  { provisioner: 'x', volumeBindingMode: 'Immediate' },
  '',
);
const volumes: PodSpec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const neighbour = o.pod('other-1', { namespace: 'other', container: cpu('500m') });
const cordoned = o.node('worker-1', { spec: { unschedulable: true } });

const unseen = (schedulerName: string, age: number): Case => {
  const pods = o.deployment('web', {
    spec: { schedulerName },
    podOptions: () => ({ node: null, age, status: { phase: 'Pending' } }),
  });
  return { objects: pods.all, subject: pods.deployment };
};

export const scheduling: Scenario[] = [
  // What the neighbours take; the recordings have figures of the machine they were made on.
  scenario('insufficient-cpu', `0/2 nodes are available: 2 Insufficient cpu.${PREEMPTION}`, {
    container: cpu('3'),
    more: [neighbour],
    at: `${T}.containers[0].resources.requests.cpu`,
    message:
      'Deployment web asks for 3 cpu and no node has that much left (free / allocatable): worker-2 2 / 2, worker-1 1500m / 2.',
  }),
  scenario('too-many-pods', '0/2 nodes are available: 2 Too many pods.', {
    more: [
      o.node('worker-1', { status: { allocatable: { pods: '2' } } }),
      o.node('worker-2', { status: { allocatable: { pods: '0' } } }),
      neighbour,
    ],
    at: T,
    message:
      'Every node that fits Deployment web already runs as many pods as it takes (free / allocatable): worker-1 0 / 2, worker-2 0 / 0.',
  }),
  // On every real cluster pods bring tolerations of their own (recording nodes-tainted); this is both effects at once.
  scenario('untolerated-taint', '0/2 nodes are available: 2 node(s) had untolerated taint(s).', {
    more: [
      o.node('worker-1', { spec: { taints: [{ key: 'team', value: 'a', effect: 'NoSchedule' }] } }),
      o.node('worker-2', { spec: { taints: [{ key: 'team', value: 'b', effect: 'NoExecute' }] } }),
    ],
    at: `${T}.tolerations`,
    message:
      'Deployment web tolerates none of these taints: worker-1 team=a:NoSchedule, worker-2 team=b:NoExecute.',
  }),
  {
    mode: 'node-cordoned',
    fires: [{ objects: [cordoned], subject: cordoned, at: 'Node/worker-1 spec.unschedulable' }],
    silent: [{ objects: [...o.deployment('web').all, cordoned], subject: o.deployment('web').deployment }],
  },
  scenario(
    'pvc-not-found',
    '0/2 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    {
      spec: volumes,
      more: [claim('date', 'Bound')],
      at: `${T}.volumes[0].persistentVolumeClaim.claimName`,
      message:
        'PersistentVolumeClaim data does not exist in namespace shop; Deployment web waits for it (date?).',
    },
  ),
  scenario('pvc-being-deleted', '0/2 nodes are available: persistentvolumeclaim "data" is being deleted.', {
    spec: volumes,
    more: [claim('data', 'Bound')],
    at: `${T}.volumes[0].persistentVolumeClaim.claimName`,
    message: 'PersistentVolumeClaim data is being deleted and Deployment web still needs it.',
  }),
  scenario(
    'unbound-immediate-pvc',
    '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: x',
    {
      spec: volumes,
      more: [claim('data', 'Pending'), slow],
      at: `${T}.volumes[0].persistentVolumeClaim.claimName`,
      message: 'Deployment web waits for PersistentVolumeClaim data, which is not bound.',
    },
  ),
  scenario('max-volume-count-exceeded', '0/2 nodes are available: 2 node(s) exceed max volume count.', {
    spec: volumes,
    more: [claim('data', 'Bound')],
    at: `${T}.volumes`,
    message: 'Nodes that fit Deployment web have as many volumes attached as they take.',
  }),
  scenario('no-nodes-registered', 'no nodes available to schedule pods', {
    at: T,
    message: 'The cluster has no nodes; Deployment web waits.',
  }),
  {
    mode: 'scheduler-not-acting',
    fires: [
      {
        ...unseen('default-scheduler', 300),
        message: 'The scheduler has not looked at Deployment web for 300 s.',
      },
    ],
    silent: [unseen('fancy', 5)],
  },
];
