/** Addresses of the API, with names checked before they become part of one. */
import type { Purpose } from './failure.ts';
import { namespaceSegment } from './names.ts';
import { type ApiResource, rbacName } from './resources.ts';

/** A list repeats its name: `command=a&command=b`. */
export type Query = Record<string, string | string[] | undefined>;

/** `/apis/apps/v1/namespaces/shop/deployments`. Throws `invalid` for a namespace that is none. */
export function pathTo(resource: ApiResource, namespace: string | undefined): string {
  const root = resource.group ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  return resource.namespaced && namespace !== undefined
    ? `${root}/namespaces/${namespaceSegment(namespace)}/${resource.plural}`
    : `${root}/${resource.plural}`;
}

export const purposeOf = (verb: string, resource: ApiResource, namespace: string | undefined): Purpose => ({
  verb,
  resource: rbacName(resource),
  ...(resource.namespaced && namespace !== undefined ? { namespace } : {}),
});

/** The server's address may have a path of its own (Rancher, kcp). */
export function urlOf(server: URL, path: string, query: Query = {}): URL {
  const url = new URL(server.href);
  url.pathname = server.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of Object.entries(query))
    for (const each of value === undefined ? [] : [value].flat()) url.searchParams.append(name, each);
  return url;
}
