/** The same rows from a snapshot: drawn once, true as of the time it was taken. */

import type { ObjectRef } from '../../core/kube/ref.ts';
import type { NamespaceView, PodRow, Source } from '../../protocol.ts';
import { gapsOfSubject, type Snapshot } from '../../snapshot/read.ts';
import { NamespaceModel, VIEW_KINDS } from './namespaceModel.ts';

const SHOWN: ReadonlySet<string> = new Set([...VIEW_KINDS, 'Event']);

function modelOf(snapshot: Snapshot, namespace: string): NamespaceModel {
  const model = new NamespaceModel(namespace);
  for (const object of snapshot.objects)
    if (SHOWN.has(object.kind) && (object.metadata.namespace ?? 'default') === namespace)
      model.upsert(object);
  return model;
}

export function snapshotView(snapshot: Snapshot, source: Source): NamespaceView {
  const { namespace } = source;
  const gaps = [...snapshot.gaps, ...gapsOfSubject(snapshot, { kind: 'Namespace', name: namespace })].filter(
    (gap) => SHOWN.has(gap.kind) && (gap.namespace === undefined || gap.namespace === namespace),
  );
  return {
    source,
    state: gaps.some(({ kind }) => kind === 'Pod') ? 'partial' : 'ready',
    workloads: modelOf(snapshot, namespace).workloadRows(Date.parse(snapshot.now)),
    gaps,
    asOf: snapshot.now,
  };
}

export const snapshotPods = (snapshot: Snapshot, namespace: string, workload?: ObjectRef): PodRow[] =>
  modelOf(snapshot, namespace).podRows(Date.parse(snapshot.now), workload);
