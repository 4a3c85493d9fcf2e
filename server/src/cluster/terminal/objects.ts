/** The objects behind a terminal: an ephemeral container in a pod, or a debug pod on a node. */
import { randomInt } from 'node:crypto';
import type { KubeObject } from '../../core/kube/object.ts';
import type { ContainerSecurity, Pod } from '../../core/kube/types.ts';
import type { NetshootProfile, TerminalOptions } from '../../protocol.ts';
import { type EphemeralContainer, SESSION_VARIABLE } from '../writes.ts';
import { containerSecurity } from './profiles.ts';

/** A terminal that is forgotten ends after this. */
export const LIFETIME_SECONDS = 3600;

export const CONTAINER_PREFIX = 'netshoot-';
/** The only container of a debug pod. */
export const NODE_CONTAINER = 'netshoot';
export const NODE_TERMINAL_LABELS = {
  'app.kubernetes.io/managed-by': 'pod-triage',
  'app.kubernetes.io/component': 'node-terminal',
} as const;

/**
 * A shell with a time limit, by nothing but a POSIX shell and `sleep`. The outer shell is process 1, which signals from
 * inside its container cannot end; the inner one becomes the user's shell and can be killed. Its end is the container's.
 */
const SHELL = [
  '/bin/sh',
  '-c',
  `/bin/sh -c '(sleep ${LIFETIME_SECONDS}; kill -9 $$) </dev/null >/dev/null 2>&1 & command -v bash >/dev/null 2>&1 && exec bash; exec sh'; exit $?`,
];

/** In the C locale a shell's line editor takes bytes above 127 for Meta keys. musl and glibc have this one built in. */
const UTF8 = { name: 'LANG', value: 'C.UTF-8' };

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const suffix = (): string =>
  Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)] ?? 'x').join('');

/** The container of both kinds of terminal. It takes no resources: the API forbids them to ephemeral containers. */
const tool = (name: string, { image, pullPolicy }: TerminalOptions): EphemeralContainer => ({
  name,
  image,
  imagePullPolicy: pullPolicy,
  command: SHELL,
  env: [{ name: SESSION_VARIABLE, value: name }, UTF8],
  stdin: true,
  tty: true,
});

/** The container to add to a pod. `target` must be one of its containers, which the API server checks. */
export function ephemeralContainer(pod: Pod, options: TerminalOptions): EphemeralContainer {
  const security = containerSecurity(options.profile, pod);
  const target = options.target ?? pod.spec?.containers?.[0]?.name;
  return {
    ...tool(CONTAINER_PREFIX + suffix(), options),
    ...(target ? { targetContainerName: target } : {}),
    ...(security ? { securityContext: security } : {}),
  };
}

/** Host namespaces and the host's files, by profile, as kubectl has them. */
const NODE_ACCESS: Record<NetshootProfile, { host: boolean; files: 'none' | 'read-only' | 'writable' }> = {
  general: { host: true, files: 'read-only' },
  netadmin: { host: true, files: 'none' },
  sysadmin: { host: true, files: 'writable' },
  baseline: { host: false, files: 'none' },
  restricted: { host: false, files: 'none' },
};

/** A pod on a node, in a namespace of the user's; it tolerates every taint and ends by itself. */
export function nodePod(node: string, namespace: string, options: TerminalOptions): KubeObject {
  const { host, files } = NODE_ACCESS[options.profile];
  // The default capabilities of the runtime serve a look around; a node needs no tracing rights beside them.
  const security: ContainerSecurity | undefined =
    options.profile === 'general' ? { runAsUser: 0 } : containerSecurity(options.profile);
  const name = `${CONTAINER_PREFIX}${node.slice(0, 40).replace(/[^a-z0-9-]/g, '-')}-${suffix()}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...NODE_TERMINAL_LABELS } },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      activeDeadlineSeconds: LIFETIME_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      ...(host
        ? { hostNetwork: true, hostPID: true, hostIPC: true, dnsPolicy: 'ClusterFirstWithHostNet' }
        : {}),
      containers: [
        {
          ...tool(NODE_CONTAINER, options),
          ...(security ? { securityContext: security } : {}),
          ...(files === 'none'
            ? {}
            : { volumeMounts: [{ name: 'host', mountPath: '/host', readOnly: files === 'read-only' }] }),
        },
      ],
      ...(files === 'none' ? {} : { volumes: [{ name: 'host', hostPath: { path: '/' } }] }),
    },
  } as KubeObject;
}
