import type { KubeObject } from '../../../../server/src/core/kube/object.ts';
import type { Container, ContainerStatus, PodSpec } from '../../../../server/src/core/kube/types.ts';
import * as o from '../../../tools/objects.ts';
import type { Case, Scenario } from './scenario.ts';

const C = 'Deployment/shop/web spec.template.spec.containers[0]';

interface Options {
  container?: Container;
  spec?: PodSpec;
  more?: KubeObject[];
  log?: string;
  annotations?: Record<string, string>;
}

function caseOf(state: Partial<ContainerStatus>, options: Options = {}): Case {
  const web = o.deployment('web', {
    container: options.container ?? {},
    ...(options.spec
      ? {
          spec: { ...options.spec, containers: [{ name: 'app', image: 'shop/web:1', ...options.container }] },
        }
      : {}),
    podOptions: () => ({
      states: { app: state },
      ...(options.annotations ? { annotations: options.annotations } : {}),
    }),
  });
  return {
    objects: [...web.all, ...(options.more ?? [])],
    subject: web.deployment,
    ...(options.log === undefined
      ? {}
      : { extra: { logs: [o.logOf(web.pods[0]!, options.log, 'app', state.state?.running === undefined)] } }),
  };
}

/** How it ended, now in CrashLoopBackOff; and the same ending three days ago, running since. */
function ending(
  mode: string,
  exitCode: number,
  reason: string,
  expected: { at?: string; message: string },
  options: Options & { message?: string } = {},
): Scenario {
  const extra = options.message === undefined ? {} : { message: options.message };
  const crashed = o.crashed(exitCode, reason, extra);
  const long = {
    ...crashed,
    ready: true,
    started: true,
    restartCount: 1,
    state: { running: { startedAt: o.ago(3 * o.DAY) } },
  };
  const old = { terminated: { ...crashed.lastState?.terminated, exitCode, finishedAt: o.ago(3 * o.DAY) } };
  return {
    mode,
    fires: [{ ...caseOf(crashed, options), ...expected }],
    silent: [caseOf({ ...long, lastState: old }, options)],
  };
}

const RUNC =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

export const endings: Scenario[] = [
  ending(
    'oom-killed-child',
    1,
    'OOMKilled',
    {
      at: `${C}.resources.limits.memory`,
      message:
        'A child process of container app in Deployment web was killed for memory at the limit 64Mi; the main process then ended with exit code 1.',
    },
    { container: { resources: { limits: { memory: '64Mi' } } } },
  ),
  {
    mode: 'limitrange-default-oom',
    fires: [
      {
        ...limited(true),
        at: 'Pod/shop/web-abc-0 spec.containers[0].resources.limits.memory',
        message:
          'Container app of Deployment web was killed at the memory limit 32Mi, which a LimitRange of namespace shop gave it: the manifest has none.',
      },
    ],
    silent: [limited(false)],
  },
  ending(
    'exit-1-app-error',
    1,
    'Error',
    {
      at: `${C}.image`,
      message: 'Container app of Deployment web ends with exit code 1: FATAL: DATABASE_URL is not set',
    },
    { log: 'starting\nFATAL: DATABASE_URL is not set\n' },
  ),
  ending(
    'exit-2-shell-misuse',
    2,
    'Error',
    {
      at: `${C}.args`,
      message:
        'Container app of Deployment web ends with exit code 2 (usage, shell syntax or a Go panic): flag provided but not defined: -prot',
    },
    { container: { args: ['-prot=8080'] }, log: 'flag provided but not defined: -prot\n' },
  ),
  ending(
    'exit-134-abort',
    134,
    'Error',
    {
      message:
        'Container app of Deployment web aborts (SIGABRT, exit code 134): assertion failed: queue.c:41',
    },
    { log: 'assertion failed: queue.c:41' },
  ),
  ending('exit-135-bus-error', 135, 'Error', {
    message:
      'Container app of Deployment web ends with a bus error (SIGBUS, exit code 135), often a full /dev/shm.',
  }),
  ending('exit-137-not-oom', 137, 'Error', {
    message:
      'Container app of Deployment web was ended by SIGKILL (exit code 137), and not by its memory limit.',
  }),
  ending('exit-139-segfault', 139, 'Error', {
    at: `${C}.image`,
    message: 'Container app of Deployment web ends with a segmentation fault (SIGSEGV, exit code 139).',
  }),
  ending('exit-143-sigterm', 143, 'Error', {
    message: 'Container app of Deployment web was asked to stop from outside (SIGTERM, exit code 143).',
  }),
  ending('exit-255-or-unknown', 255, 'Unknown', {
    message:
      'The runtime of node worker-1 lost container app of Deployment web (exit code 255, reason Unknown).',
  }),
  ending(
    'container-status-unknown',
    137,
    'ContainerStatusUnknown',
    {
      message:
        'Container app of Deployment web was lost by the kubelet of node worker-1; its exit code 137 is a placeholder and no sign of memory.',
    },
    { message: 'The container could not be located when the pod was terminated' },
  ),
  ending(
    'exit-127-command-not-found',
    128,
    'StartError',
    {
      at: `${C}.command`,
      message: 'Container app of Deployment web starts servr, which its image does not have.',
    },
    {
      container: { command: ['servr'] },
      message: `${RUNC}error during container init: exec: "servr": executable file not found in $PATH: unknown`,
    },
  ),
  ending(
    'exit-126-not-executable',
    128,
    'StartError',
    {
      at: `${C}.command`,
      message: 'Container app of Deployment web starts /etc/passwd, which is no program it may execute.',
    },
    {
      container: { command: ['/etc/passwd'] },
      message: `${RUNC}error during container init: exec: "/etc/passwd": permission denied: unknown`,
    },
  ),
  ending(
    'exec-format-error',
    128,
    'StartError',
    {
      at: `${C}.image`,
      message:
        'The program of container app in Deployment web is not for the architecture of node worker-1 (amd64): exec format error.',
    },
    { message: `${RUNC}exec: "/app": exec format error: unknown` },
  ),
  ending(
    'container-start-error',
    128,
    'StartError',
    { message: 'Container app of Deployment web cannot be started: mkdir /bin/app: not a directory.' },
    { message: `${RUNC}error during container init: mkdir /bin/app: not a directory: unknown` },
  ),
  {
    mode: 'crash-loop-backoff',
    fires: [
      {
        ...caseOf(o.crashed(1)),
        as: 'consequence',
        message: 'Container app of Deployment web is in CrashLoopBackOff: 4 restarts, the last 30 s ago.',
      },
    ],
    silent: [caseOf({ ready: true, restartCount: 4 })],
  },
];

function limited(injected: boolean): Case {
  const spec: PodSpec = {
    containers: [{ name: 'app', image: 'shop/web:1', resources: { limits: { memory: '32Mi' } } }],
  };
  const web = o.deployment('web', {
    ...(injected ? {} : { spec }),
    podOptions: () => ({
      spec,
      states: { app: o.crashed(137, 'OOMKilled') },
      annotations: injected
        ? { 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory limit for container app' }
        : {},
    }),
  });
  const range = o.object('v1', 'LimitRange', 'defaults', {
    spec: { limits: [{ type: 'Container', default: { memory: '32Mi' } }] },
  });
  return { objects: [...web.all, range], subject: web.deployment };
}

/** The line at the end of a crashed container's log; and the same line in the log of one that is ready. */
function said(
  mode: string,
  line: string,
  expected: { at?: string; message: string },
  options: Options = {},
): Scenario {
  return {
    mode,
    fires: [{ ...caseOf(o.crashed(1), { ...options, log: `starting\n${line}\n` }), ...expected }],
    silent: [caseOf({}, { ...options, log: `starting\n${line}\n` })],
  };
}

const T = 'Deployment/shop/web spec.template.spec';

export const logCauses: Scenario[] = [
  said(
    'rbac-forbidden-workload',
    'E1124 pods is forbidden: User "system:serviceaccount:shop:reader" cannot list resource "pods" in API group "" in the namespace "shop"',
    {
      at: `${T}.serviceAccountName`,
      message:
        'ServiceAccount reader of Deployment web may not list pods (core, shop), which container app needs.',
    },
    { spec: { serviceAccountName: 'reader' } },
  ),
  said(
    'sa-token-not-mounted',
    'open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
    {
      at: `${T}.automountServiceAccountToken`,
      message:
        'Container app of Deployment web looks for its service account token, which is not mounted (automountServiceAccountToken false).',
    },
    { spec: { automountServiceAccountToken: false } },
  ),
  said(
    'unprivileged-port-bind',
    'listen tcp :80: bind: permission denied',
    {
      at: `${C}.securityContext`,
      message:
        'Container app of Deployment web may not bind port 80: ports below 1024 need root or NET_BIND_SERVICE.',
    },
    { container: { securityContext: { runAsUser: 1000 } } },
  ),
  said(
    'kernel-vm-max-map-count',
    'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
    { message: 'Node worker-1 has vm.max_map_count 65530; container app of Deployment web needs 262144.' },
  ),
  said('kernel-inotify-limit', 'failed to create fsnotify watcher: too many open files', {
    message:
      'Node worker-1 has no inotify watches left for container app of Deployment web (fs.inotify limits).',
  }),
  said('kernel-open-files-limit', 'accept4: too many open files', {
    message: 'Container app of Deployment web has no file descriptors left (too many open files).',
  }),
  said('process-limit-reached', "RuntimeError: can't start new thread", {
    message:
      'Container app of Deployment web cannot start another process or thread: the pod is at its PID limit.',
  }),
  said(
    'volume-filesystem-full',
    'write /data/wal: no space left on device',
    { message: 'Container app of Deployment web writes to a volume or file system that is full.' },
    { container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } },
  ),
  said(
    'volume-permission-denied',
    'mkdir /data/cache: permission denied',
    {
      at: `${C}.securityContext`,
      message: 'Container app of Deployment web may not write to /data/cache: permission denied.',
    },
    { container: { securityContext: { runAsUser: 1000 } } },
  ),
  said(
    'env-var-service-link-collision',
    'invalid port "tcp://10.96.5.5:6379"',
    {
      at: `${T}.enableServiceLinks`,
      message:
        'Container app of Deployment web reads REDIS_PORT, which the kubelet sets to tcp://10.96.5.5:6379 because there is a Service redis.',
    },
    { more: [o.service('redis', { clusterIP: '10.96.5.5', type: 'ClusterIP' })] },
  ),
  said(
    'cert-not-yet-valid',
    'tls: x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-10-01T00:00:00Z',
    {
      message:
        'Container app of Deployment web meets a certificate that is not valid yet: current time 2020-01-01T00:00:00Z is before 2026-10-01T00:00:00Z. The clock of node worker-1 comes first.',
    },
  ),
  said('cert-san-mismatch', 'tls: x509: certificate is valid for ledger.shop, not ledger', {
    message: 'Container app of Deployment web asks for ledger and gets a certificate for ledger.shop.',
  }),
];

/** A container that is not created; and one that runs with the same env. */
function notCreated(
  mode: string,
  reason: string,
  message: string,
  expected: { at?: string; message: string },
  options: Options = {},
): Scenario {
  return {
    mode,
    fires: [{ ...caseOf(o.waiting(reason, message), options), ...expected }],
    silent: [caseOf({}, options)],
  };
}

const CONFIG = 'CreateContainerConfigError';

export const config: Scenario[] = [
  notCreated(
    'create-container-error',
    'CreateContainerError',
    'failed to reserve container name "app": name is reserved',
    {
      at: C,
      message:
        'The runtime cannot create container app of Deployment web: failed to reserve container name "app": name is reserved.',
    },
  ),
  {
    mode: 'subpath-failure',
    silent: [
      caseOf(o.waiting(CONFIG, 'services have not yet been read at least once, cannot construct envvars')),
    ],
  },
];
