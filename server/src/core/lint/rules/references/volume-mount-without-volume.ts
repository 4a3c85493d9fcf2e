import type { WorkloadObject } from '../../../kube/types.ts';
import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { nearest } from '../../../nearest.ts';
import { objectRule } from '../../rule.ts';

export const volumeMountWithoutVolume = objectRule<WorkloadObject>()({
  id: 'volume-mount-without-volume',
  group: 'references',
  severity: 'error',
  scope: 'object',
  kinds: 'pods',
  case: 'volume-mount-without-volume',
  messages: {
    missing: 'Volume {name} of the mount is not among the volumes of the pod: {offered}; the pod is refused.',
    none: 'Volume {name} of the mount is not there, the pod has no volumes; the pod is refused.',
    useVolume: 'Mount volume {near}',
    addVolume: 'Add an emptyDir volume {name}',
  },

  check({ object, ref }, { report }) {
    const base = templatePath(ref.kind);
    const spec = podTemplateOf(object)?.spec;
    if (!base || !spec) return;
    const claims = ref.kind === 'StatefulSet' ? (object.spec?.volumeClaimTemplates ?? []) : [];
    const names = [
      ...(spec.volumes ?? []).map(({ name }) => name),
      ...claims.map(({ metadata }) => metadata?.name),
    ].filter((name) => name !== undefined);
    for (const { container, path } of containersOf(object))
      for (const [index, { name }] of (container.volumeMounts ?? []).entries()) {
        if (name === undefined || name === '' || names.includes(name)) continue;
        const near = nearest(name, names);
        const at = [...path, 'volumeMounts', index, 'name'];
        report(names.length > 0 ? 'missing' : 'none', at, {
          data: { name, offered: names.join(', ') },
          fixes: [
            ...(near === undefined
              ? []
              : [
                  {
                    title: 'useVolume' as const,
                    data: { near },
                    edits: [{ op: 'set' as const, path: at, value: near }],
                  },
                ]),
            {
              title: 'addVolume',
              data: { name },
              edits: [{ op: 'append', path: [...base, 'spec', 'volumes'], value: { name, emptyDir: {} } }],
            },
          ],
        });
      }
  },
});
