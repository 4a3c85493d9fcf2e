/** Which files and folders may hold manifests: one answer for editor and command line. */
import type { Dirent } from 'node:fs';

const MANIFEST = /\.(ya?ml|json)$/i;
/** JSON files that are never manifests, in every JavaScript project. */
const NOT_MANIFESTS = /^(package(-lock)?|tsconfig.*|composer|\.eslintrc)\.json$/i;
/** Folders that hold other people's files, or what a build made. */
const SKIPPED = new Set(['node_modules', '.git', 'vendor', '.terraform', 'dist', 'out', 'target', '.venv']);

export const isManifestName = (name: string): boolean => MANIFEST.test(name) && !NOT_MANIFESTS.test(name);

export const isSkippedFolder = (name: string): boolean => SKIPPED.has(name);

/** A snapshot is what a cluster had, not what somebody declares. */
export const isSnapshotFolder = (entries: readonly Dirent[]): boolean =>
  entries.some((entry) => entry.isFile() && entry.name === 'snapshot.yaml');
