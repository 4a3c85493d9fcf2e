/** Resolves a subject of any kind to its pods, owners, Services, Ingresses, policies, claims and nodes. */
import { isClusterScoped } from '../kube/object.ts';
import { refKey } from '../kube/ref.ts';
import { type Labels, matchesLabels, matchesSelector } from '../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../kube/store.ts';
import type {
  HorizontalPodAutoscaler,
  Ingress,
  KubeNode,
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  Service,
  WorkloadObject,
} from '../kube/types.ts';
import { podTemplateOf } from '../kube/workload.ts';
import { clientsOf, dependenciesOf } from './dependencies.ts';
import { backendNames, claimNames, mentions } from './namesIn.ts';
import type { Gap, Subject } from './observed.ts';
import type { ObservedIndex } from './observedIndex.ts';
import type { Scene } from './scene.ts';
import { webhookServices } from './webhookCalls.ts';

/** How far "it waits for a Service, whose pods wait for a Service" is followed. */
const DEPENDENCY_DEPTH = 3;

/** Gathers what touches the subject. A subject that does not exist gives a scene without `object` and without pods. */
export function buildScene(index: ObservedIndex, asked: Subject): Scene {
  const subject: Subject = isClusterScoped(asked.kind)
    ? { kind: asked.kind, name: asked.name }
    : { ...asked, namespace: asked.namespace ?? DEFAULT_NAMESPACE };
  const object = index.find(subject.kind, subject.namespace, subject.name);
  const gather = new Gatherer(index);
  if (object) gather.subject(object);
  const subjectPods = new Set(gather.pods.values());
  for (let depth = 0, wave = [...subjectPods]; depth < DEPENDENCY_DEPTH && wave.length > 0; depth++) {
    const before = new Set(gather.pods.values());
    for (const service of dependenciesOf(index, wave)) gather.service(service);
    wave = [...gather.pods.values()].filter((pod) => !before.has(pod));
  }
  for (const owner of gather.owners())
    for (const service of webhookServices(index, owner)) gather.service(service);
  if (object) gather.clients(object);
  return {
    subject,
    ...(object ? { object } : {}),
    subjectPods,
    store: index.store,
    now: index.now,
    ...gather.finish(object),
    ...(index.observed.probe?.kind === 'run' ? { probe: index.observed.probe.run } : {}),
    find: index.find,
    childrenOf: index.childrenOf,
    ownersOf: index.ownersOf,
    podsOnNode: index.podsOnNode,
    knowsPodsOn: (node) => index.observed.wholeNodes?.includes(node),
    eventsOf: index.eventsOf,
    logOf: ({ ref }, container, previous = false) =>
      index.logOf(ref.namespace ?? DEFAULT_NAMESPACE, ref.name, container, previous),
    statsOf: (node) => index.observed.stats[node],
    gapOf: (kind, namespace, name) => gapOf(index.observed.gaps, kind, namespace, name),
  };
}

/** A gap without a namespace covers every namespace; a gap of one object is not a gap of its kind. */
function gapOf(gaps: readonly Gap[], kind: string, namespace?: string, name?: string): Gap | undefined {
  return gaps.find(
    (gap) =>
      gap.kind === kind &&
      (gap.name === undefined || gap.name === name) &&
      (gap.namespace === undefined || namespace === undefined || gap.namespace === namespace),
  );
}

class Gatherer {
  readonly pods = new Map<string, Resource<Pod>>();
  readonly #index: ObservedIndex;
  readonly #owners = new Map<string, Resource>();
  readonly #services = new Map<string, Resource<Service>>();
  readonly #ingresses = new Map<string, Resource<Ingress>>();
  readonly #claims = new Map<string, Resource<PersistentVolumeClaim>>();

  constructor(index: ObservedIndex) {
    this.#index = index;
  }

  subject(object: Resource): void {
    const { kind, namespace = DEFAULT_NAMESPACE, name } = object.ref;
    const { store } = this.#index;
    switch (kind) {
      case 'Service':
        this.service(object as Resource<Service>);
        return;
      case 'Ingress':
        this.#ingress(object as Resource<Ingress>);
        return;
      case 'Node':
        for (const pod of this.#index.podsOnNode(name)) this.#pod(pod);
        return;
      case 'Namespace':
        for (const workload of store.workloads(name)) this.#workload(workload);
        for (const service of store.list<Service>('Service', name))
          this.#services.set(refKey(service.ref), service);
        for (const ingress of store.list<Ingress>('Ingress', name))
          this.#ingresses.set(refKey(ingress.ref), ingress);
        for (const claim of store.list<PersistentVolumeClaim>('PersistentVolumeClaim', name))
          this.#claims.set(refKey(claim.ref), claim);
        return;
      case 'PersistentVolumeClaim':
        this.#claims.set(refKey(object.ref), object as Resource<PersistentVolumeClaim>);
        this.#podsWhere(namespace, ({ spec }) => claimNames(spec).includes(name));
        return;
      case 'HorizontalPodAutoscaler': {
        const target = (object as Resource<HorizontalPodAutoscaler>).object.spec?.scaleTargetRef;
        const found = target?.kind && target.name && this.#index.find(target.kind, namespace, target.name);
        if (found) this.#workload(found);
        return;
      }
      case 'PodDisruptionBudget':
      case 'NetworkPolicy': {
        const spec = (object as Resource<PodDisruptionBudget & NetworkPolicy>).object.spec;
        const selector = kind === 'NetworkPolicy' ? spec?.podSelector : spec?.selector;
        this.#podsWhere(namespace, ({ metadata }) => matchesSelector(selector, metadata.labels));
        return;
      }
      case 'ConfigMap':
      case 'Secret':
      case 'ServiceAccount':
        this.#podsWhere(namespace, ({ spec }) => mentions(spec, kind, name));
        return;
      default:
        this.#workload(object);
    }
  }

  /** A Service with its pods and with the workloads whose pods it would select, pods or not. */
  service(service: Resource<Service>): void {
    this.#services.set(refKey(service.ref), service);
    const selector = service.object.spec?.selector;
    if (!selector || Object.keys(selector).length === 0) return;
    const namespace = service.ref.namespace ?? DEFAULT_NAMESPACE;
    for (const workload of this.#index.store.workloadsWithLabels(namespace, selector))
      this.#workload(workload);
  }

  #ingress(ingress: Resource<Ingress>): void {
    this.#ingresses.set(refKey(ingress.ref), ingress);
    for (const name of backendNames(ingress.object)) {
      const service = this.#index.find<Service>('Service', ingress.ref.namespace, name);
      if (service) this.service(service);
    }
  }

  /**
   * Pods whose log complains about one of the subject's Services: a Service cannot tell by itself that nobody reaches it.
   */
  clients(object: Resource): void {
    if (object.ref.kind === 'Node' || object.ref.kind === 'Namespace') return;
    const services = this.#servicesOf(object);
    if (services.length > 0) for (const pod of clientsOf(this.#index, services)) this.#pod(pod);
  }

  /** The subject, when it is a Service, and the Services that lead to its pods. */
  #servicesOf(object: Resource): Resource<Service>[] {
    const own = [...this.#services.values()];
    if (object.ref.kind === 'Service' || object.ref.kind === 'Ingress') return own;
    const labels = podTemplateOf(object.object)?.metadata?.labels;
    if (!labels) return own;
    return this.#index.store.list<Service>('Service', object.ref.namespace).filter(({ object: { spec } }) => {
      const selector = spec?.selector ?? {};
      return Object.keys(selector).length > 0 && matchesLabels(selector, labels);
    });
  }

  owners(): Resource[] {
    return [...this.#owners.values()];
  }

  /** Everything below a workload, and its owners above. */
  #workload(workload: { ref: Resource['ref'] }): void {
    const found = this.#index.store.get(workload.ref);
    if (!found) return;
    if (found.ref.kind === 'Pod') {
      this.#pod(found as Resource<Pod>);
      return;
    }
    const key = refKey(found.ref);
    if (this.#owners.has(key)) return;
    this.#owners.set(key, found);
    for (const child of this.#index.childrenOf(found))
      if (child.ref.kind === 'Pod' || podTemplateOf(child.object)) this.#workload(child);
    this.#up(found);
  }

  #pod(pod: Resource<Pod>): void {
    this.pods.set(refKey(pod.ref), pod);
    this.#up(pod);
  }

  #up(resource: Resource): void {
    for (const owner of this.#index.ownersOf(resource)) {
      const key = refKey(owner.ref);
      if (this.#owners.has(key)) continue;
      this.#owners.set(key, owner);
      this.#up(owner);
    }
  }

  #podsWhere(namespace: string, test: (pod: Pod) => boolean): void {
    for (const pod of this.#index.store.list<Pod>('Pod', namespace)) if (test(pod.object)) this.#pod(pod);
  }

  finish(
    object: Resource | undefined,
  ): Pick<Scene, 'pods' | 'owners' | 'services' | 'ingresses' | 'policies' | 'claims' | 'nodes'> {
    const { store } = this.#index;
    const pods = [...this.pods.values()];
    const owners = [...this.#owners.values()];
    const labelled = this.#labelSets(pods, owners);
    // The pods of a node are many and strangers to each other: their Services tell nothing about the node.
    if (object && object.ref.kind !== 'Node') this.#front(labelled, owners);
    this.#claimsOf(pods, owners);
    return {
      pods,
      owners,
      services: [...this.#services.values()],
      ingresses: [...this.#ingresses.values()],
      policies: this.#policies(object, labelled),
      claims: [...this.#claims.values()],
      nodes: this.#nodes(object, pods, store.list<KubeNode>('Node')),
    };
  }

  /** namespace → the different label sets of its pods and pod templates. */
  #labelSets(pods: Resource<Pod>[], owners: Resource[]): Map<string, Labels[]> {
    const sets = new Map<string, Map<string, Labels>>();
    for (const { ref, object } of [...pods, ...owners]) {
      const labels = podTemplateOf(object)?.metadata?.labels ?? {};
      const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
      const known = sets.get(namespace) ?? new Map<string, Labels>();
      sets.set(namespace, known);
      known.set(JSON.stringify(labels), labels);
    }
    return new Map([...sets].map(([namespace, known]) => [namespace, [...known.values()]]));
  }

  /** Services that select the pods, the governing Service of a StatefulSet, and the Ingresses in front of them. */
  #front(labelled: Map<string, Labels[]>, owners: Resource[]): void {
    const { store } = this.#index;
    for (const [namespace, sets] of labelled) {
      for (const service of store.list<Service>('Service', namespace)) {
        const selector = service.object.spec?.selector ?? {};
        if (Object.keys(selector).length === 0) continue;
        if (sets.some((labels) => matchesLabels(selector, labels)))
          this.#services.set(refKey(service.ref), service);
      }
    }
    for (const owner of owners) {
      if (owner.ref.kind !== 'StatefulSet') continue;
      const name = (owner.object as WorkloadObject).spec?.serviceName;
      const service = name && this.#index.find<Service>('Service', owner.ref.namespace, name);
      if (service) this.#services.set(refKey(service.ref), service);
    }
    const names = new Set([...this.#services.values()].map(({ ref }) => `${ref.namespace}/${ref.name}`));
    for (const ingress of store.list<Ingress>('Ingress'))
      if (backendNames(ingress.object).some((name) => names.has(`${ingress.ref.namespace}/${name}`)))
        this.#ingresses.set(refKey(ingress.ref), ingress);
  }

  #claimsOf(pods: Resource<Pod>[], owners: Resource[]): void {
    for (const { ref, object } of [...pods, ...owners])
      for (const name of claimNames(podTemplateOf(object)?.spec)) {
        const claim = this.#index.find<PersistentVolumeClaim>('PersistentVolumeClaim', ref.namespace, name);
        if (claim) this.#claims.set(refKey(claim.ref), claim);
      }
  }

  #policies(object: Resource | undefined, labelled: Map<string, Labels[]>): Resource<NetworkPolicy>[] {
    const { store } = this.#index;
    if (object?.ref.kind === 'Namespace') return store.list<NetworkPolicy>('NetworkPolicy', object.ref.name);
    return [...labelled].flatMap(([namespace, sets]) =>
      store
        .list<NetworkPolicy>('NetworkPolicy', namespace)
        .filter(({ object: { spec } }) =>
          sets.some((labels) => matchesSelector(spec?.podSelector ?? {}, labels)),
        ),
    );
  }

  /** All nodes while a pod has none yet: each of them is asked why it does not take the pod. */
  #nodes(
    object: Resource | undefined,
    pods: Resource<Pod>[],
    all: Resource<KubeNode>[],
  ): Resource<KubeNode>[] {
    if (object?.ref.kind === 'Node') return [object as Resource<KubeNode>];
    if (pods.some(({ object: pod }) => !pod.spec?.nodeName)) return all;
    const names = new Set(pods.map(({ object: pod }) => pod.spec?.nodeName));
    return all.filter(({ ref }) => names.has(ref.name));
  }
}
