import { effectiveSecurity } from '../../../kube/effectiveSecurity.ts';
import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

export const runAsRoot = objectRule()({
  id: 'run-as-root',
  group: 'security',
  severity: 'info',
  // Most manifests leave it to the image: saying so on each of them would be noise.
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'container-runs-as-root',
  sources: ['kube-linter/run-as-non-root', 'polaris/runAsRootAllowed', 'popeye/302', 'popeye/306'],
  podSecurity: 'restricted',
  messages: {
    root: 'Container {container} runs as root: runAsUser is 0.',
    mayBe:
      'Container {container} runs as root when its image says so: neither runAsNonRoot nor runAsUser keeps it from that.',
    nonRoot: 'Refuse to run as root',
  },

  check({ object }, { report }) {
    const spec = podTemplateOf(object)?.spec;
    const base = templatePath(object.kind);
    if (!base) return;
    for (const { container, label, path } of containersOf(object)) {
      const { runAsUser, runAsNonRoot } = effectiveSecurity(spec, container);
      const data = { container: label };
      const place = [...path, 'securityContext'];
      if (runAsUser === 0) {
        const own = container.securityContext?.runAsUser === 0;
        report('root', own ? [...place, 'runAsUser'] : [...base, 'spec', 'securityContext', 'runAsUser'], {
          data,
        });
      } else if (runAsUser === undefined && runAsNonRoot !== true)
        report('mayBe', [...place, 'runAsNonRoot'], {
          data,
          fixes: [
            { title: 'nonRoot', edits: [{ op: 'set', path: [...place, 'runAsNonRoot'], value: true }] },
          ],
        });
    }
  },
});
