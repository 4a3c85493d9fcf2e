/** The subject's namespace: all of it while it is small, else what is around the subject. */
import type { Subject } from '../core/diagnosis/observed.ts';
import type { KubeObject } from '../core/kube/object.ts';
import { formatSelector, type LabelSelector } from '../core/kube/selector.ts';
import type { Collection } from './collection.ts';
import { FEW_KINDS, MANY_KINDS, NAMES_ONLY } from './kinds.ts';

/** A namespace with more pods is read in part: the answer about one of them costs the same as in a small one. */
const CROWD = 500;
/** Objects of one kind that go with the workloads. More are named as not read. */
const MAX_FEW = 2000;
/** Pods of the subject itself. */
const MAX_OWN = 500;
/** Pods beside the subject's, of the same owner. */
const MAX_SIBLINGS = 50;
/** Pods that are looked through for a name in their spec: no selector finds those. */
const MAX_SEARCHED = 2000;
/** Runs of a CronJob whose pods are read, the newest. */
const MAX_RUNS = 5;
const MAX_HOPS = 4;

interface Selecting {
  spec?: {
    selector?: LabelSelector;
    podSelector?: LabelSelector;
    scaleTargetRef?: { kind?: string; name?: string };
  };
}

/** Reads the namespace; true when it was read whole. A `Namespace` as subject is, at any size. */
export async function collectNamespace(
  collection: Collection,
  namespace: string,
  subject: Subject,
): Promise<boolean> {
  const few = Promise.all([
    ...FEW_KINDS.map((kind) => collection.list(kind, { namespace }, MAX_FEW)),
    ...NAMES_ONLY.map((kind) => collection.list(kind, { namespace, metadataOnly: true }, MAX_FEW)),
  ]);
  // Its own failure must not go unheard while the count is waited for.
  few.catch(() => {});
  const pods = subject.kind === 'Namespace' ? 0 : await collection.count('Pod', namespace);
  if (pods !== undefined && pods > CROWD) {
    await few;
    await around(collection, namespace, subject);
    return false;
  }
  await Promise.all([few, ...MANY_KINDS.map((kind) => collection.list(kind, { namespace }))]);
  return true;
}

/** The subject's pods by their owner's selector, the owners above, and a few of their siblings. */
async function around(collection: Collection, namespace: string, { kind, name }: Subject): Promise<void> {
  const pods = async (selector: LabelSelector | undefined): Promise<void> => {
    // No selector selects nothing; an empty one selects all.
    if (!selector) return;
    await collection.list('Pod', { namespace, labelSelector: formatSelector(selector) }, MAX_OWN);
  };
  await collection.get(kind, namespace, name);
  const object = collection.find(kind, namespace, name);
  if (!object) return;
  const { spec = {} } = object as Selecting;
  switch (kind) {
    case 'Pod':
      return siblings(collection, namespace, object);
    case 'Service':
    case 'Ingress':
      // The pods behind Services are read with those of every other Service of the scene.
      return;
    case 'HorizontalPodAutoscaler':
      if (spec.scaleTargetRef?.kind && spec.scaleTargetRef.name)
        await around(collection, namespace, {
          kind: spec.scaleTargetRef.kind,
          name: spec.scaleTargetRef.name,
        });
      return;
    case 'CronJob':
      await Promise.all(
        runsOf(collection.all('Job', namespace), object).map((job) =>
          around(collection, namespace, { kind: 'Job', name: job.metadata.name ?? '' }),
        ),
      );
      return;
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      await Promise.all([
        pods(spec.selector),
        ...(kind === 'Deployment' && spec.selector
          ? [
              collection.list(
                'ReplicaSet',
                { namespace, labelSelector: formatSelector(spec.selector) },
                MAX_OWN,
              ),
            ]
          : []),
        above(collection, namespace, object),
      ]);
      return;
    case 'ReplicationController': {
      const labels = (spec as { selector?: Record<string, string> }).selector ?? {};
      await pods({ matchLabels: labels });
      return;
    }
    case 'NetworkPolicy':
      await pods(spec.podSelector);
      return;
    case 'PodDisruptionBudget':
      await pods(spec.selector);
      return;
    default:
      await collection.list('Pod', { namespace }, MAX_SEARCHED);
  }
}

/** The owners of an object up to the top. */
export async function above(
  collection: Collection,
  namespace: string,
  object: KubeObject,
  hops = 0,
): Promise<void> {
  if (hops >= MAX_HOPS) return;
  await Promise.all(
    (object.metadata.ownerReferences ?? []).map(async ({ kind, name }) => {
      await collection.get(kind, namespace, name);
      const owner = collection.find(kind, namespace, name);
      if (owner) await above(collection, namespace, owner, hops + 1);
    }),
  );
}

async function siblings(collection: Collection, namespace: string, pod: KubeObject): Promise<void> {
  await above(collection, namespace, pod);
  const [owner] = pod.metadata.ownerReferences ?? [];
  const selector = owner && (collection.find(owner.kind, namespace, owner.name) as Selecting | undefined);
  if (!selector?.spec?.selector || owner?.kind === 'ReplicationController') return;
  const labelSelector = formatSelector(selector.spec.selector);
  await collection.list('Pod', { namespace, labelSelector }, MAX_SIBLINGS, { sample: true });
}

const runsOf = (jobs: readonly KubeObject[], cron: KubeObject): KubeObject[] =>
  jobs
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ kind, name }) => kind === 'CronJob' && name === cron.metadata.name),
    )
    .sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))
    .slice(0, MAX_RUNS);
