import { matchesGlob } from '../../../glob.ts';
import { containersOf } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const privilegedContainer = objectRule()({
  id: 'privileged-container',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'privilege-escalation',
  sources: [
    'kube-score/container-security-context-privileged',
    'kube-linter/privileged-container',
    'polaris/runAsPrivileged',
  ],
  podSecurity: 'baseline',
  /** Globs of containers that may be privileged. */
  params: { exempt: [] as readonly string[] },
  messages: {
    privileged:
      'Container {container} is privileged: it has every device and capability of its node, which makes it root there.',
    off: 'Run it without privileges',
  },

  check({ object }, { params, report }) {
    for (const { container, label, path } of containersOf(object)) {
      if (container.securityContext?.privileged !== true) continue;
      if (params.exempt.some((glob) => matchesGlob(glob, container.name ?? ''))) continue;
      const place = [...path, 'securityContext', 'privileged'];
      report('privileged', place, {
        data: { container: label },
        fixes: [{ title: 'off', edits: [{ op: 'set', path: place, value: false }] }],
      });
    }
  },
});
