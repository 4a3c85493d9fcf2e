/** Puts extensions where the VS Code server looks for installed ones, without its own installer. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface InstalledExtension {
  /** Folder with its package.json. */
  from: string;
  /** What of it is needed; everything when absent. */
  paths?: readonly string[];
}

/** Replaces the folder `target` by one with exactly these extensions. */
export function installExtensions(target: string, extensions: readonly InstalledExtension[]): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const entries = extensions.map(({ from, paths = ['.'] }) => {
    const { publisher, name, version } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    ) as Record<'publisher' | 'name' | 'version', string>;
    const relativeLocation = `${publisher}.${name}-${version}`;
    const folder = join(target, relativeLocation);
    mkdirSync(folder, { recursive: true });
    for (const path of paths)
      if (existsSync(join(from, path))) cpSync(join(from, path), join(folder, path), { recursive: true });
    return {
      identifier: { id: `${publisher}.${name}` },
      version,
      location: { $mid: 1, path: folder, scheme: 'file' },
      relativeLocation,
      metadata: { installedTimestamp: 0, source: 'vsix' },
    };
  });
  writeFileSync(join(target, 'extensions.json'), JSON.stringify(entries));
}
