/**
 * What each debug profile may do, and what Pod Security says to it.
 * The profiles are kubectl's (k8s.io/kubectl/pkg/cmd/debug/profiles.go, 1.36), with an explicit user where policy
 * allows one: capabilities do not help a process that is not root
 * (https://github.com/kubernetes/kubectl/issues/1650).
 */
import type { ContainerSecurity, Pod } from '../../core/kube/types.ts';
import { t } from '../../l10n.ts';
import type { NetshootProfile } from '../../protocol.ts';

const ROOT: ContainerSecurity = { runAsUser: 0, runAsNonRoot: false };
const NOBODY = 65_532;

/** The security context of an ephemeral container. */
export function containerSecurity(profile: NetshootProfile, pod?: Pod): ContainerSecurity | undefined {
  switch (profile) {
    case 'general':
      return { ...ROOT, capabilities: { add: ['SYS_PTRACE'] } };
    case 'netadmin':
      return { ...ROOT, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } };
    case 'sysadmin':
      return { ...ROOT, privileged: true };
    case 'baseline':
      return { ...ROOT };
    case 'restricted':
      return {
        runAsNonRoot: true,
        // Tool images run as root by default, which the kubelet then refuses.
        runAsUser: nonRoot(pod?.spec?.securityContext?.runAsUser),
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      };
  }
}

const nonRoot = (user: number | undefined): number => (user === undefined || user === 0 ? NOBODY : user);

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** The level that a namespace enforces; clusters without the label may have a default that cannot be read. */
export function enforcedLevel(labels: Readonly<Record<string, string>> | undefined): PodSecurityLevel {
  const level = labels?.['pod-security.kubernetes.io/enforce'];
  return level === 'baseline' || level === 'restricted' ? level : 'privileged';
}

/** Profiles that pass a level. SYS_PTRACE, NET_ADMIN and NET_RAW are not on baseline's list of capabilities. */
const PASSES: Record<PodSecurityLevel, readonly NetshootProfile[]> = {
  privileged: ['general', 'baseline', 'restricted', 'netadmin', 'sysadmin'],
  baseline: ['baseline', 'restricted'],
  restricted: ['restricted'],
};

/** What Pod Security will refuse, and what will not work although it is allowed. */
export function profileWarnings(
  profile: NetshootProfile,
  level: PodSecurityLevel,
  namespace: string,
): string[] {
  const warnings: string[] = [];
  const passing = PASSES[level];
  if (!passing.includes(profile))
    warnings.push(
      t(
        'Namespace {namespace} enforces Pod Security {level}, which refuses profile {profile}; {passing} passes.',
        {
          namespace,
          level,
          profile,
          passing: passing.join(', '),
        },
      ),
    );
  if (profile === 'restricted')
    warnings.push(t('Profile restricted runs without root: ping, tcpdump and ss -p do not work.'));
  return warnings;
}
