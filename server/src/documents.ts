/** Open documents and the files around them, parsed once a version, in one store. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { resourcesOf, Store } from './core/kube/store.ts';
import type { Schema } from './core/schema/schema.ts';
import type { SourceFile } from './core/yaml/document.ts';
import { parseFile } from './core/yaml/parse.ts';

/** Larger files are generated data; reading them would cost every keystroke around them. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;

export type FileState =
  | { kind: 'parsed'; file: SourceFile }
  /** Too large to be read: one note says so. */
  | { kind: 'too-large'; bytes: number };

/** What is known of the workspace's manifests. Open documents win over what is on disk. */
export class Documents {
  readonly store = new Store();
  readonly schema: Schema | undefined;
  /** Counts changes of any file: cheap to compare, never repeats. */
  generation = 0;
  readonly #files = new Map<string, FileState>();
  readonly #open = new Map<string, number>();

  constructor(schema: Schema | undefined) {
    this.schema = schema;
  }

  get(uri: string): FileState | undefined {
    return this.#files.get(uri);
  }

  uris(): string[] {
    return [...this.#files.keys()];
  }

  isOpen(uri: string): boolean {
    return this.#open.has(uri);
  }

  /** An open document's text at a version. */
  setOpen(uri: string, version: number, text: string): void {
    this.#open.set(uri, version);
    this.#set(uri, text);
  }

  /** The document is closed: the disk's text counts again, or nothing when the file is gone. */
  async close(uri: string): Promise<void> {
    this.#open.delete(uri);
    await this.loadFromDisk(uri);
  }

  /** Reads a file that is not open. One that is missing, unreadable or binary is forgotten. */
  async loadFromDisk(uri: string): Promise<void> {
    const text = await textOf(uri);
    if (this.#open.has(uri)) return;
    if (text === undefined) this.forget(uri);
    else this.#set(uri, text);
  }

  forget(uri: string): void {
    if (!this.#files.delete(uri)) return;
    this.store.setFile(uri, []);
    this.generation++;
  }

  #set(uri: string, text: string): void {
    const before = this.#files.get(uri);
    if (before?.kind === 'parsed' && before.file.text === text) return;
    this.generation++;
    if (text.length > MAX_FILE_BYTES) {
      this.#files.set(uri, { kind: 'too-large', bytes: text.length });
      this.store.setFile(uri, []);
      return;
    }
    const file = parseFile(uri, text, this.schema, before?.kind === 'parsed' ? before.file : undefined);
    this.#files.set(uri, { kind: 'parsed', file });
    this.store.setFile(uri, resourcesOf(file));
  }
}

async function textOf(uri: string): Promise<string | undefined> {
  if (!uri.startsWith('file:')) return undefined;
  try {
    const text = await readFile(fileURLToPath(uri), 'utf8');
    return text.includes('\0') ? undefined : text;
  } catch {
    // Gone or forbidden: the editor shows that where the user opens it; here it is simply not there.
    return undefined;
  }
}
