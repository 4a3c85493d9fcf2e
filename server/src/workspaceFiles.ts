/** Finds the manifests of workspace folders. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isManifestName, isSkippedFolder, isSnapshotFolder } from './manifestFolders.ts';

/** A workspace with more is a monorepo of something else; what is read by then serves the references. */
const MAX_FILES = 10_000;

/** URIs of possible manifests below the folders, breadth first, at most 10,000. Unreadable folders are passed over. */
export async function findManifests(
  folders: readonly string[],
  isCancelled: () => boolean,
): Promise<string[]> {
  const found: string[] = [];
  const queue = folders.filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri));
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    if (isCancelled() || found.length >= MAX_FILES) return found;
    const entries = await entriesOf(folder);
    if (isSnapshotFolder(entries)) continue;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !isSkippedFolder(entry.name)) queue.push(path);
      else if (entry.isFile() && isManifestName(entry.name)) found.push(pathToFileURL(path).href);
    }
  }
  return found;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
