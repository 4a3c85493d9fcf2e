import { matchesGlob } from '../../../glob.ts';
import { hostPathsOf } from '../../hostPaths.ts';
import { objectRule } from '../../rule.ts';

export const hostPathVolume = objectRule()({
  id: 'host-path-volume',
  group: 'security',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'host-path-exposure',
  sources: ['polaris/hostPathSet'],
  podSecurity: 'baseline',
  /** Globs of paths that may be mounted. */
  params: { allow: [] as readonly string[] },
  messages: {
    mounted: 'Volume {volume} is {path} of the node: the pod sees what is on the node it happens to run on.',
  },

  check({ object }, { params, report }) {
    for (const { volume, hostPath, path } of hostPathsOf(object))
      if (!params.allow.some((glob) => matchesGlob(glob, hostPath)))
        report('mounted', path, { data: { volume, path: hostPath } });
  },
});
