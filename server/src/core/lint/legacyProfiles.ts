/** Annotations that were the only way to name a profile before there were fields: seccomp until 1.19, AppArmor until 1.30. */
import type { PodTemplateSpec } from '../kube/types.ts';

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const isProfile = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value !== 'unconfined';

export const hasLegacySeccomp = (template: PodTemplateSpec | undefined, container: string): boolean => {
  const annotations = template?.metadata?.annotations ?? {};
  return isProfile(annotations[SECCOMP_CONTAINER + container] ?? annotations[SECCOMP_POD]);
};

export const hasLegacyAppArmor = (template: PodTemplateSpec | undefined, container: string): boolean =>
  isProfile(template?.metadata?.annotations?.[APPARMOR + container]);
