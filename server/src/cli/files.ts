/** Which files a lint reads. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { t } from '../l10n.ts';
import { isManifestName, isSkippedFolder, isSnapshotFolder } from '../manifestFolders.ts';
import { UsageError } from './io.ts';

/** Manifest files below the paths, folders recursively, in a stable order, without those that are ignored. */
export function manifestFiles(
  paths: readonly string[],
  cwd: string,
  isIgnored: (file: string) => boolean = () => false,
): string[] {
  const files: string[] = [];
  for (const path of paths) {
    const absolute = join(path.startsWith('/') ? '/' : cwd, path);
    const kind = statSync(absolute, { throwIfNoEntry: false });
    if (!kind) throw new UsageError(t('{path} is not there.', { path }));
    if (kind.isDirectory()) files.push(...below(path, absolute));
    else files.push(path);
  }
  return [...new Set(files)].filter((file) => !isIgnored(file));
}

/** Below a named folder; a snapshot is read only when it is the named folder itself. */
function below(shown: string, absolute: string, isNamed = true): string[] {
  const entries = readdirSync(absolute, { withFileTypes: true });
  if (!isNamed && isSnapshotFolder(entries)) return [];
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(shown, entry.name);
      if (entry.isDirectory())
        return isSkippedFolder(entry.name) ? [] : below(path, join(absolute, entry.name), false);
      return entry.isFile() && isManifestName(entry.name) ? [path] : [];
    });
}

/** The text of a file, or undefined when it is not UTF-8 text or too large to be a manifest. */
export function readManifest(path: string, maxBytes: number): string | undefined {
  // Read as text in one call: with a buffer between, a folder takes twice as long.
  const text = readFileSync(path, 'utf8');
  return text.length > maxBytes || text.includes('\0') ? undefined : text;
}
