import { matchesGlob } from '../../../glob.ts';
import { podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

/**
 * Sysctls that every kubelet takes, with the version since when: https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
 * and k8s.io/kubernetes/pkg/kubelet/sysctl. Everything else needs `--allowed-unsafe-sysctls` on the node.
 */
const SAFE_SINCE: Record<string, readonly [number, number]> = {
  'kernel.shm_rmid_forced': [1, 4],
  'net.ipv4.ip_local_port_range': [1, 4],
  'net.ipv4.tcp_syncookies': [1, 4],
  'net.ipv4.ping_group_range': [1, 18],
  'net.ipv4.ip_unprivileged_port_start': [1, 22],
  'net.ipv4.ip_local_reserved_ports': [1, 27],
  'net.ipv4.tcp_keepalive_time': [1, 29],
  'net.ipv4.tcp_fin_timeout': [1, 29],
  'net.ipv4.tcp_keepalive_intvl': [1, 29],
  'net.ipv4.tcp_keepalive_probes': [1, 29],
  'net.ipv4.tcp_rmem': [1, 32],
  'net.ipv4.tcp_wmem': [1, 32],
};

/** Sysctls that the kernel keeps for each pod; the others are the node's own, and no kubelet sets them for a pod. */
const OF_POD = /^(kernel\.(sem|shm.*|msg.*)|fs\.mqueue\..*|net\..*)$/;

export const unsafeSysctl = objectRule()({
  id: 'unsafe-sysctl',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'sysctl-refused-by-kubelet',
  sources: ['kube-linter/unsafe-sysctls'],
  podSecurity: 'baseline',
  /** Globs of sysctls that the nodes allow. */
  params: { allow: [] as readonly string[] },
  messages: {
    unsafe:
      'Sysctl {name} is not in the safe set of Kubernetes {version}: the kubelet refuses the pod (SysctlForbidden) unless its node allows it.',
    newer:
      'Sysctl {name} is safe from Kubernetes {since} on, not in {version}: the kubelet refuses the pod (SysctlForbidden) unless its node allows it.',
    node: 'Sysctl {name} belongs to the node and not to a pod: the kubelet refuses the pod (SysctlForbidden).',
    remove: 'Remove sysctl {name}',
  },

  check({ object }, { params, kubernetesVersion, report }) {
    const base = templatePath(object.kind);
    const sysctls = podTemplateOf(object)?.spec?.securityContext?.sysctls;
    if (!base || !Array.isArray(sysctls)) return;
    for (const [index, sysctl] of sysctls.entries()) {
      if (typeof sysctl?.name !== 'string' || sysctl.name === '') continue;
      // Slashes are taken as well, as sysctl(8) takes them.
      const name = sysctl.name.replaceAll('/', '.');
      const since = Object.hasOwn(SAFE_SINCE, name) ? SAFE_SINCE[name] : undefined;
      if (since && !isBefore(kubernetesVersion, since)) continue;
      if (params.allow.some((glob) => matchesGlob(glob, name))) continue;
      const path = [...base, 'spec', 'securityContext', 'sysctls', index];
      report(since ? 'newer' : OF_POD.test(name) ? 'unsafe' : 'node', [...path, 'name'], {
        data: { name, version: kubernetesVersion.join('.'), since: since?.join('.') },
        fixes: [{ title: 'remove', data: { name }, edits: [{ op: 'delete', path }] }],
      });
    }
  },
});

const isBefore = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
