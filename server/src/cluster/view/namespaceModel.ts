/** The workloads and pods of one namespace, kept up to date object by object and drawn as rows. */
import type { KubeObject } from '../../core/kube/object.ts';
import type { ObjectRef } from '../../core/kube/ref.ts';
import type { Event, Pod } from '../../core/kube/types.ts';
import type { Health, PodRow, WorkloadRow } from '../../protocol.ts';
import { type PodFacts, podFacts, podHealth } from './podFacts.ts';
import { podSummary, type Warning } from './summary.ts';
import { type WorkloadFacts, workloadFacts } from './workloadFacts.ts';

/** Kinds that the view lists and watches. */
export const VIEW_KINDS = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const;

export const HEALTH_ORDER: readonly Health[] = [
  'failing',
  'warning',
  'unknown',
  'progressing',
  'healthy',
  'finished',
];

type Owner = NonNullable<PodFacts['owner']>;

/** A list on its way into the model. */
export interface Refill {
  add(objects: readonly KubeObject[]): void;
  end(): void;
}

interface Group {
  ref: ObjectRef;
  uid: string;
  facts?: WorkloadFacts;
  pods: PodFacts[];
}

export class NamespaceModel {
  readonly #namespace: string;
  readonly #pods = new Map<string, PodFacts>();
  readonly #workloads = new Map<string, WorkloadFacts>();
  readonly #warnings = new Map<string, Warning>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  remove(object: KubeObject): void {
    if (object.kind === 'Pod') {
      const { uid } = podFacts(object as Pod);
      this.#pods.delete(uid);
      this.#warnings.delete(uid);
    } else if (object.kind !== 'Event') this.#workloads.delete(keyOf(workloadFacts(object).ref));
  }

  /** Replaces all objects of a kind by the answer of a list. */
  reset(kind: string, objects: readonly KubeObject[]): void {
    const refill = this.refill(kind);
    refill.add(objects);
    refill.end();
  }

  /** Replaces all objects of a kind page by page; those that no page brought are gone at the end, and not before. */
  refill(kind: string): Refill {
    const seen = new Set<string>();
    const known: Map<string, unknown> =
      kind === 'Pod' ? this.#pods : kind === 'Event' ? this.#warnings : this.#workloads;
    const isOfKind = (key: string): boolean =>
      known !== this.#workloads || this.#workloads.get(key)?.ref.kind === kind;
    return {
      add: (objects) => {
        for (const object of objects) seen.add(this.upsert(object));
      },
      end: () => {
        for (const key of [...known.keys()]) if (isOfKind(key) && !seen.has(key)) known.delete(key);
      },
    };
  }

  /** Unhealthy first, then by name. */
  workloadRows(now: number): WorkloadRow[] {
    return this.#groups()
      .map((group) => this.#workloadRow(group, now))
      .sort(byHealth);
  }

  /** Pods of a workload (of the namespace, when none is named), unhealthy first. */
  podRows(now: number, workload?: ObjectRef): PodRow[] {
    const pods = workload ? this.#podsOf(workload) : [...this.#pods.values()];
    return pods.map((pod) => this.#podRow(pod, now)).sort(byHealth);
  }

  /** Returns under which key it is known. */
  upsert(object: KubeObject): string {
    if (object.kind === 'Pod') {
      const facts = podFacts(object as Pod);
      this.#pods.set(facts.uid, facts);
      return facts.uid;
    }
    if (object.kind === 'Event') return this.#warn(object as Event);
    const facts = workloadFacts(object);
    const key = keyOf(facts.ref);
    this.#workloads.set(key, facts);
    return key;
  }

  #warn(event: Event): string {
    const { uid = '' } = event.involvedObject ?? {};
    if (event.type !== 'Warning' || uid === '') return '';
    const at = event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? '';
    const known = this.#warnings.get(uid);
    if (!known || known.at <= at)
      this.#warnings.set(uid, { reason: event.reason ?? '', message: event.message ?? event.note ?? '', at });
    return uid;
  }

  #podsOf(workload: ObjectRef): PodFacts[] {
    return this.#groups().find(({ ref }) => keyOf(ref) === keyOf(workload))?.pods ?? [];
  }

  #groups(): Group[] {
    const groups = new Map<string, Group>();
    for (const facts of this.#workloads.values()) {
      // What another workload controls is shown below that one.
      if (facts.owner && this.#isShown(facts.owner)) continue;
      if (facts.owner && facts.wanted === 0) continue;
      groups.set(keyOf(facts.ref), { ref: facts.ref, uid: facts.uid, facts, pods: [] });
    }
    for (const pod of this.#pods.values()) {
      const { ref, uid } = this.#top(pod);
      const group = groups.get(keyOf(ref)) ?? { ref, uid, pods: [] };
      groups.set(keyOf(ref), group);
      group.pods.push(pod);
    }
    return [...groups.values()];
  }

  #isShown(owner: Owner): boolean {
    return this.#workloads.has(this.#ownerKey(owner));
  }

  #ownerKey = ({ kind, name }: Pick<Owner, 'kind' | 'name'>): string =>
    keyOf({ kind, namespace: this.#namespace, name });

  /** The workload a person thinks of: the Deployment, not its ReplicaSet; the CronJob, not its Job. */
  #top(pod: PodFacts): { ref: ObjectRef; uid: string } {
    let owner: Owner | undefined = pod.owner;
    if (!owner) return pod;
    for (let depth = 0; depth < 3; depth++) {
      const above: Owner | undefined = this.#workloads.get(this.#ownerKey(owner))?.owner;
      if (!above) break;
      owner = above;
    }
    // ReplicaSets may not be readable: their names end with the pods' template hash.
    const deployment = deploymentName(owner, pod.templateHash);
    const known = this.#workloads.get(
      this.#ownerKey(deployment ? { kind: 'Deployment', name: deployment } : owner),
    );
    if (known) return known;
    const { apiVersion, kind, name, uid } = owner;
    const ref = { apiVersion, kind, namespace: this.#namespace, name };
    return { ref, uid: uid ?? keyOf(ref) };
  }

  #workloadRow({ ref, uid, facts, pods }: Group, now: number): WorkloadRow {
    const judged = pods
      .map((pod) => ({ pod, health: podHealth(pod, now) }))
      .sort((a, b) => HEALTH_ORDER.indexOf(a.health) - HEALTH_ORDER.indexOf(b.health));
    const worst = judged[0];
    const readyPods = pods.filter(({ isReady }) => isReady).length;
    const health = worstOf(facts, worst?.health, ref.kind);
    const reason = worst && worst.health === health ? this.#reason(worst.pod, worst.health, now) : '';
    return {
      ref,
      uid,
      health,
      ready: facts?.ready ?? (ref.kind === 'Pod' ? (worst?.pod.ready ?? '') : `${readyPods}/${pods.length}`),
      summary:
        facts?.health === 'failing' && facts.summary ? facts.summary : reason || (facts?.summary ?? ''),
      pods: pods.length,
    };
  }

  /** `CrashLoopBackOff · 14 restarts, last exit 137 4 min ago` */
  #reason(pod: PodFacts, health: Health, now: number): string {
    if (health === 'healthy' || health === 'finished') return '';
    const summary = podSummary(pod, health, now, this.#warnings.get(pod.uid));
    return summary === '' ? pod.status : `${pod.status} · ${summary}`;
  }

  #podRow(pod: PodFacts, now: number): PodRow {
    const health = podHealth(pod, now);
    return {
      ref: pod.ref,
      uid: pod.uid,
      health,
      status: pod.status,
      summary: podSummary(pod, health, now, this.#warnings.get(pod.uid)),
      ready: pod.ready,
      restarts: pod.restarts,
      ...(pod.node ? { node: pod.node } : {}),
      ...(pod.createdAt ? { createdAt: pod.createdAt } : {}),
      containers: pod.containers,
    };
  }
}

/** A namespace has each kind of workload in one group only; names tell the rest apart. */
const keyOf = ({ kind, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string => `${kind}/${name}`;

function deploymentName({ kind, name }: Owner, hash: string | undefined): string | undefined {
  if (kind !== 'ReplicaSet' || !hash || !name.endsWith(`-${hash}`)) return undefined;
  return name.slice(0, -hash.length - 1);
}

/** Jobs are judged by their own conditions: a pod that failed once is what retries are for. */
function worstOf(facts: WorkloadFacts | undefined, pods: Health | undefined, kind: string): Health {
  if (!facts) return pods ?? 'unknown';
  const own = facts.health;
  if (pods === undefined) {
    return own === 'progressing' && kind !== 'Job' ? 'failing' : own;
  }
  if (kind === 'Job' && (own === 'finished' || own === 'failing')) return own;
  if (kind === 'CronJob') return pods === 'finished' ? own : pods === 'failing' ? 'warning' : pods;
  const worse = HEALTH_ORDER.indexOf(pods) < HEALTH_ORDER.indexOf(own) ? pods : own;
  // Every wanted pod is ready: one more that fails is a rollout's or a leftover.
  if (worse === 'failing' && own === 'healthy' && facts.wanted > 0) return 'warning';
  return worse;
}

const byHealth = (a: { health: Health; ref: ObjectRef }, b: { health: Health; ref: ObjectRef }): number =>
  HEALTH_ORDER.indexOf(a.health) - HEALTH_ORDER.indexOf(b.health) || (a.ref.name < b.ref.name ? -1 : 1);
