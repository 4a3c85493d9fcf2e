/** What a subject stands for: a fault concerns it when its chain touches one of these. */
import { refKey } from '../kube/ref.ts';
import { matchesLabels } from '../kube/selector.ts';
import type { Resource } from '../kube/store.ts';
import { podTemplateOf } from '../kube/workload.ts';
import { backendNames } from './namesIn.ts';
import type { Scene } from './scene.ts';

/** Kinds that are asked about for their own sake: the state of the pods around them is another question. */
const ALONE = new Set(['Node', 'HorizontalPodAutoscaler', 'PersistentVolumeClaim', 'ConfigMap', 'Secret']);

/** Identities of the subject, its pods and workloads, and of the Services and Ingresses that lead to them. */
export function subjectKeys(scene: Scene): ReadonlySet<string> {
  const { object } = scene;
  if (!object) return new Set();
  const own: Resource[] = [object];
  if (ALONE.has(object.ref.kind)) return keysOf([...own, ...hpaTarget(scene)]);
  const pods = [...scene.subjectPods];
  own.push(...pods);
  if (object.ref.kind !== 'Pod')
    own.push(...scene.owners.filter((owner) => isBelow(scene, owner, object, pods)));
  const services = scene.services.filter(
    (service) => object.ref.kind === 'Namespace' || service === object || leadsTo(service, own),
  );
  if (object.ref.kind === 'Ingress')
    services.push(...scene.services.filter((service) => routes(object, service)));
  const ingresses = scene.ingresses.filter(
    (ingress) =>
      object.ref.kind === 'Namespace' ||
      services.some((service) => routes(ingress, service) && object.ref.kind !== 'Ingress'),
  );
  return keysOf([
    ...own,
    ...services,
    ...ingresses,
    ...(object.ref.kind === 'Namespace' ? scene.claims : []),
  ]);
}

const keysOf = (resources: readonly Resource[]): Set<string> =>
  new Set(resources.map(({ ref }) => refKey(ref)));

const hpaTarget = ({ object, owners }: Scene): Resource[] =>
  object?.ref.kind === 'HorizontalPodAutoscaler' ? owners.slice(0, 1) : [];

/** Owners in a scene may belong to a dependency: those count that own one of the subject's pods or descend from it. */
function isBelow(scene: Scene, owner: Resource, object: Resource, pods: readonly Resource[]): boolean {
  if (object.ref.kind === 'Namespace') return owner.ref.namespace === object.ref.name;
  if (object.ref.kind === 'Service')
    return leadsTo(object, [owner]) || pods.some((pod) => owns(scene, owner, pod));
  if (object.ref.kind === 'Ingress')
    return scene.services.some((service) => routes(object, service) && leadsTo(service, [owner]));
  return owner === object || owns(scene, object, owner) || pods.some((pod) => owns(scene, owner, pod));
}

function owns(scene: Scene, owner: Resource, resource: Resource): boolean {
  for (let at: Resource | undefined = resource, hops = 0; at && hops < 5; at = scene.ownersOf(at)[0], hops++)
    if (at.object === owner.object) return true;
  return false;
}

function leadsTo(service: Resource, targets: readonly Resource[]): boolean {
  const selector = (service.object as { spec?: { selector?: Record<string, string> } }).spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return false;
  return targets.some(
    ({ ref, object }) =>
      ref.namespace === service.ref.namespace &&
      matchesLabels(selector, podTemplateOf(object)?.metadata?.labels),
  );
}

const routes = (ingress: Resource, service: Resource): boolean =>
  ingress.ref.namespace === service.ref.namespace && backendNames(ingress.object).includes(service.ref.name);
