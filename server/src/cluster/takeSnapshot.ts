/** Reads for a snapshot: one namespace with what it shares with the cluster, or what one diagnosis reads. */
import type { Observed, Subject } from '../core/diagnosis/observed.ts';
import { scopeTo } from '../core/diagnosis/scope.ts';
import { formatRef } from '../core/kube/ref.ts';
import type { SnapshotNotes } from '../snapshot/layout.ts';
import type { KubeClient } from './client.ts';
import { type CollectOptions, collect } from './collect.ts';
import { CLUSTER_KINDS, NAMES_ONLY, NAMESPACE_KINDS } from './kinds.ts';

export interface TakenSnapshot {
  observed: Observed;
  collected: NonNullable<SnapshotNotes['collected']>;
}

/**
 * What the diagnosis of the subject reads, with the notes on what was read whole. A Namespace as subject gives all of
 * it, for a diagnosis of anything inside; any other subject only what its own diagnosis looks at.
 */
export async function takeSnapshot(
  client: KubeClient,
  subject: Subject,
  options: CollectOptions,
): Promise<TakenSnapshot> {
  const all = await collect(client, subject, options);
  const namespace = subject.kind === 'Namespace' ? subject.name : subject.namespace;
  const refused = (kind: string, where?: string): boolean =>
    all.gaps.some((gap) => gap.kind === kind && gap.name === undefined && gap.namespace === where);
  const isPart = subject.kind !== 'Namespace';
  return {
    observed: isPart ? scopeTo(all, subject) : all,
    collected: {
      namespaces: namespace === undefined ? [] : [namespace],
      namespaced: [...NAMESPACE_KINDS, ...NAMES_ONLY].filter((kind) => !refused(kind, namespace)),
      cluster: [...CLUSTER_KINDS, 'Node', 'PersistentVolume'].filter((kind) => !refused(kind)),
      ...(all.wholeNodes ? { wholeNodes: all.wholeNodes } : {}),
      ...(isPart ? { for: formatRef(subject) } : {}),
    },
  };
}
