/** The subject of a diagnosis and everything that touches it, gathered once for all modes. */
import type { KubeObject } from '../kube/object.ts';
import type { Resource, Store } from '../kube/store.ts';
import type {
  Event,
  Ingress,
  KubeNode,
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  Service,
} from '../kube/types.ts';
import type { ProbeRun } from '../probe/check.ts';
import type { Gap, KubeletStats, Subject } from './observed.ts';

export interface Scene {
  subject: Subject;
  /** The subject's object; undefined when it does not exist. */
  object?: Resource;
  store: Store;
  /** The cluster's clock, in milliseconds. */
  now: number;
  /** The pods in question: the subject, those it makes, or those it selects. */
  pods: Resource<Pod>[];
  /** Owners of the pods up to the top: ReplicaSet, Deployment, Job, CronJob… */
  owners: Resource[];
  services: Resource<Service>[];
  ingresses: Resource<Ingress>[];
  policies: Resource<NetworkPolicy>[];
  claims: Resource<PersistentVolumeClaim>[];
  nodes: Resource<KubeNode>[];
  /** Those of `pods` that the subject itself is about; the others belong to what it depends on. */
  subjectPods: ReadonlySet<Resource<Pod>>;
  /** An object by kind and name; `namespace` does not matter for cluster-scoped kinds. */
  find<T extends KubeObject>(
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Resource<T> | undefined;
  /** Objects whose ownerReferences name this one. */
  childrenOf(resource: Resource): readonly Resource[];
  ownersOf(resource: Resource): Resource[];
  /** Every observed pod on a node, of all namespaces. */
  podsOnNode(node: string): readonly Resource<Pod>[];
  /** Whether those are all; undefined where that is not known, as in a snapshot made by other means. */
  knowsPodsOn(node: string): boolean | undefined;
  /** Events of an object, newest first. */
  eventsOf(resource: Resource): Event[];
  /** Last lines of a container's log; undefined when they were not read. */
  logOf(pod: Resource<Pod>, container: string, previous?: boolean): string | undefined;
  /** What an active test saw, as it was read; modes look at it through `probed.ts`. */
  probe?: ProbeRun;
  statsOf(node: string): KubeletStats | undefined;
  /** The gap that hides objects of a kind (in a namespace), or one of them; undefined when they were all read. */
  gapOf(kind: string, namespace?: string, name?: string): Gap | undefined;
}
