/** Reads one namespace and what it shares with the cluster, for a snapshot. */
import type { Observed } from '../core/diagnosis/observed.ts';
import type { SnapshotNotes } from '../snapshot/layout.ts';
import type { KubeClient } from './client.ts';
import { type CollectOptions, collect } from './collect.ts';
import { CLUSTER_KINDS, NAMES_ONLY, NAMESPACE_KINDS } from './kinds.ts';

/** What a diagnosis of anything in the namespace would read, with the notes on what was read whole. */
export async function takeSnapshot(
  client: KubeClient,
  namespace: string,
  options: CollectOptions,
): Promise<{ observed: Observed; collected: NonNullable<SnapshotNotes['collected']> }> {
  const observed = await collect(client, { kind: 'Namespace', name: namespace }, options);
  const refused = (kind: string, where?: string): boolean =>
    observed.gaps.some((gap) => gap.kind === kind && gap.name === undefined && gap.namespace === where);
  return {
    observed,
    collected: {
      namespaces: [namespace],
      namespaced: [...NAMESPACE_KINDS, ...NAMES_ONLY].filter((kind) => !refused(kind, namespace)),
      cluster: [...CLUSTER_KINDS, 'Node'].filter((kind) => !refused(kind)),
    },
  };
}
