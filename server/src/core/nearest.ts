/** "Did you mean": the known name closest to a written one. */

/** Edit distance with swaps of neighbours (optimal string alignment), given up above `limit`. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row[j] = cost;
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

/** The closest of `names` in at most a third of its letters, letter case aside; undefined when none is close. */
export function nearest(written: string, names: Iterable<string>): string | undefined {
  // Parts of kinds without a schema are what their author made of them.
  if (typeof written !== 'string') return undefined;
  const word = written.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    const cost = distance(word, String(name).toLowerCase(), bestDistance - 1);
    if (cost >= bestDistance) continue;
    best = name;
    bestDistance = cost;
  }
  return best;
}
