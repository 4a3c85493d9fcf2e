/** An API server's lists over objects in memory: paths, pages, label and field selectors, metadata alone. */
import type { Selection } from '../../../server/src/cluster/client.ts';
import { resourceOf } from '../../../server/src/cluster/resources.ts';
import type { KubeObject } from '../../../server/src/core/kube/object.ts';
import { valueAt } from '../../../server/src/core/path.ts';
import { type Answer, json, status } from './api.ts';

type Deny = (verb: 'get' | 'list', kind: string, namespace: string | undefined) => boolean;

/** Answers for these objects; what `deny` says yes to is forbidden. */
export function objectsApi(objects: readonly KubeObject[], deny: Deny = () => false): Answer {
  const places = new Map<string, KubeObject[]>();
  const put = (path: string, object: KubeObject): void => {
    places.set(path, [...(places.get(path) ?? []), object]);
  };
  for (const object of objects) {
    const resource = resourceOf(object.kind);
    if (!resource) throw new Error(`no resource for ${object.kind}`);
    const base = resource.group ? `/apis/${resource.apiVersion}` : '/api/v1';
    put(`${base}/${resource.plural}`, object);
    if (object.metadata.namespace)
      put(`${base}/namespaces/${object.metadata.namespace}/${resource.plural}`, object);
  }
  return (request, response, url) => {
    if (url.pathname === '/version') return json(response, { gitVersion: 'v1.36.3' });
    if (url.pathname.endsWith('/log')) return response.end('');
    const { kind, namespace, name, list } = placeOf(url.pathname);
    if (deny(name ? 'get' : 'list', kind, namespace))
      return json(response, status(403, 'Forbidden', `cannot ${name ? 'get' : 'list'} ${kind}`), 403);
    const items = places.get(list) ?? [];
    const isBrief = /PartialObjectMetadata/.test(request.headers.accept ?? '');
    const shown = (object: KubeObject): object => (isBrief ? { metadata: object.metadata } : object);
    if (name) {
      const found = items.find(({ metadata }) => metadata.name === name);
      return found ? json(response, shown(found)) : json(response, status(404, 'NotFound', 'not found'), 404);
    }
    const query = url.searchParams;
    const selection: Selection = {
      labelSelector: query.get('labelSelector') ?? '',
      fieldSelector: query.get('fieldSelector') ?? '',
    };
    const fitting = items.filter((object) => fits(object, selection));
    const from = Number(query.get('continue') ?? 0);
    const to = Math.min(from + Number(query.get('limit') ?? 500), fitting.length);
    const isSelected = selection.labelSelector !== '' || selection.fieldSelector !== '';
    json(response, {
      metadata: {
        ...(to < fitting.length
          ? { continue: String(to), ...(isSelected ? {} : { remainingItemCount: fitting.length - to }) }
          : {}),
      },
      items: fitting.slice(from, to).map(shown),
    });
  };
}

function placeOf(path: string): { kind: string; namespace?: string; name?: string; list: string } {
  const parts = path.split('/').slice(1);
  const base = parts.splice(0, parts[0] === 'api' ? 2 : 3);
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts.splice(0, 2)[1] : undefined;
  const [plural = '', name] = parts;
  return {
    kind: plural,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    list: `/${[...base, ...(namespace ? ['namespaces', namespace] : []), plural].join('/')}`,
  };
}

function fits(object: KubeObject, { labelSelector = '', fieldSelector = '' }: Selection): boolean {
  const { labels = {} } = object.metadata;
  const terms = labelSelector === '' ? [] : labelSelector.split(/,(?![^(]*\))/);
  const carries = terms.every((term) => {
    const set = /^(\S+) in \(([^)]*)\)$/.exec(term);
    if (set) return (set[2] ?? '').split(',').includes(labels[set[1] ?? ''] ?? '');
    const [key = '', value = ''] = term.split('=');
    return labels[key] === value;
  });
  const fields = fieldSelector === '' ? [] : fieldSelector.split(',');
  return (
    carries &&
    fields.every((term) => {
      const [path = '', value] = term.split(/!?=/);
      const has = valueAt(object, path.split('.')) ?? '';
      return term.includes('!=') ? has !== value : has === value;
    })
  );
}
