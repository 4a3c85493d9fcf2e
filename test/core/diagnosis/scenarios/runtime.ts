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

/** A start script from a ConfigMap that the kernel does not run. */
function mounted(
  script: string,
  why: string,
  { mode, message, before = '' }: { mode: string; message: string; before?: string },
): Scenario {
  const spec: PodSpec = {
    volumes: [{ name: 'scripts', configMap: { name: 'web-scripts', defaultMode: 0o555 } }],
  };
  const container: Container = {
    command: ['/scripts/start.sh'],
    volumeMounts: [{ name: 'scripts', mountPath: '/scripts' }],
  };
  const more = [o.object('v1', 'ConfigMap', 'web-scripts', { data: { 'start.sh': script } })];
  const log = `${before}exec /scripts/start.sh: ${why}\n`;
  return ending(mode, 255, 'Error', { at: `${C}.command`, message }, { spec, container, more, log });
}

export const endings: Scenario[] = [
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
  ending('exit-135-bus-error', 135, 'Error', {
    message:
      'Container app of Deployment web ends with a bus error (SIGBUS, exit code 135), often a full /dev/shm.',
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
  // The kernel's refusal of the image's own program, as runc writes it to the log.
  ending(
    'exec-format-error',
    255,
    'Error',
    {
      at: `${C}.image`,
      message:
        'The program of container app in Deployment web is not for the architecture of node worker-1 (amd64): exec format error.',
    },
    { log: 'exec /app: exec format error\n' },
  ),
  ending(
    'script-interpreter-missing',
    255,
    'Error',
    {
      at: `${C}.image`,
      message:
        'Container app of Deployment web starts /entrypoint.sh, which is there; what runs it (the shell of its first line, or a dynamic linker) is not in the image.',
    },
    { log: 'exec /entrypoint.sh: no such file or directory\n' },
  ),
  mounted('#!/bin/sh\r\nexec server\r\n', 'no such file or directory', {
    mode: 'script-interpreter-missing',
    message:
      'Container app of Deployment web starts /scripts/start.sh, a script for /bin/sh\\r, which its image does not have.',
  }),
  // A program that only says the words is none that was not started.
  mounted('#!/bin/sh\nexec server\n', 'no such file or directory', {
    mode: 'exit-1-app-error',
    message:
      'Container app of Deployment web ends with exit code 255: cannot exec /scripts/start.sh: no such file or directory',
    before: 'cannot ',
  }),
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
    'kernel-vm-max-map-count',
    'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
    { message: 'Node worker-1 has vm.max_map_count 65530; container app of Deployment web needs 262144.' },
  ),
  said('kernel-inotify-limit', 'failed to create fsnotify watcher: too many open files', {
    message:
      'Node worker-1 has no inotify watches left for container app of Deployment web (fs.inotify limits).',
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

/** Who has the port is not told: nobody else in the pod says so, or the pod is on the network of its node. */
export const ports: Scenario[] = [
  said('port-already-in-use', 'Error: listen EADDRINUSE: address already in use :::3000', {
    at: `${C}.image`,
    message:
      'Container app of Deployment web cannot listen on port 3000, because another process of its pod has it.',
  }),
  said(
    'port-already-in-use',
    'Web server failed to start. Port 8080 was already in use.',
    {
      message:
        'Container app of Deployment web cannot listen on port 8080, because it is taken on node worker-1, whose network the pod uses.',
    },
    { spec: { hostNetwork: true } },
  ),
];
