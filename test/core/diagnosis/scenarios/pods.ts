/** Sandboxes, volumes, failed and stuck pods, nodes. */
import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type { PodSpec } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

const T = 'Deployment/shop/web spec.template.spec';

/** A pod that waits for its containers with an event; and one that runs with the same event behind it. */
function waits(
  reason: string,
  text: string,
  spec: PodSpec = {},
  more: KubeObject[] = [],
): { fires: Case; silent: Case } {
  const make = (running: boolean): Case => {
    const containers = spec.containers ?? [{ name: 'app', image: 'shop/web:1' }];
    const web = o.deployment('web', {
      spec: { ...spec, containers },
      podOptions: () =>
        running ? {} : { states: { app: o.waiting('ContainerCreating') }, status: { phase: 'Pending' } },
    });
    return {
      objects: [...web.all, o.event(web.pods[0]!, reason, text, { count: 9 }), ...more],
      subject: web.deployment,
    };
  };
  return { fires: make(false), silent: make(true) };
}

function sandbox(mode: string, text: string, at: string, message: string, spec: PodSpec = {}): Scenario {
  const { fires, silent } = waits(
    'FailedCreatePodSandBox',
    `Failed to create pod sandbox: rpc error: code = Unknown desc = ${text}`,
    spec,
  );
  return { mode, fires: [{ ...fires, at, message }], silent: [silent] };
}

const NETWORK = 'failed to setup network for sandbox "0a": ';
const NODE = 'Node/worker-1';

export const sandboxes: Scenario[] = [
  sandbox(
    'cni-binary-missing',
    `${NETWORK}plugin type="portmap" failed (add): failed to find plugin "portmap" in path [/opt/cni/bin]`,
    NODE,
    'Node worker-1 lacks network plugin portmap, so no pod gets its sandbox there.',
  ),
  sandbox(
    'cni-ipam-exhausted',
    `${NETWORK}plugin type="host-local" failed (add): no IP addresses available in range set: 10.244.1.1-10.244.1.254`,
    NODE,
    'Node worker-1 has no pod address left: no IP addresses available in range set: 10.244.1.1-10.244.1.254.',
  ),
  sandbox(
    'cni-bridge-address-conflict',
    `${NETWORK}failed to set bridge addr: "cni0" already has an IP address different from 10.244.2.1/24`,
    NODE,
    'Bridge cni0 of node worker-1 keeps an address of another pod range than 10.244.2.1/24; no pod gets its sandbox.',
  ),
  sandbox(
    'calico-nodename-missing',
    `${NETWORK}plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running`,
    NODE,
    'calico-node has not set up node worker-1: its node name file is missing.',
  ),
  sandbox(
    'calico-unauthorized',
    `${NETWORK}error getting ClusterInformation: connection is unauthorized: Unauthorized`,
    NODE,
    'The Calico plugin of node worker-1 is refused by the API server; its token is stale.',
  ),
  sandbox(
    'calico-datastore-not-ready',
    `${NETWORK}Calico is currently not ready to process requests`,
    NODE,
    'Calico takes no requests on node worker-1: its datastore is locked (datastoreReady is false).',
  ),
  sandbox(
    'flannel-subnet-env-missing',
    `${NETWORK}loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`,
    NODE,
    'flanneld has not set up node worker-1: /run/flannel/subnet.env is missing.',
  ),
  sandbox(
    'cilium-agent-not-running',
    `${NETWORK}unable to connect to Cilium agent: failed to create cilium agent client`,
    NODE,
    'The Cilium agent of node worker-1 does not answer its network plugin.',
  ),
  sandbox(
    'sandbox-image-pull-failed',
    'failed to get sandbox image "pause:3.10": not found',
    NODE,
    'Node worker-1 cannot get the sandbox image pause:3.10, so no pod starts there.',
  ),
  sandbox(
    'pod-sandbox-create-failed',
    'failed to reserve sandbox name "web_shop_0"',
    'Deployment/shop/web',
    'The sandbox of Deployment web cannot be made on node worker-1: rpc error: code = Unknown desc = failed to reserve sandbox name "web_shop_0".',
  ),
  {
    mode: 'cni-not-initialized',
    fires: [
      {
        ...waits(
          'NetworkNotReady',
          'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        ).fires,
        at: NODE,
        message: 'The network plugin of node worker-1 is not set up, so no pod gets its sandbox there.',
      },
      sickCase(
        'Ready',
        'False',
        'KubeletNotReady',
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      ),
    ],
    silent: [waits('NetworkNotReady', 'network is not ready: cni plugin not initialized').silent],
  },
];

function sickNode(type: string, status: string, reason: string, message: string): KubeObject {
  const node = o.node('worker-1');
  return {
    ...node,
    status: {
      ...node.status,
      conditions: [
        o.condition(type, status, reason, message),
        ...(node.status?.conditions ?? []).filter((c) => c.type !== type),
      ],
    },
  } as KubeObject;
}

function sickCase(type: string, status: string, reason: string, message: string): Case {
  const node = sickNode(type, status, reason, message);
  return { objects: [node], subject: node };
}

function condition(
  mode: string,
  type: string,
  status: string,
  reason: string,
  text: string,
  message: string,
): Scenario {
  const node = sickNode(type, status, reason, text);
  const web = o.deployment('web', { podOptions: () => ({ node: 'worker-2' }) });
  return {
    mode,
    fires: [{ objects: [node], subject: node, at: `${NODE} status.conditions[0]`, message }],
    // A sick node beside a pod that is well on another one.
    silent: [{ objects: [node, ...web.all], subject: web.deployment }],
  };
}

export const nodes: Scenario[] = [
  condition(
    'node-not-ready-kubelet-silent',
    'Ready',
    'Unknown',
    'NodeStatusUnknown',
    'Kubelet stopped posting node status.',
    'The kubelet of node worker-1 stopped posting its status 0 s ago; its pods count as lost.',
  ),
  condition(
    'node-never-reported',
    'Ready',
    'Unknown',
    'NodeStatusNeverUpdated',
    'Kubelet never posted node status.',
    'The kubelet of node worker-1 has never posted its status; nothing runs there.',
  ),
  condition(
    'node-not-ready-kubelet-reported',
    'Ready',
    'False',
    'KubeletNotReady',
    'node is shutting down',
    'The kubelet of node worker-1 says that the node is not ready: node is shutting down.',
  ),
  condition(
    'container-runtime-down',
    'Ready',
    'False',
    'KubeletNotReady',
    'container runtime is down',
    'Node worker-1 is not ready because its container runtime does not answer: container runtime is down.',
  ),
  condition(
    'node-pleg-unhealthy',
    'Ready',
    'False',
    'KubeletNotReady',
    'PLEG is not healthy: pleg was last seen active 4m ago; threshold is 3m0s',
    'Node worker-1 is not ready because its runtime is too slow for the kubelet: PLEG is not healthy: pleg was last seen active 4m ago; threshold is 3m0s.',
  ),
  condition(
    'node-memory-pressure',
    'MemoryPressure',
    'True',
    'KubeletHasInsufficientMemory',
    'kubelet has insufficient memory available',
    'Node worker-1 is short of memory: its kubelet evicts pods and takes no new ones of class BestEffort.',
  ),
  condition(
    'node-disk-pressure',
    'DiskPressure',
    'True',
    'KubeletHasDiskPressure',
    'kubelet has disk pressure',
    'Node worker-1 is short of disk space or inodes: its kubelet evicts pods and takes no new ones.',
  ),
  condition(
    'node-pid-pressure',
    'PIDPressure',
    'True',
    'KubeletHasInsufficientPID',
    'kubelet has insufficient PID available',
    'Node worker-1 is short of process ids: its kubelet evicts pods and takes no new ones.',
  ),
  condition(
    'network-unavailable-condition',
    'NetworkUnavailable',
    'True',
    'NoRouteCreated',
    'Node created without a route',
    'The network of node worker-1 is not set up: Node created without a route.',
  ),
];

/** Volumes of the pod that the texts below speak of. */
const spec: PodSpec = {
  volumes: [
    { name: 'conf', configMap: { name: 'web-conf', items: [{ key: 'app.ini', path: 'app.ini' }] } },
    { name: 'tls', secret: { secretName: 'web-tls' } },
    { name: 'host', hostPath: { path: '/data', type: 'Directory' } },
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
  ],
};

function mount(
  mode: string,
  reason: string,
  text: string,
  at: string,
  message: string,
  more: KubeObject[] = [],
  as?: Case['as'],
): Scenario {
  const { fires, silent } = waits(reason, text, spec, more);
  return { mode, fires: [{ ...fires, at, message, ...(as ? { as } : {}) }], silent: [silent] };
}

const SETUP = 'MountVolume.SetUp failed for volume ';
const CLAIM = `${T}.volumes[3]`;

export const volumes: Scenario[] = [
  mount(
    'configmap-missing-volume',
    'FailedMount',
    `${SETUP}"conf" : configmap "web-conf" not found`,
    `${T}.volumes[0].configMap.name`,
    'ConfigMap web-conf does not exist in namespace shop; volume conf of Deployment web waits for it (web-config?).',
    [o.object('v1', 'ConfigMap', 'web-config')],
  ),
  mount(
    'sa-token-projection-failed',
    'FailedMount',
    `${SETUP}"kube-api-access-x1" : failed to fetch token: serviceaccounts "web" not found`,
    CLAIM,
    'The service account token of Deployment web cannot be mounted: failed to fetch token: serviceaccounts "web" not found.',
  ),
  mount(
    'multi-attach-error',
    'FailedAttachVolume',
    'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-old-1',
    CLAIM,
    'Volume pvc-1 of Deployment web is still attached to another node: Volume is already used by pod(s) web-old-1.',
  ),
  mount(
    'csi-driver-missing-on-node',
    'FailedMount',
    'MountVolume.MountDevice failed for volume "pvc-1" : driver name ebs.example not found in the list of registered CSI drivers',
    CLAIM,
    'CSI driver ebs.example does not run on node worker-1, so the volumes of Deployment web are not mounted.',
  ),
  mount(
    'volume-attach-failed',
    'FailedAttachVolume',
    'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = NotFound desc = volume not found',
    CLAIM,
    'Volume pvc-1 of Deployment web cannot be attached to node worker-1: rpc error: code = NotFound desc = volume not found.',
  ),
  mount(
    'volume-mount-failed',
    'FailedMount',
    'MountVolume.SetUp failed for volume "pvc-1" : mount failed: exit status 32',
    CLAIM,
    'Volume pvc-1 of Deployment web cannot be mounted on node worker-1: mount failed: exit status 32.',
  ),
  mount(
    'volume-mount-timeout',
    'FailedMount',
    'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
    CLAIM,
    'Volume data of Deployment web has not been mounted in time on node worker-1: context deadline exceeded.',
  ),
];

function failed(mode: string, reason: string, text: string, message: string, pod: PodSpec = {}): Scenario {
  const make = (pods: number): Case => {
    const web = o.deployment('web', {
      replicas: pods,
      spec: { ...pod, containers: [{ name: 'app', image: 'shop/web:1' }] },
      podOptions: (index) =>
        index === 0 ? { ready: false, status: { phase: 'Failed', reason, message: text } } : {},
    });
    return { objects: web.all, subject: web.deployment };
  };
  return { mode, fires: [{ ...make(1), message }], silent: [make(2)] };
}

export const failedPods: Scenario[] = [
  failed(
    'pod-evicted-memory',
    'Evicted',
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 56Mi. Container app was using 900Mi, request is 0, has larger consumption of memory. ',
    'Node worker-1 was short of memory and evicted a pod of Deployment web: 56Mi < 100Mi, app 900Mi (request 0).',
  ),
  failed(
    'pod-evicted-ephemeral-storage',
    'Evicted',
    'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 512Mi. ',
    'Node worker-1 was short of disk space and evicted a pod of Deployment web: 512Mi < 1Gi.',
  ),
  failed(
    'node-inode-exhaustion',
    'Evicted',
    'The node was low on resource: inodes. Threshold quantity: 5000, available: 12. ',
    'Node worker-1 was out of inodes and evicted a pod of Deployment web: 12 < 5000.',
  ),
  failed(
    'pod-ephemeral-limit-exceeded',
    'Evicted',
    'Container app exceeded its local ephemeral storage limit "10Mi". ',
    'A pod of Deployment web wrote more than its ephemeral-storage limit 10Mi and was evicted; the node is in order.',
  ),
  failed(
    'pod-emptydir-limit-exceeded',
    'Evicted',
    'Usage of EmptyDir volume "tmp" exceeds the limit "10Mi". ',
    'emptyDir tmp of Deployment web grew beyond its sizeLimit 10Mi and the pod was evicted.',
  ),
  failed(
    'pod-rejected-node-pressure',
    'Evicted',
    'Pod was rejected: The node had condition: [DiskPressure]. ',
    'Node worker-1 refused a pod of Deployment web because of its condition DiskPressure.',
  ),
  failed(
    'kubelet-rejected-out-of-resource',
    'OutOfcpu',
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 4000, used: 200, capacity: 2000",
    'The kubelet of node worker-1 refused a pod of Deployment web: cpu 4000 + 200 > 2000.',
  ),
  failed(
    'kubelet-rejected-node-affinity',
    'NodeAffinity',
    "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    "The kubelet of node worker-1 refused a pod of Deployment web: the node's labels do not fit its selector.",
  ),
  failed(
    'kubelet-unexpected-admission-error',
    'UnexpectedAdmissionError',
    'Pod was rejected: Allocate failed due to no healthy devices present, which is unexpected',
    'The kubelet of node worker-1 could not give a pod of Deployment web its devices: Allocate failed due to no healthy devices present, which is unexpected.',
  ),
  failed(
    'sysctl-forbidden',
    'SysctlForbidden',
    'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
    'The kubelet of node worker-1 refused a pod of Deployment web: sysctl net.core.somaxconn is not allowlisted.',
    { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1024' }] } },
  ),
  failed(
    'pod-active-deadline-exceeded',
    'DeadlineExceeded',
    'Pod was active on the node longer than the specified deadline',
    'A pod of Deployment web ran longer than its activeDeadlineSeconds (60) and was ended.',
    { activeDeadlineSeconds: 60 },
  ),
  failed(
    'pod-node-shutdown',
    'Terminated',
    'Pod was terminated in response to imminent node shutdown.',
    'Node worker-1 was shut down and ended a pod of Deployment web.',
  ),
];

const going = (options: o.PodOptions, more: KubeObject[] = []): Case => {
  const pod = o.pod('web-1', { ready: false, ...options });
  return { objects: [pod, ...more], subject: pod };
};
const ended = { app: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } } };
const hook = { container: { lifecycle: { preStop: { exec: { command: ['drain'] } } } } };

function graceful(deletion: number, deletionGracePeriodSeconds: number): Case {
  const pod = o.pod('web-1', { deletion: o.ago(deletion) });
  const subject = { ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds } };
  return { objects: [subject], subject };
}

export const terminating: Scenario[] = [
  {
    mode: 'pod-stuck-terminating-finalizer',
    silent: [
      going({ deletion: o.ago(-20), finalizers: ['example.com/hold'], states: ended }),
      going({ finalizers: ['example.com/hold'] }),
    ],
  },
  {
    mode: 'pod-stuck-terminating-node-unreachable',
    fires: [
      {
        ...going({ deletion: o.ago(900) }, [
          sickNode('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
        ]),
        as: 'consequence',
        message:
          'Pod web-1 was deleted 15 min ago and cannot go, because the kubelet of its node worker-1 does not answer.',
      },
    ],
    silent: [going({ deletion: o.ago(900) })],
  },
  {
    mode: 'pod-stuck-terminating-grace',
    fires: [
      {
        ...going({ deletion: o.ago(900) }),
        message:
          'Pod web-1 should have ended 15 min ago and its containers still run; its grace period is 30 s.',
      },
    ],
    silent: [
      going({ deletion: o.ago(-10) }),
      // The first half minute of a long grace period, and a usual one: how every pod ends.
      graceful(-580, 600),
      graceful(-10, 30),
    ],
  },
  {
    mode: 'prestop-hook-failed',
    silent: [
      {
        objects: [o.pod('web-1', hook), o.event(o.pod('web-1'), 'FailedPreStopHook', 'PreStopHook failed')],
        subject: o.pod('web-1'),
      },
    ],
  },
];
