/** Where objects are declared. */
import type { Resource } from './store.ts';

/** Folder → file → the declarations there, in the order of the store; those that come from text. */
export type Places = ReadonlyMap<string, ReadonlyMap<string, readonly Resource[]>>;

/** The folder of a path or URI, with the slash behind it. */
export const folderOf = (file: string): string => file.replace(/[^/\\]*$/, '');

export function placesOf(resources: readonly Resource[]): Places {
  const places = new Map<string, Map<string, Resource[]>>();
  for (const resource of resources) {
    if (!resource.origin) continue;
    const { file } = resource.origin.file;
    const folder = folderOf(file);
    const files = places.get(folder) ?? new Map<string, Resource[]>();
    places.set(folder, files);
    const declared = files.get(file);
    if (declared) declared.push(resource);
    else files.set(file, [resource]);
  }
  return places;
}
