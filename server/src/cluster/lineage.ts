/** Who made an object: the pod's ReplicaSet, its Deployment. What a workspace declares is often further up. */
import type { Subject } from '../core/diagnosis/observed.ts';
import { type ObjectRef, refKey } from '../core/kube/ref.ts';
import type { Lineage } from '../protocol.ts';
import { failureOf } from './failure.ts';
import { resourceOf } from './resources.ts';
import type { SourceReader } from './source.ts';

/** The object and those that control it, nearest first. A read that fails ends the chain, and is told. */
export async function lineageOf(
  reader: SourceReader,
  { kind, namespace, name }: Subject,
  signal: AbortSignal,
): Promise<Lineage> {
  const chain: ObjectRef[] = [];
  let next: ObjectRef | undefined = {
    apiVersion: resourceOf(kind)?.apiVersion ?? '',
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  // Owners that name each other end where the first of them comes again.
  const isNew = (ref: ObjectRef): boolean => !chain.some((known) => refKey(known) === refKey(ref));
  while (next && isNew(next)) {
    chain.push(next);
    // An operator's kinds are not read: what they are called is known from what they own.
    if (!resourceOf(next.kind)) return { chain };
    try {
      next = await controllerOf(reader, next, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return { chain, failure: failureOf(error) };
    }
  }
  return { chain };
}

async function controllerOf(
  reader: SourceReader,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<ObjectRef | undefined> {
  const { metadata } = await reader.get(ref, signal);
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return undefined;
  const { apiVersion, kind, name } = owner;
  return { apiVersion, kind, name, ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }) };
}
