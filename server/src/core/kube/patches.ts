/** Which manifests are patches of kustomize: parts of objects that are whole somewhere else. */
import { valueAt } from '../path.ts';
import { folderOf } from './places.ts';
import type { Resource, Store } from './store.ts';

const PATCH_LISTS = ['patches', 'patchesStrategicMerge'];

/** True when the object may be a part: another folder declares it too, or a kustomization lists its file as a patch. */
export function isPatch(resource: Resource, store: Store): boolean {
  const file = resource.origin?.file.file;
  if (file === undefined) return false;
  const own = folderOf(file);
  const isElsewhere = [...store.places(resource.ref).keys()].some((folder) => folder !== own);
  return isElsewhere || isListedPatch(resource, store);
}

/** True when a kustomization lists the file among its patches: what it leaves out is said elsewhere. */
export function isListedPatch({ origin: own }: Resource, store: Store): boolean {
  const file = own?.file.file;
  return store.list('Kustomization').some(({ object, origin }) => {
    if (!origin) return false;
    const home = folderOf(origin.file.file);
    return PATCH_LISTS.flatMap((field) => asList(valueAt(object, [field]))).some((entry) => {
      const path = typeof entry === 'string' ? entry : valueAt(entry, ['path']);
      return typeof path === 'string' && home + path.replace(/^\.\//, '') === file;
    });
  });
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
