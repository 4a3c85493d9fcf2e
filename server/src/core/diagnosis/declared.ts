/** Where a fault of a pod is written: in the template of its owner when that says the same, else in the pod. */
import type { Resource } from '../kube/store.ts';
import type { Pod } from '../kube/types.ts';
import { podTemplateOf, templatePath } from '../kube/workload.ts';
import { type Path, valueAt } from '../path.ts';
import type { Scene } from './scene.ts';

export interface Declared {
  guilty: Resource;
  path: Path;
}

/**
 * The topmost owner whose template has, at `podPath`, what the pod has. Injected values (LimitRange defaults, sidecars
 * of a webhook) and templates that changed since are thereby blamed on the object that really says it. A whole object,
 * such as a container, may hold more in the pod: every pod is given a node, a token's volume and its mounts.
 */
export function declared(scene: Scene, pod: Resource<Pod>, podPath: Path): Declared {
  const wanted = valueAt(pod.object, podPath);
  let best: Declared = { guilty: pod, path: podPath };
  for (
    let owner = scene.ownersOf(pod)[0], hops = 0;
    owner && hops < 5;
    owner = scene.ownersOf(owner)[0], hops++
  ) {
    const path = inTemplate(owner, pod, podPath);
    if (path && isSaidBy(valueAt(owner.object, path), wanted)) best = { guilty: owner, path };
  }
  return best;
}

/** Whether a template's value is what a pod has: the same, or all that it writes is in the pod as well. */
function isSaidBy(template: unknown, pod: unknown): boolean {
  if (Array.isArray(template) && Array.isArray(pod))
    return template.every(isRecord)
      ? template.length > 0 && template.every((item) => pod.some((other) => isSaidBy(item, other)))
      : JSON.stringify(template) === JSON.stringify(pod);
  if (!isRecord(template) || !isRecord(pod)) return template === pod;
  return Object.entries(template).every(([field, value]) => isEmpty(value) || isSaidBy(value, pod[field]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `resources: {}` of a template says nothing that the pod could lack. */
const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;

/** The top of the owners that has a pod template; the pod itself when it has none. */
export function topOwner(scene: Scene, resource: Resource): Resource {
  let top = resource;
  for (let hops = 0; hops < 5; hops++) {
    const owner = scene.ownersOf(top).find(({ object }) => podTemplateOf(object));
    if (!owner) return top;
    top = owner;
  }
  return top;
}

/** The same place in an owner: containers are found by name, because webhooks insert some. */
function inTemplate(owner: Resource, pod: Resource<Pod>, podPath: Path): Path | undefined {
  const base = templatePath(owner.ref.kind);
  if (!base || !podTemplateOf(owner.object)) return undefined;
  const path = [...podPath];
  for (const [at, step] of podPath.entries()) {
    if (typeof step !== 'number') continue;
    const named = valueAt(pod.object, podPath.slice(0, at + 1)) as { name?: string } | undefined;
    const list = valueAt(owner.object, [...base, ...path.slice(0, at)]);
    if (!named?.name || !Array.isArray(list)) continue;
    const index = list.findIndex((item: { name?: string } | null) => item?.name === named.name);
    if (index < 0) return undefined;
    path[at] = index;
  }
  return [...base, ...path];
}
