/** Of namespaces that were not read whole: the pods behind the scene's Services, their owners, and events of what matters. */
import type { Scene } from '../core/diagnosis/scene.ts';
import { formatSelector } from '../core/kube/selector.ts';
import type { Resource } from '../core/kube/store.ts';
import type { Pod } from '../core/kube/types.ts';
import { t } from '../l10n.ts';
import { above } from './around.ts';
import type { Collection } from './collection.ts';

/** Pods of one Service; its slices say how many take traffic, whatever their number. */
const MAX_PODS = 200;
const MAX_SLICES = 50;
/** Services whose pods are read, those of the subject first. */
const MAX_SERVICES = 20;
/** Objects whose events are read one by one. */
const MAX_EVENTS = 40;
const SERVICE_LABEL = 'kubernetes.io/service-name';
/** The cluster DNS is read for every diagnosis. */
const isDns = ({ ref, object }: Resource): boolean =>
  ref.namespace === 'kube-system' && object.metadata.labels?.['k8s-app'] === 'kube-dns';

/** Reads for one scene after the other, each thing once: a scene grows while it is collected. */
export class BehindReader {
  readonly #collection: Collection;
  readonly #whole: ReadonlySet<string>;
  readonly #services = new Set<string>();
  readonly #events = new Set<string>();
  #isCut = false;

  /** `whole`: the namespaces that were read whole. */
  constructor(collection: Collection, whole: ReadonlySet<string>) {
    this.#collection = collection;
    this.#whole = whole;
  }

  async read(scene: Scene, needsLook: (pod: Pod) => boolean): Promise<void> {
    const services = scene.services.filter((service) => this.#isPart(service) && !isDns(service));
    await Promise.all([
      ...services.map((service) => this.#service(service)),
      ...scene.pods
        .filter((pod) => this.#isPart(pod))
        .map(({ ref, object }) => above(this.#collection, ref.namespace ?? 'default', object)),
      ...this.#worthEvents(scene, services, needsLook).map((resource) => this.#eventsOf(resource)),
    ]);
  }

  #isPart({ ref }: Resource): boolean {
    return ref.namespace !== undefined && !this.#whole.has(ref.namespace);
  }

  async #service({ ref, object }: Resource): Promise<void> {
    const { namespace = 'default', name } = ref;
    const key = `${namespace}/${name}`;
    if (this.#services.has(key)) return;
    this.#services.add(key);
    if (this.#services.size > MAX_SERVICES) {
      this.#cut(namespace, 'Pod', t('only the pods of {count} Services are read', { count: MAX_SERVICES }));
      return;
    }
    const { selector = {} } = (object as { spec?: { selector?: Record<string, string> } }).spec ?? {};
    await Promise.all([
      this.#collection.list(
        'EndpointSlice',
        { namespace, labelSelector: `${SERVICE_LABEL}=${name}` },
        MAX_SLICES,
      ),
      ...(Object.keys(selector).length > 0
        ? [this.#collection.list('Pod', { namespace, labelSelector: formatSelector(selector) }, MAX_PODS)]
        : []),
    ]);
  }

  /** The subject and what is above and in front of it, then the pods that are not well. */
  #worthEvents(scene: Scene, services: readonly Resource[], needsLook: (pod: Pod) => boolean): Resource[] {
    const pods = scene.pods.filter((pod) => pod === scene.object || needsLook(pod.object));
    const own = [...scene.owners, ...services, ...scene.claims, ...scene.ingresses];
    const all = [...(scene.object ? [scene.object] : []), ...pods.slice(0, MAX_EVENTS / 2), ...own, ...pods];
    return [...new Set(all)].filter((resource) => this.#isPart(resource));
  }

  async #eventsOf({ ref: { kind, namespace = 'default', name } }: Resource): Promise<void> {
    const key = `${kind}|${namespace}|${name}`;
    if (this.#events.has(key)) return;
    if (this.#events.size >= MAX_EVENTS) {
      this.#cut(namespace, 'Event', t('the events of {count} objects are read', { count: MAX_EVENTS }));
      return;
    }
    this.#events.add(key);
    await this.#collection.list('Event', {
      namespace,
      fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
    });
  }

  #cut(namespace: string, kind: string, detail: string): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#collection.gaps.push({ kind, namespace, reason: 'not-evaluated', detail });
  }
}
