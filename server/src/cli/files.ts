/** Which files a lint reads. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { t } from '../l10n.ts';
import { isManifestName, isSkippedFolder, isSnapshotFolder } from '../manifestFolders.ts';
import { UsageError } from './io.ts';

export interface ManifestFile {
  /** As it is shown: begins with the path that the user gave. */
  file: string;
  /** Absolute. */
  path: string;
}

/** Manifest files below the paths, folders recursively, in a stable order, without those that are ignored. */
export function manifestFiles(
  paths: readonly string[],
  cwd: string,
  isIgnored: (file: string) => boolean = () => false,
): ManifestFile[] {
  const files = new Map<string, ManifestFile>();
  for (const given of paths) {
    const named = { file: given, path: resolve(cwd, given) };
    const kind = statSync(named.path, { throwIfNoEntry: false });
    if (!kind) throw new UsageError(t('{path} is not there.', { path: given }));
    // A file that several paths lead to is read once.
    for (const each of kind.isDirectory() ? below(named) : [named])
      if (!files.has(each.file) && !isIgnored(each.file)) files.set(each.file, each);
  }
  return [...files.values()];
}

/** Below a named folder; a snapshot is read only when it is the named folder itself. */
function below(folder: ManifestFile, isNamed = true): ManifestFile[] {
  const entries = readdirSync(folder.path, { withFileTypes: true });
  if (!isNamed && isSnapshotFolder(entries)) return [];
  // Joined once a folder, not once a file.
  const [file, path] = [prefixOf(folder.file), prefixOf(folder.path)];
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const each = { file: file + entry.name, path: path + entry.name };
      if (entry.isDirectory()) return isSkippedFolder(entry.name) ? [] : below(each, false);
      return entry.isFile() && isManifestName(entry.name) ? [each] : [];
    });
}

/** What stands before the names in a folder: nothing for `.`, else the folder with its separator. */
const prefixOf = (folder: string): string => join(folder, '_').slice(0, -1);

/** The text of a file, or undefined when it is not UTF-8 text or too large to be a manifest. */
export function readManifest(path: string, maxBytes: number): string | undefined {
  // Read as text in one call: with a buffer between, a folder takes twice as long.
  const text = readFileSync(path, 'utf8');
  return text.length > maxBytes || text.includes('\0') ? undefined : text;
}
