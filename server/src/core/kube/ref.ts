/** References to objects. */

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** The API group of an apiVersion: `apps/v1` → `apps`, `v1` → ``. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** `Deployment/shop/web`, `Node/worker-1`: how people and JSON name an object. */
export const formatRef = (ref: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string =>
  ref.namespace ? `${ref.kind}/${ref.namespace}/${ref.name}` : `${ref.kind}/${ref.name}`;

/** Identity of an object across API versions of one group. */
export const refKey = (ref: ObjectRef): string =>
  `${groupOf(ref.apiVersion)}|${ref.kind}|${ref.namespace ?? ''}|${ref.name}`;
