/** Notices changes of kubeconfig files: of the file, of what a link points at, and of files that appear. */
import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const DEBOUNCE_MS = 300;

/**
 * Calls back after something happened near one of the files; the caller compares contents. Folders are watched,
 * not files: editors and kubectl replace a file instead of writing into it.
 */
export class KubeconfigWatch {
  readonly #onChange: () => void;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #generation = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these files from now on, and no others. */
  async follow(files: readonly string[]): Promise<void> {
    const generation = ++this.#generation;
    const folders = new Set<string>();
    for (const file of files) {
      folders.add(await existingFolder(dirname(resolve(file))));
      const target = await realpath(file).catch(() => undefined);
      if (target) folders.add(dirname(target));
    }
    // A later call has taken over.
    if (generation !== this.#generation) return;
    this.#close();
    for (const folder of folders) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#soon());
        // A folder that goes away ends its watch; the next reading of the kubeconfig sets a new one.
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // No more watches to be had (inotify limit): changes are then seen by the next request.
      }
    }
  }

  close(): void {
    this.#generation++;
    this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, DEBOUNCE_MS);
  }
}

/** The folder, or the nearest above it that exists: `~/.kube` may come into being later. */
async function existingFolder(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if (
      await stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      )
    )
      return path;
    if (dirname(path) === path) return path;
  }
}
