/** Items of lists that share a name they must not share. */
import type { Path } from '../path.ts';

export interface Named {
  name: string | undefined;
  /** Where the name stands. */
  path: Path;
}

export interface Duplicate {
  name: string;
  first: Named;
  /** The second and later ones. */
  again: Named[];
}

/** Names that more than one item has, in the order of their first item. */
export function duplicatesIn(items: readonly Named[]): Duplicate[] {
  const byName = new Map<string, Duplicate>();
  for (const item of items) {
    if (item.name === undefined || item.name === '') continue;
    const known = byName.get(item.name);
    if (known) known.again.push(item);
    else byName.set(item.name, { name: item.name, first: item, again: [] });
  }
  return [...byName.values()].filter(({ again }) => again.length > 0);
}

/** `web-2`, or the first number that is free. */
export function freeName(name: string, taken: readonly (string | undefined)[]): string {
  for (let n = 2; ; n++) if (!taken.includes(`${name}-${n}`)) return `${name}-${n}`;
}
