/** From an object to the pods it makes. */

import { type Path, valueAt } from '../path.ts';
import { remember } from '../remember.ts';
import type { KubeObject } from './object.ts';
import type { Container, CronJob, Pod, PodSpec, PodTemplateSpec, WorkloadObject } from './types.ts';

/** Where each pod-bearing kind keeps its pod template. OpenShift and Argo kinds have the Deployment's shape. */
const TEMPLATE_PATH: Record<string, Path> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  DeploymentConfig: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  // It makes none itself; who copies it gets what is in it.
  PodTemplate: ['template'],
};

export const POD_KINDS: readonly string[] = Object.keys(TEMPLATE_PATH);

/** Path of the pod template in an object of a kind, or undefined when the kind makes no pods. */
export const templatePath = (kind: string): Path | undefined =>
  Object.hasOwn(TEMPLATE_PATH, kind) ? TEMPLATE_PATH[kind] : undefined;

/** The pod template of a workload, or the pod itself; undefined when the object makes no pods or has no template yet. */
export function podTemplateOf(object: KubeObject): PodTemplateSpec | undefined {
  if (object.kind === 'Pod') return object as Pod;
  if (object.kind === 'PodTemplate') return (object as { template?: PodTemplateSpec }).template;
  if (object.kind === 'CronJob') return (object as CronJob).spec?.jobTemplate?.spec?.template;
  if (!Object.hasOwn(TEMPLATE_PATH, object.kind)) return undefined;
  return (object as WorkloadObject).spec?.template;
}

export interface PlacedContainer {
  container: Container;
  /** What a message calls it: its name, or `containers[0]` while it has none. */
  label: string;
  /** Path of the container in its object. */
  path: Path;
  role: 'main' | 'init' | 'sidecar';
}

/** Every container of a workload with its path. A restartable init container is a sidecar. */
export const containersOf = remember((object: KubeObject): readonly PlacedContainer[] => {
  const template = podTemplateOf(object);
  const base = templatePath(object.kind);
  if (!template?.spec || !base) return [];
  const spec: PodSpec = template.spec;
  const place = (list: 'containers' | 'initContainers'): PlacedContainer[] =>
    (spec[list] ?? []).map((container, index) => ({
      container,
      label: container.name || `${list}[${index}]`,
      path: [...base, 'spec', list, index],
      role: list === 'containers' ? 'main' : container.restartPolicy === 'Always' ? 'sidecar' : 'init',
    }));
  return [...place('initContainers'), ...place('containers')];
});

/** Containers that run as long as the pod does. */
export const longRunning = (object: KubeObject): PlacedContainer[] =>
  containersOf(object).filter(({ role }) => role !== 'init');

const CONTAINER_LISTS: ReadonlySet<unknown> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
]);

/** Name of the container that a path leads into; undefined when it leads into none. */
export function containerNameAt(object: KubeObject, path: Path): string | undefined {
  const at = path.findIndex((step) => CONTAINER_LISTS.has(step));
  if (at < 0 || typeof path[at + 1] !== 'number') return undefined;
  const name = valueAt(object, [...path.slice(0, at + 2), 'name']);
  return typeof name === 'string' ? name : undefined;
}
