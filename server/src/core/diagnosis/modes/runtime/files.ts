/** Files that a container sees: which volume a path lies on, and the text of one that a ConfigMap gives. */
import type { KubeObject } from '../../../kube/object.ts';
import type { Volume, VolumeMount } from '../../../kube/types.ts';
import type { ContainerFact } from '../../containers.ts';
import type { Scene } from '../../scene.ts';

export interface Mount {
  mount: VolumeMount;
  /** Its place among the container's volumeMounts. */
  at: number;
  volume: Volume | undefined;
  /** The volume's place among the pod's volumes, or -1. */
  volumeAt: number;
}

const holds = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** The innermost volume mount that an absolute path lies on; undefined where it is the image's own file. */
export function mountOf({ spec, pod }: ContainerFact, path: string): Mount | undefined {
  const volumes = pod.object.spec?.volumes ?? [];
  const [found] = (spec.volumeMounts ?? [])
    .map((mount, at) => ({ mount, at }))
    .filter(({ mount: { mountPath } }) => mountPath !== undefined && holds(mountPath, path))
    .sort((a, b) => (b.mount.mountPath?.length ?? 0) - (a.mount.mountPath?.length ?? 0));
  if (!found) return undefined;
  const volumeAt = volumes.findIndex(({ name }) => name === found.mount.name);
  return { ...found, volume: volumes[volumeAt], volumeAt };
}

/** True for volumes whose files are keys of ConfigMaps and Secrets. */
export const isTextVolume = (mount: Mount | undefined): boolean =>
  Boolean(mount?.volume?.configMap ?? mount?.volume?.secret ?? mount?.volume?.projected);

/** The text of a file that a ConfigMap volume gives; undefined where it is of another kind or was not read. */
export function mountedText(scene: Scene, fact: ContainerFact, path: string): string | undefined {
  const found = mountOf(fact, path);
  const source = found?.volume?.configMap;
  if (!found || !source?.name) return undefined;
  const { mountPath = '', subPath } = found.mount;
  const file = subPath ?? path.slice(mountPath.length).replace(/^\/+/, '');
  const key = source.items ? source.items.find((item) => item.path === file)?.key : file;
  const map = scene.find<KubeObject & { data?: Record<string, string> }>(
    'ConfigMap',
    fact.pod.ref.namespace,
    source.name,
  );
  return key === undefined ? undefined : map?.object.data?.[key];
}
