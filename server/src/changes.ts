/** A counter of changes that can be waited on. */
export class Changes {
  count = 0;
  readonly #waiting = new Set<() => void>();

  bump(): void {
    this.count++;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
  }

  /** Calls back once the count has passed `since`. Returns a function that forgets the call. */
  onNext(since: number, go: () => void): () => void {
    if (this.count > since) {
      go();
      return () => {};
    }
    this.#waiting.add(go);
    return () => void this.#waiting.delete(go);
  }
}
