/** Workloads, Jobs, autoscalers, budgets, claims, namespaces. */
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type {
  Condition,
  DeploymentStrategy,
  WorkloadObject,
} from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

const done = o.condition(
  'Progressing',
  'True',
  'NewReplicaSetAvailable',
  'ReplicaSet "web-abc" has successfully progressed.',
);

const rolledOut = (): Case => {
  const web = o.deployment('web', {
    status: { updatedReplicas: 1, availableReplicas: 1, conditions: [done] },
  });
  return { objects: web.all, subject: web.deployment };
};

/** A refusal that is over. */
const refused = (): Case => {
  const text = 'pods "web-abc-" is forbidden: something new';
  const web = o.deployment('web', {
    pods: 0,
    status: { replicas: 0, conditions: [o.condition('ReplicaFailure', 'False', 'FailedCreate', text)] },
  });
  return { objects: web.all, subject: web.deployment };
};

const zero = (subject: 'Service' | 'Deployment', replicas = 0): Case => {
  const web = o.deployment('web', { replicas });
  const service = o.service('web');
  return {
    objects: [...web.all, service, o.slice(service, web.pods)],
    subject: subject === 'Service' ? service : web.deployment,
  };
};

const ordered = (podManagementPolicy: string): Case => {
  const { all, top } = o.workload('StatefulSet', 'db', {
    replicas: 3,
    pods: 1,
    workload: { replicas: 3, podManagementPolicy },
    podOptions: () => ({ states: { app: o.waiting('ImagePullBackOff', 'not found') } }),
  });
  return { objects: all, subject: top };
};

/** A StatefulSet with a changed template: where it speaks the test cluster shows (statefulset-partition, -on-delete). */
const updating = (
  updateStrategy: DeploymentStrategy,
  updatedReplicas: number,
  updateRevision = 'db-2',
): Case => {
  const { all, top } = o.workload('StatefulSet', 'db', {
    replicas: 3,
    workload: { updateStrategy },
    status: { updatedReplicas, currentRevision: 'db-1', updateRevision },
  });
  return { objects: all, subject: top };
};

const daemon = (tolerations: object[]): Case => {
  const { all, top } = o.workload('DaemonSet', 'agent', { spec: { tolerations } });
  const tainted = o.node('worker-2', {
    spec: { taints: [{ key: 'team', value: 'a', effect: 'NoSchedule' }] },
  });
  return { objects: [...all, tainted], subject: top };
};

const job = (
  conditions: Condition[],
  options: { exit?: number; suspend?: boolean; deadline?: number } = {},
): Case => {
  const { exit = 1 } = options;
  const { all, top, pods } = o.workload('Job', 'migrate', {
    workload: {
      ...(options.suspend === undefined ? {} : { suspend: options.suspend }),
      ...(options.deadline === undefined ? {} : { activeDeadlineSeconds: options.deadline }),
      backoffLimit: 2,
    } as WorkloadObject['spec'],
    status: { failed: 3, conditions } as WorkloadObject['status'],
    pods: options.suspend ? 0 : 1,
    podOptions: () => ({
      ready: false,
      status: { phase: exit === 0 ? 'Succeeded' : 'Failed' },
      states: {
        app: {
          ready: false,
          state: {
            terminated: { exitCode: exit, reason: exit === 0 ? 'Completed' : 'Error', finishedAt: o.ago(60) },
          },
        },
      },
    }),
  });
  return {
    objects: all,
    subject: top,
    extra: { logs: pods.map((pod) => o.logOf(pod, 'relation "users" does not exist')) },
  };
};

const complete = o.condition('Complete', 'True');

const cron = (
  spec: object,
  events: [string, string][] = [],
  status: object = {},
  more: KubeObject[] = [],
): Case => {
  const object = o.object('batch/v1', 'CronJob', 'nightly', {
    spec: { schedule: '0 3 * * *', jobTemplate: {}, ...spec },
    status,
  });
  return {
    objects: [object, ...events.map(([reason, text]) => o.event(object, reason, text)), ...more],
    subject: object,
  };
};
const running = o.object('batch/v1', 'Job', 'nightly-1', { spec: {}, status: { active: 1 } });
const overlap = (policy: string): Case =>
  cron(
    { concurrencyPolicy: policy },
    [
      [
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      ],
    ],
    { active: [{ name: 'nightly-1' }] },
    [running],
  );

const hpa = (conditions: Condition[], more: KubeObject[] = []): Case => {
  const web = o.deployment('web');
  const object = o.object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
    status: { conditions },
  });
  return { objects: [...web.all, object, ...more], subject: object };
};

const scaling = hpa([
  o.condition('AbleToScale', 'True'),
  o.condition('ScalingActive', 'True'),
  o.condition('ScalingLimited', 'True', 'TooFewReplicas'),
]);
const scaler = (mode: string, conditions: Condition[], at: string, message: string): Scenario => ({
  mode,
  fires: [{ ...hpa(conditions), at: `HorizontalPodAutoscaler/shop/web ${at}`, message }],
  silent: [scaling],
});

const budget = (allowed: number, desired: number): Case => {
  const object = o.object('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed: allowed, currentHealthy: 2, desiredHealthy: desired, expectedPods: 2 },
  });
  return { objects: [object], subject: object };
};

const terminating = (conditions: Condition[], age = 900): Case => {
  const object = o.namespace('shop');
  object.metadata.deletionTimestamp = o.ago(age);
  return {
    objects: [{ ...object, status: { phase: 'Terminating', conditions } } as KubeObject],
    subject: object,
  };
};

const NO_API =
  'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
const api = (status: string): KubeObject =>
  o.object(
    'apiregistration.k8s.io/v1',
    'APIService',
    'v1beta1.metrics.k8s.io',
    {
      status: {
        conditions: [
          o.condition(
            'Available',
            status,
            'MissingEndpoints',
            'endpoints for service/metrics-server in "kube-system" have no addresses',
          ),
        ],
      },
    },
    '',
  );

export const controllers: Scenario[] = [
  {
    mode: 'deployment-progress-deadline',
    silent: [rolledOut()],
  },
  {
    mode: 'deployment-replica-failure',
    silent: [refused()],
  },
  {
    mode: 'deployment-paused',
    silent: [rolledOut()],
  },
  {
    mode: 'scaled-to-zero',
    silent: [zero('Deployment'), zero('Service', 1)],
  },
  {
    mode: 'statefulset-ordinal-blocked',
    silent: [ordered('Parallel')],
  },
  {
    mode: 'statefulset-rollout-held',
    silent: [
      updating({ rollingUpdate: { partition: 0 } }, 1),
      // One more pod could go on: what holds that one is told by its own state.
      updating({ rollingUpdate: { partition: 1 } }, 1),
      updating({ type: 'OnDelete' }, 3),
      updating({ rollingUpdate: { partition: 3 } }, 3, 'db-1'),
    ],
  },
  {
    mode: 'daemonset-not-on-node',
    silent: [daemon([{ operator: 'Exists' }])],
  },
  {
    mode: 'job-backoff-limit',
    silent: [job([complete], { exit: 0 })],
  },
  {
    mode: 'job-deadline-exceeded',
    silent: [job([complete], { exit: 0, deadline: 30 })],
  },
  {
    mode: 'job-failure-policy',
    silent: [job([complete], { exit: 0 })],
  },
  {
    mode: 'job-suspended',
    silent: [job([complete], { exit: 0, suspend: false })],
  },
  {
    mode: 'cronjob-not-firing',
    fires: [
      {
        ...cron({ timeZone: 'Mars' }, [
          ['UnknownTimeZone', 'invalid timeZone: "Mars": unknown time zone Mars'],
        ]),
        at: 'CronJob/shop/nightly spec.timeZone',
        message:
          'CronJob nightly with schedule 0 3 * * * does not start Jobs: invalid timeZone: "Mars": unknown time zone Mars.',
      },
    ],
    silent: [
      cron({}),
      overlap('Allow'),
      cron({}, [['MissSchedule', 'Missed scheduled time to start a job']], { lastScheduleTime: o.ago(1) }),
    ],
  },
  { mode: 'hpa-no-metrics', silent: [scaling] },
  scaler(
    'hpa-missing-requests',
    [
      o.condition(
        'ScalingActive',
        'False',
        'FailedGetResourceMetric',
        'failed to get cpu utilization: missing request for cpu in container app of Pod web-abc-0',
      ),
    ],
    'spec.metrics',
    'HorizontalPodAutoscaler web cannot work out utilization of Deployment web: failed to get cpu utilization: missing request for cpu in container app of Pod web-abc-0.',
  ),
  { mode: 'hpa-target-missing', silent: [scaling] },
  { mode: 'hpa-ambiguous-selector', silent: [scaling] },
  { mode: 'hpa-scaling-disabled', silent: [scaling] },
  scaler(
    'hpa-at-max',
    [
      o.condition(
        'ScalingLimited',
        'True',
        'TooManyReplicas',
        'the desired replica count is more than the maximum replica count',
      ),
    ],
    'spec.maxReplicas',
    'HorizontalPodAutoscaler web wants more than its maxReplicas 5 for Deployment web.',
  ),
  {
    mode: 'apiservice-unavailable',
    fires: [
      {
        ...hpa([o.condition('ScalingActive', 'False', 'FailedGetResourceMetric', NO_API)], [api('False')]),
        message:
          'APIService v1beta1.metrics.k8s.io is not available (MissingEndpoints): endpoints for service/metrics-server in "kube-system" have no addresses.',
      },
    ],
    silent: [hpa([], [api('True')])],
  },
  {
    mode: 'pdb-blocks-eviction',
    silent: [budget(1, 1)],
  },
  {
    mode: 'namespace-stuck-terminating',
    silent: [terminating([], 5)],
  },
];

interface ClaimOptions {
  spec?: object;
  events?: [string, string][];
  more?: KubeObject[];
  status?: object;
  finalizers?: string[];
  deletion?: number;
  pod?: o.PodOptions | null;
}

const storage = (name: string, extra: object = {}): KubeObject =>
  o.object('storage.k8s.io/v1', 'StorageClass', name, { provisioner: 'x.example', ...extra }, '');
const asDefault = {
  metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
};
const volume = (extra: object): KubeObject =>
  o.object(
    'v1',
    'PersistentVolume',
    'pv-1',
    {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        ...extra,
      },
      status: { phase: 'Available' },
    },
    '',
  );

/** Claim `data` and a pod that wants it. */
function claim({
  spec = {},
  events = [],
  more = [],
  status = { phase: 'Pending' },
  deletion,
  finalizers = ['kubernetes.io/pvc-protection'],
  pod = {},
}: ClaimOptions): Case {
  const object = o.object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
    status,
  });
  if (deletion !== undefined) {
    object.metadata.deletionTimestamp = o.ago(deletion);
    object.metadata.finalizers = finalizers;
  }
  const user = o.pod('db-0', {
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    ...pod,
  });
  return {
    objects: [
      object,
      ...(pod === null ? [] : [user]),
      ...more,
      ...events.map(([reason, text]) => o.event(object, reason, text)),
    ],
    subject: object,
  };
}

const bound = claim({ spec: { storageClassName: 'fast', volumeName: 'pv-1' }, status: { phase: 'Bound' } });
const unplaced: o.PodOptions = {
  node: null,
  status: {
    phase: 'Pending',
    conditions: [
      o.condition('PodScheduled', 'False', 'Unschedulable', '0/2 nodes are available: 2 Insufficient cpu.'),
    ],
  },
};
const V = 'PersistentVolumeClaim/shop/data';

export const claims: Scenario[] = [
  {
    mode: 'storage-class-missing',
    fires: [
      {
        ...claim({
          spec: { storageClassName: 'fats' },
          more: [storage('fast')],
          events: [['ProvisioningFailed', 'storageclass.storage.k8s.io "fats" not found']],
        }),
        at: `${V} spec.storageClassName`,
        message: 'StorageClass fats of PersistentVolumeClaim data does not exist; there is fast (fast?).',
      },
    ],
    silent: [
      claim({ spec: { storageClassName: 'manual' }, more: [volume({ storageClassName: 'manual' })] }),
      bound,
    ],
  },
  {
    mode: 'pvc-pending-no-class',
    fires: [
      {
        ...claim({ more: [storage('fast')] }),
        at: `${V} spec`,
        message:
          'PersistentVolumeClaim data names no StorageClass and the cluster has no default one; there is fast.',
      },
      {
        ...claim({
          spec: { storageClassName: '' },
          events: [
            ['FailedBinding', 'no persistent volumes available for this claim and no storage class is set'],
          ],
        }),
        at: `${V} spec.storageClassName`,
      },
    ],
    silent: [claim({ more: [{ ...storage('fast'), ...asDefault } as KubeObject] }), bound],
  },
  {
    mode: 'provisioning-failed',
    fires: [
      {
        ...claim({
          spec: { storageClassName: 'fast' },
          more: [storage('fast')],
          events: [
            [
              'ProvisioningFailed',
              'failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = quota exceeded',
            ],
          ],
        }),
        message:
          'The provisioner of StorageClass fast cannot make a volume for PersistentVolumeClaim data: rpc error: code = ResourceExhausted desc = quota exceeded.',
      },
    ],
    silent: [bound],
  },
  {
    mode: 'provisioner-not-running',
    fires: [
      {
        ...claim({
          spec: { storageClassName: 'fast' },
          more: [storage('fast')],
          events: [
            [
              'ExternalProvisioning',
              "Waiting for a volume to be created either by the external provisioner 'x.example' or manually by the system administrator.",
            ],
          ],
        }),
        message:
          'PersistentVolumeClaim data has waited 120 min for provisioner x.example of StorageClass fast, which does not answer.',
      },
    ],
    silent: [bound],
  },
  {
    mode: 'pv-claim-mismatch',
    silent: [
      claim({
        spec: { storageClassName: 'fast', volumeName: 'pv-1' },
        more: [storage('fast'), volume({ capacity: { storage: '8Gi' } })],
      }),
    ],
  },
  {
    mode: 'pv-already-claimed',
    silent: [
      claim({
        spec: { storageClassName: 'fast', volumeName: 'pv-1' },
        more: [storage('fast'), volume({ claimRef: { namespace: 'shop', name: 'data' } })],
      }),
    ],
  },
  {
    mode: 'pvc-stuck-terminating',
    fires: [
      {
        ...claim({
          status: { phase: 'Bound' },
          deletion: 600,
          finalizers: ['backup.example/keep'],
          pod: null,
        }),
        message:
          'PersistentVolumeClaim data is being deleted and no pod uses it; finalizer backup.example/keep keeps it.',
      },
      {
        // The pod that holds it was not read: a snapshot of something else.
        ...claim({ status: { phase: 'Bound' }, deletion: 600, pod: null }),
        message:
          'PersistentVolumeClaim data is being deleted and stays as long as a pod uses it (kubernetes.io/pvc-protection).',
      },
    ],
    silent: [bound],
  },
  {
    mode: 'wait-for-first-consumer',
    fires: [
      {
        ...claim({
          spec: { storageClassName: 'fast' },
          more: [storage('fast', { volumeBindingMode: 'WaitForFirstConsumer' })],
          pod: unplaced,
        }),
        as: 'consequence',
        message: 'PersistentVolumeClaim data waits until Pod db-0 has a node.',
      },
    ],
    silent: [
      claim({
        spec: { storageClassName: 'fast' },
        more: [storage('fast', { volumeBindingMode: 'WaitForFirstConsumer' })],
        pod: null,
      }),
    ],
  },
];
