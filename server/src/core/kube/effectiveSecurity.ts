/** The security context a container runs under: its own fields win over those of the pod. */
import type { Container, PodSpec } from './types.ts';

/** Pod-level defaults and container fields, merged the way the kubelet merges them. */
export interface EffectiveSecurity {
  runAsUser?: number;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  seccompType?: string;
  appArmorType?: string;
  hasSeLinux: boolean;
}

/** Fields of both levels that the merge knows; `appArmorProfile` is one since 1.30. */
interface SharedContext {
  runAsUser?: number;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  seccompProfile?: { type?: string };
  appArmorProfile?: { type?: string };
  seLinuxOptions?: Record<string, unknown>;
}

/**
 * `privileged`, `allowPrivilegeEscalation`, `readOnlyRootFilesystem`, `capabilities` and `procMount` exist on
 * containers only and are not part of this.
 * https://pkg.go.dev/k8s.io/api/core/v1#PodSecurityContext
 */
export function effectiveSecurity(spec: PodSpec | undefined, container: Container): EffectiveSecurity {
  const pod: SharedContext = spec?.securityContext ?? {};
  const own: SharedContext = container.securityContext ?? {};
  const runAsUser = own.runAsUser ?? pod.runAsUser;
  const runAsGroup = own.runAsGroup ?? pod.runAsGroup;
  const runAsNonRoot = own.runAsNonRoot ?? pod.runAsNonRoot;
  const seccompType = (own.seccompProfile ?? pod.seccompProfile)?.type;
  const appArmorType = (own.appArmorProfile ?? pod.appArmorProfile)?.type;
  return {
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    ...(runAsNonRoot === undefined ? {} : { runAsNonRoot }),
    ...(seccompType === undefined ? {} : { seccompType }),
    ...(appArmorType === undefined ? {} : { appArmorType }),
    hasSeLinux: Object.keys(own.seLinuxOptions ?? pod.seLinuxOptions ?? {}).length > 0,
  };
}

/** `CAP_SYS_ADMIN`, `sys_admin` → `SYS_ADMIN`. Kubernetes wants names without the prefix; what was meant is clear. */
export const capabilityName = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

/** Capabilities that containerd gives without being asked (its `oci` default spec); CRI-O gives some of them. */
export const DEFAULT_CAPABILITIES: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Capability names of a container's lists, without prefixes. */
export const capabilitiesOf = (container: Container): { add: string[]; drop: string[] } => {
  const { add, drop } = container.securityContext?.capabilities ?? {};
  const names = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((name) => typeof name === 'string').map(capabilityName) : [];
  return { add: names(add), drop: names(drop) };
};
