/** Leaves out of an object what nobody here reads, and what nobody may read. */
import type { KubeObject } from '../core/kube/object.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Drops field managers and the applied copy (for a Secret that copy holds its values), blanks the values of
 * Secrets and keeps their key names. Items of a list get the kind the list leaves out. Changes the object.
 */
export function slim(object: KubeObject, type?: { kind: string; apiVersion: string }): KubeObject {
  if (type) {
    object.kind = type.kind;
    object.apiVersion = type.apiVersion;
  }
  const metadata = object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  if (metadata) {
    delete metadata.managedFields;
    // Of a NetworkPolicy it tells whether policyTypes were written or filled in, which the object no longer does.
    if (metadata.annotations && object.kind !== 'NetworkPolicy') delete metadata.annotations[LAST_APPLIED];
  }
  return object.kind === 'Secret' ? withoutValues(object) : object;
}

function withoutValues(secret: KubeObject): KubeObject {
  const fields = secret as KubeObject & Record<string, unknown>;
  for (const field of ['data', 'stringData']) {
    const values = fields[field];
    if (typeof values === 'object' && values !== null)
      fields[field] = Object.fromEntries(Object.keys(values).map((key) => [key, '']));
  }
  return secret;
}
