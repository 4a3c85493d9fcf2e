import { hostPathsOf } from '../../hostPaths.ts';
import { objectRule } from '../../rule.ts';

export const sensitiveHostPath = objectRule()({
  id: 'sensitive-host-path',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'host-path-exposure',
  sources: ['kube-linter/sensitive-host-mounts'],
  params: {
    paths: [
      '/',
      '/boot',
      '/dev',
      '/etc',
      '/lib',
      '/proc',
      '/sys',
      '/usr',
      '/root',
      '/home',
      '/var/lib/kubelet',
      '/etc/kubernetes',
    ] as readonly string[],
  },
  messages: {
    mounted:
      '{path} of the node is mounted into {containers}: what is there runs the node, and holds its secrets.',
  },

  check({ object }, { params, report }) {
    for (const { hostPath, path, mounts } of hostPathsOf(object)) {
      if (mounts.length === 0 || !params.paths.includes(hostPath)) continue;
      const containers = [...new Set(mounts.map(({ container }) => container))].join(', ');
      report('mounted', path, { data: { path: hostPath, containers } });
    }
  },
});
