/** Directories of the node that pods mount. */
import type { KubeObject } from '../kube/object.ts';
import { containersOf, podTemplateOf, templatePath } from '../kube/workload.ts';
import type { Path } from '../path.ts';

export interface HostPath {
  volume: string;
  /** The node's path without a slash at its end. */
  hostPath: string;
  /** Path of the node's path in the object. */
  path: Path;
  mounts: { container: string; readOnly: boolean; path: Path }[];
}

export function hostPathsOf(object: KubeObject): HostPath[] {
  const base = templatePath(object.kind);
  if (!base) return [];
  return (podTemplateOf(object)?.spec?.volumes ?? []).flatMap((volume, index) => {
    const written = volume?.hostPath?.path;
    if (typeof written !== 'string' || written === '') return [];
    const name = volume.name ?? '';
    return [
      {
        volume: name,
        hostPath: written.replace(/(?<=.)\/+$/, ''),
        path: [...base, 'spec', 'volumes', index, 'hostPath', 'path'],
        mounts: containersOf(object).flatMap(({ container, label, path }) =>
          (container.volumeMounts ?? []).flatMap((mount, i) =>
            mount?.name === name
              ? [
                  {
                    container: label,
                    readOnly: mount.readOnly === true,
                    path: [...path, 'volumeMounts', i],
                  },
                ]
              : [],
          ),
        ),
      },
    ];
  });
}
