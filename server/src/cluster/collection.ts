/** Gathers objects piece by piece. What cannot be read becomes a gap with its reason; the rest goes on. */
import type { Gap, GapReason, KubeletStats, LogExcerpt, Observed } from '../core/diagnosis/observed.ts';
import type { KubeObject } from '../core/kube/object.ts';
import { t } from '../l10n.ts';
import type { Failure } from '../protocol.ts';
import type { KubeClient, Listed, Selection } from './client.ts';
import { failureOf, needs } from './failure.ts';
import { nameSegment } from './names.ts';
import { rbacName, resourceOf } from './resources.ts';

export type OnStep = (doing: string) => void;

/** Requests in flight at once: fast on a far cluster, polite to a small one. */
const CONCURRENCY = 10;

/** Without these nothing else can work either: the whole collection fails with them. */
const FATAL: ReadonlySet<Failure['code']> = new Set([
  'unauthorized',
  'exec-plugin',
  'tls',
  'invalid-kubeconfig',
]);

export class Collection {
  readonly gaps: Gap[] = [];
  readonly logs: LogExcerpt[] = [];
  readonly stats: Record<string, KubeletStats> = {};
  /** Nodes whose pods of all namespaces were read. */
  readonly wholeNodes: string[] = [];
  readonly client: KubeClient;
  readonly signal: AbortSignal;
  readonly #onStep: OnStep;
  readonly #objects = new Map<string, KubeObject>();
  readonly #base: Collection | undefined;
  /** Questions that were put, whatever the answer was. */
  readonly #asked = new Set<string>();
  #serverVersion = '';
  #free = CONCURRENCY;
  readonly #waiting: (() => void)[] = [];

  /** What `base` has read belongs to this one too, and is not asked for again: the parts that namespaces share. */
  constructor(client: KubeClient, signal: AbortSignal, onStep: OnStep = () => {}, base?: Collection) {
    this.client = client;
    this.signal = signal;
    this.#onStep = onStep;
    this.#base = base;
    if (base) this.#serverVersion = base.#serverVersion;
  }

  /** The first request: a server that is dead or does not know us is one failure, not forty gaps. */
  async start(): Promise<void> {
    if (this.#base) return;
    this.#onStep(t('Asking the API server for its version'));
    try {
      this.#serverVersion = await this.client.serverVersion(this.signal);
    } catch (error) {
      if (failureOf(error).code !== 'forbidden') throw error;
    }
  }

  /** How many objects of a kind there are; undefined when that cannot be told, which the list itself will say why. */
  async count(kind: string, namespace?: string): Promise<number | undefined> {
    const resource = resourceOf(kind);
    if (!resource) return undefined;
    await this.#enter();
    try {
      return await this.client.count(resource, namespace, this.signal);
    } catch (error) {
      this.#rethrowFatal(error);
      return undefined;
    } finally {
      this.#leave();
    }
  }

  /**
   * All objects of a kind that the selection meets, up to `max`, added to the collection. What the limit leaves out
   * is a gap, unless a `sample` is all that was asked for.
   */
  async list(
    kind: string,
    selection: Selection = {},
    max?: number,
    { sample = false }: { sample?: boolean } = {},
  ): Promise<KubeObject[]> {
    const found = await this.#list(kind, selection, max, sample);
    // A name alone never takes the place of the object.
    for (const object of found?.items ?? [])
      if (!selection.metadataOnly || !this.has(kind, object.metadata.namespace, object.metadata.name ?? ''))
        this.add(object);
    return found?.items ?? [];
  }

  /** Names and labels of up to `max` objects of a kind, which do not become part of the collection. */
  async names(kind: string, selection: Selection, max: number): Promise<KubeObject[]> {
    return (await this.#list(kind, { ...selection, metadataOnly: true }, max, true))?.items ?? [];
  }

  /** The pods on a node that take room, of all namespaces; notes that they are all known. */
  async podsOfNode(node: string, max: number): Promise<void> {
    if (this.wholeNodes.includes(node)) return;
    const fieldSelector = `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`;
    const found = await this.#list('Pod', { fieldSelector }, max, true);
    if (!found) return;
    for (const object of found.items) this.add(object);
    if (found.left === 0) this.wholeNodes.push(node);
  }

  async #list(
    kind: string,
    selection: Selection,
    max: number | undefined,
    sample: boolean,
  ): Promise<Listed | undefined> {
    const resource = resourceOf(kind);
    if (!resource) return undefined;
    const question = `list|${kind}|${JSON.stringify(selection)}`;
    if (this.#base?.wasAsked(question)) return undefined;
    this.#asked.add(question);
    const { namespace } = selection;
    // A part of all namespaces that was refused says nothing about any single one of them.
    const where = namespace !== undefined ? { namespace } : resource.namespaced ? { namespace: '*' } : {};
    const found = await this.#attempt({ kind, ...where }, `needs list ${rbacName(resource)}`, async () => {
      this.#onStep(
        namespace === undefined
          ? t('Reading {resources}', { resources: resource.plural })
          : t('Reading {resources} of namespace {namespace}', { resources: resource.plural, namespace }),
      );
      return this.client.list(resource, selection, this.signal, max);
    });
    if (found && found.left > 0 && !sample)
      this.gaps.push({
        kind,
        ...where,
        reason: 'not-evaluated',
        detail: Number.isFinite(found.left)
          ? t('{read} were read, {left} were not', { read: found.items.length, left: found.left })
          : t('the first {read} were read, the others were not', { read: found.items.length }),
      });
    return found;
  }

  /** One object, unless it is there already. That it does not exist is an answer, not a gap. */
  async get(kind: string, namespace: string | undefined, name: string): Promise<KubeObject | undefined> {
    return this.has(kind, namespace, name) ? undefined : this.read(kind, namespace, name);
  }

  /** One object, read again when it is there: whole, where only its name was known. */
  async read(kind: string, namespace: string | undefined, name: string): Promise<KubeObject | undefined> {
    const resource = resourceOf(kind);
    if (!resource) return undefined;
    const question = `get|${kind}|${namespace ?? ''}|${name}`;
    if (this.#base?.wasAsked(question)) return undefined;
    this.#asked.add(question);
    const gap = { kind, ...(namespace === undefined ? {} : { namespace }), name };
    const object = await this.#attempt(gap, `needs get ${rbacName(resource)}`, async () => {
      try {
        const secret = kind === 'Secret';
        return await this.client.get(resource, namespace, nameSegment(name), this.signal, secret);
      } catch (error) {
        if (['not-found', 'invalid'].includes(failureOf(error).code)) return undefined;
        throw error;
      }
    });
    if (object) this.add(object);
    return object;
  }

  /** The end of a container's log. */
  async log(
    namespace: string,
    pod: string,
    container: string,
    { previous, tail, isSpare }: { previous: boolean; tail: number; isSpare: boolean },
  ): Promise<void> {
    const name = `${pod}/${container}${previous ? ' --previous' : ''}`;
    const text = await this.#attempt({ kind: 'logs', namespace, name }, 'needs get pods/log', async () => {
      this.#onStep(t('Reading the log of {container} in {pod}', { container, pod }));
      try {
        return await this.client.logs(namespace, pod, container, { previous, tail }, this.signal);
      } catch (error) {
        if (isSpare && EXPIRED.has(failureOf(error).code)) return undefined;
        throw error;
      }
    });
    if (text !== undefined) this.logs.push({ namespace, pod, container, previous, text });
  }

  /** A kubelet's summary, through the API server. Needs the dangerous `nodes/proxy`. */
  async kubeletStats(node: string): Promise<void> {
    const summary = await this.#attempt({ kind: 'stats', name: node }, 'needs get nodes/proxy', () =>
      this.client.json<KubeletStats>({
        method: 'GET',
        path: `/api/v1/nodes/${nameSegment(node)}/proxy/stats/summary`,
        purpose: { verb: 'get', resource: 'nodes/proxy' },
        signal: this.signal,
      }),
    );
    if (summary) this.stats[node] = summary;
  }

  add(object: KubeObject): void {
    this.#objects.set(keyOf(object.kind, object.metadata.namespace, object.metadata.name ?? ''), object);
  }

  has(kind: string, namespace: string | undefined, name: string): boolean {
    return this.find(kind, namespace, name) !== undefined;
  }

  wasAsked(question: string): boolean {
    return this.#asked.has(question);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** An object that was read. */
  find(kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#objects.get(keyOf(kind, namespace, name)) ?? this.#base?.find(kind, namespace, name);
  }

  /** The objects of a kind in a namespace that were read. */
  all(kind: string, namespace: string): KubeObject[] {
    return [...this.#objects.values()].filter(
      (object) => object.kind === kind && object.metadata.namespace === namespace,
    );
  }

  /** The objects of a cluster-scoped kind that were read. */
  clusterScoped(kind: string): KubeObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind);
  }

  /** What was gathered so far. */
  observed(): Observed {
    return {
      now: new Date(this.client.now()).toISOString(),
      ...(this.#serverVersion ? { serverVersion: this.#serverVersion } : {}),
      objects: [...this.#objects.values(), ...(this.#base?.others(this.#objects) ?? [])],
      gaps: [...(this.#base?.gaps ?? []), ...this.gaps],
      logs: this.logs,
      stats: this.stats,
      wholeNodes: this.wholeNodes,
    };
  }

  /** The objects that `known` does not have. */
  others(known: ReadonlyMap<string, KubeObject>): KubeObject[] {
    return [...this.#objects].flatMap(([key, object]) => (known.has(key) ? [] : [object]));
  }

  async #attempt<T>(
    gap: Omit<Gap, 'reason' | 'detail'>,
    need: string,
    read: () => Promise<T>,
  ): Promise<T | undefined> {
    await this.#enter();
    try {
      return await read();
    } catch (error) {
      const failure = this.#rethrowFatal(error);
      this.gaps.push({ ...gap, reason: reasonOf(failure, gap.kind), detail: detailOf(failure, need) });
      return undefined;
    } finally {
      this.#leave();
    }
  }

  #rethrowFatal(error: unknown): Failure {
    if (this.signal.aborted) throw this.signal.reason;
    const failure = failureOf(error);
    if (failure.code === 'internal' || FATAL.has(failure.code)) throw error;
    return failure;
  }

  #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}|${namespace ?? ''}|${name}`;

/** How a log fails of a container that never ran, or that the kubelet has cleaned away. */
const EXPIRED: ReadonlySet<Failure['code']> = new Set(['refused', 'not-found']);

function reasonOf({ code }: Failure, kind: string): GapReason {
  if (code === 'forbidden' || code === 'timed-out') return code;
  if (kind === 'logs' && EXPIRED.has(code)) return 'evidence-expired';
  return 'unavailable';
}

const detailOf = ({ code, permission, detail, message }: Failure, need: string): string => {
  if (code === 'forbidden') return permission ? needs(permission) : need;
  return detail ?? message;
};
