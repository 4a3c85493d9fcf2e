import { hostPathsOf } from '../../hostPaths.ts';
import { objectRule } from '../../rule.ts';

/** Sockets of the runtimes: docker, containerd, CRI-O, Podman, cri-dockerd. */
const SOCKET = /(?:^|\/)(?:docker|containerd|crio|podman|cri-dockerd)\.sock$/;

export const dockerSocketMount = objectRule()({
  id: 'docker-socket-mount',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'host-path-exposure',
  sources: ['kube-linter/docker-sock'],
  messages: {
    mounted:
      'The socket {path} is mounted into {containers}: whoever talks to the container runtime is root on the node.',
  },

  check({ object }, { report }) {
    for (const { hostPath, path, mounts } of hostPathsOf(object)) {
      if (mounts.length === 0 || !SOCKET.test(hostPath)) continue;
      const containers = [...new Set(mounts.map(({ container }) => container))].join(', ');
      report('mounted', path, { data: { path: hostPath, containers } });
    }
  },
});
