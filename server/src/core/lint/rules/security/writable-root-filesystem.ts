import { containersOf, podTemplateOf, templatePath } from '../../../kube/workload.ts';
import { objectRule } from '../../rule.ts';

const TMP = '/tmp';

export const writableRootFilesystem = objectRule()({
  id: 'writable-root-filesystem',
  group: 'security',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: 'pods',
  case: 'read-only-root-filesystem',
  sources: [
    'kube-score/container-security-context-readonlyrootfilesystem',
    'kube-linter/no-read-only-root-fs',
    'polaris/notReadOnlyRootFilesystem',
  ],
  messages: {
    writable:
      'Container {container} may change the files of its image: what an intruder writes there is run.',
    readOnly: 'Make the root filesystem read-only',
    readOnlyTmp: 'Make the root filesystem read-only, with a writable /tmp',
  },

  check({ object }, { report }) {
    const base = templatePath(object.kind);
    const volumes = podTemplateOf(object)?.spec?.volumes ?? [];
    if (!base) return;
    for (const { container, label, path } of containersOf(object)) {
      if (container.securityContext?.readOnlyRootFilesystem === true) continue;
      const place = [...path, 'securityContext', 'readOnlyRootFilesystem'];
      const readOnly = { op: 'set' as const, path: place, value: true };
      const hasTmp = container.volumeMounts?.some((mount) => mount?.mountPath === TMP);
      report('writable', place, {
        data: { container: label },
        fixes: [
          { title: 'readOnly', edits: [readOnly] },
          ...(hasTmp
            ? []
            : [
                {
                  title: 'readOnlyTmp' as const,
                  edits: [
                    readOnly,
                    {
                      op: 'append' as const,
                      path: [...path, 'volumeMounts'],
                      value: { name: 'tmp', mountPath: TMP },
                    },
                    ...(volumes.some((volume) => volume?.name === 'tmp')
                      ? []
                      : [
                          {
                            op: 'append' as const,
                            path: [...base, 'spec', 'volumes'],
                            value: { name: 'tmp', emptyDir: {} },
                          },
                        ]),
                  ],
                },
              ]),
        ],
      });
    }
  },
});
