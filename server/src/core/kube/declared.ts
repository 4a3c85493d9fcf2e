/** Which names of a kind a workspace declares: by objects, and by what controllers and generators make from others. */
import { valueAt } from '../path.ts';
import type { KubeObject } from './object.ts';
import type { Store } from './store.ts';

/** A custom kind whose controller makes an object with a name that can be read from it. */
interface Maker {
  kind: string;
  makes: string;
  names(object: KubeObject): unknown[];
}

const MAKERS: readonly Maker[] = [
  {
    kind: 'SealedSecret',
    makes: 'Secret',
    names: (object) => [valueAt(object, ['spec', 'template', 'metadata', 'name']) ?? object.metadata.name],
  },
  {
    kind: 'ExternalSecret',
    makes: 'Secret',
    names: (object) => [valueAt(object, ['spec', 'target', 'name']) ?? object.metadata.name],
  },
  { kind: 'Certificate', makes: 'Secret', names: (object) => [valueAt(object, ['spec', 'secretName'])] },
  { kind: 'OnePasswordItem', makes: 'Secret', names: (object) => [object.metadata.name] },
];

/** Names that every cluster or a common add-on puts into each namespace. */
const ALWAYS: Record<string, readonly string[]> = {
  ConfigMap: ['kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert'],
  ServiceAccount: ['default'],
};

const GENERATORS: Record<string, string> = { ConfigMap: 'configMapGenerator', Secret: 'secretGenerator' };

/** Names of a kind that a namespace has, as far as the workspace tells. */
export function declaredNames(store: Store, kind: string, namespace: string | undefined): Set<string> {
  const names: unknown[] = store.list(kind, namespace).map(({ ref }) => ref.name);
  for (const maker of MAKERS)
    if (maker.makes === kind)
      for (const { object } of store.list(maker.kind, namespace)) names.push(...maker.names(object));
  return new Set(names.filter((name) => typeof name === 'string' && name !== '')) as Set<string>;
}

/** Names that kustomize generates, for a namespace that is decided elsewhere: it may be any. */
export function generatedNames(store: Store, kind: string): Set<string> {
  const lists = store.list('Kustomization').map(({ object }) => valueAt(object, [GENERATORS[kind] ?? '']));
  const names = lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((item) => valueAt(item, ['name']));
  return new Set(names.filter((name) => typeof name === 'string'));
}

/** True for names that are there without anyone declaring them. */
export const isAlwaysThere = (kind: string, name: string): boolean => ALWAYS[kind]?.includes(name) === true;
