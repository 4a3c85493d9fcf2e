import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { type Path, valueAt } from '../../../path.ts';
import { objectRule } from '../../rule.ts';

const FIELD = ['securityContext', 'windowsOptions', 'hostProcess'];

export const hostProcess = objectRule()({
  id: 'host-process',
  group: 'security',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'host-namespaces',
  sources: ['polaris/hostProcess'],
  podSecurity: 'baseline',
  messages: {
    host: 'hostProcess runs the container on the Windows node itself, with the rights of its account there.',
    remove: 'Remove hostProcess',
  },

  check({ object }, { report }) {
    const base = templatePath(object.kind);
    if (!base) return;
    const places: { value: unknown; path: Path }[] = [
      { value: podTemplateOf(object)?.spec, path: [...base, 'spec'] },
      ...containersOf(object).map(({ container, path }) => ({ value: container, path })),
    ];
    for (const { value, path } of places)
      if (valueAt(value, FIELD) === true)
        report('host', [...path, ...FIELD], {
          at: 'key',
          fixes: [{ title: 'remove', edits: [{ op: 'delete', path: [...path, ...FIELD] }] }],
        });
  },
});
