/** Nodes: those that the scene's pods are on, all of them only where the question is about all of them. */
import { isFinished } from '../core/diagnosis/containers.ts';
import type { Subject } from '../core/diagnosis/observed.ts';
import type { Scene } from '../core/diagnosis/scene.ts';
import type { Pod } from '../core/kube/types.ts';
import type { Collection } from './collection.ts';

/** A node weighs some 20 KB, mostly the names of its images: a cluster of thousands is read in part. */
export const MAX_NODES = 1000;
/** More nodes than this are cheaper in one list than one by one. */
const MAX_SINGLE = 20;
const MAX_IN_DEPTH = 3;
/** A kubelet takes 110 pods by default; what is over this is what has long ended there. */
const MAX_PODS = 1000;
const PROXY = 'k8s-app=kube-proxy';

/** Reads for one scene after the other, each thing once: a scene grows while it is collected. */
export class NodeReader {
  readonly #collection: Collection;
  readonly #inDepth = new Set<string>();
  readonly #proxies = new Set<string>();
  #isWhole = false;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  /** The nodes around the scene, and of those where a pod `needsLook` their events, leases, pods and kube-proxy. */
  async read(subject: Subject, scene: Scene, needsLook: (pod: Pod) => boolean): Promise<void> {
    const struggling = nodesOf(scene.pods.map(({ object }) => object).filter(needsLook));
    const names = nodesOf(scene.pods.map(({ object }) => object));
    if (subject.kind === 'Node') for (const set of [names, struggling]) set.add(subject.name);
    await Promise.all([
      this.#nodes(names, subject.kind === 'Namespace' || concernsAllNodes(scene)),
      this.#proxiesOn(struggling),
      ...[...struggling].map((name) => this.#look(name, subject)),
    ]);
  }

  async #nodes(names: ReadonlySet<string>, all: boolean): Promise<void> {
    const missing = [...names].filter((name) => !this.#collection.has('Node', undefined, name));
    if (all || missing.length > MAX_SINGLE) await this.#list();
    // Of a list that was cut, the pods' own nodes may be in the part that was not read.
    await Promise.all(
      missing.slice(0, MAX_NODES).map((name) => this.#collection.get('Node', undefined, name)),
    );
    // The list of all tells a node that is not there from nodes that may not be read.
    if (this.#lacks(missing)) await this.#list();
  }

  #lacks(names: readonly string[]): boolean {
    return names.some((name) => !this.#collection.has('Node', undefined, name));
  }

  async #list(): Promise<void> {
    if (this.#isWhole) return;
    this.#isWhole = true;
    await this.#collection.list('Node', {}, MAX_NODES);
  }

  /** kube-proxy is a pod on every node: asked for by node, or in one list where there are many. */
  async #proxiesOn(nodes: ReadonlySet<string>): Promise<void> {
    const fresh = [...nodes].filter((node) => !this.#proxies.has(node));
    for (const node of fresh) this.#proxies.add(node);
    const selection = { namespace: 'kube-system', labelSelector: PROXY };
    if (fresh.length > MAX_SINGLE) {
      await this.#collection.list('Pod', selection);
      return;
    }
    await Promise.all(
      fresh.map((node) =>
        this.#collection.list('Pod', { ...selection, fieldSelector: `spec.nodeName=${node}` }),
      ),
    );
  }

  async #look(name: string, subject: Subject): Promise<void> {
    if (this.#inDepth.has(name) || this.#inDepth.size >= MAX_IN_DEPTH) return;
    this.#inDepth.add(name);
    await Promise.all([
      this.#collection.list('Event', {
        namespace: 'default',
        fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}`,
      }),
      this.#collection.get('Lease', 'kube-node-lease', name),
      this.#collection.get('CSINode', undefined, name),
      ...(subject.kind === 'Node' && subject.name === name ? [] : [podsOn(this.#collection, name)]),
    ]);
  }
}

/** The only place that looks across namespaces for pods, and it names the node. */
export async function podsOn(collection: Collection, node: string): Promise<void> {
  await collection.list('Pod', { fieldSelector: `spec.nodeName=${node}` }, MAX_PODS);
}

const nodesOf = (pods: readonly Pod[]): Set<string> =>
  new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []));

/** A pod that waits for a node, a DaemonSet, and traffic that stays on the node it enters by. */
const concernsAllNodes = ({ pods, owners, services }: Scene): boolean =>
  pods.some(({ object }) => !object.spec?.nodeName && !isFinished(object)) ||
  owners.some(({ ref }) => ref.kind === 'DaemonSet') ||
  services.some(
    ({ object: { spec } }) =>
      spec?.internalTrafficPolicy === 'Local' || spec?.externalTrafficPolicy === 'Local',
  );
