/** Namespaces by their labels: all of them in a small cluster, in a big one those that somebody names. */
import { t } from '../l10n.ts';
import type { Collection } from './collection.ts';

const FEW = 200;
/** Names in specs and logs that may be namespaces: asked for one by one. */
const MAX_ASKED = 20;

export class Namespaces {
  readonly #collection: Collection;
  readonly #asked = new Set<string>();
  #isWhole = false;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  /** The subject's own namespace whole, with its conditions; of the others the labels. */
  async read(own: string | undefined): Promise<void> {
    const count = await this.#collection.count('Namespace');
    this.#isWhole = count === undefined || count <= FEW;
    if (this.#isWhole) await this.#collection.list('Namespace', { metadataOnly: true });
    if (own === undefined) return;
    this.#asked.add(own);
    await this.#collection.read('Namespace', undefined, own);
  }

  /** True for a name that is known to be no namespace. */
  isAbsent(name: string): boolean {
    const { gaps } = this.#collection;
    if (this.#collection.has('Namespace', undefined, name)) return false;
    if (gaps.some((gap) => gap.kind === 'Namespace' && (gap.name === undefined || gap.name === name)))
      return false;
    return this.#isWhole || this.#asked.has(name);
  }

  /** Those of these names that exist, unless all are known anyway. What is left out becomes a gap of its name. */
  async need(names: Iterable<string>): Promise<void> {
    if (this.#isWhole) return;
    const fresh = [...new Set(names)].filter((name) => !this.#asked.has(name));
    await Promise.all(
      fresh.map(async (name) => {
        if (this.#asked.size >= MAX_ASKED) {
          const detail = t('only the first {count} namespaces that are named are read', { count: MAX_ASKED });
          this.#collection.gaps.push({ kind: 'Namespace', name, reason: 'not-evaluated', detail });
          return;
        }
        this.#asked.add(name);
        await this.#collection.get('Namespace', undefined, name);
      }),
    );
  }
}
