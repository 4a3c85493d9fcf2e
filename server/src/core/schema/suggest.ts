/** What the author may have meant: names close to the written one, and places where a field would be valid. */
import type { Path } from '../path.ts';
import { entryOf, type MapNode, type Node } from '../yaml/node.ts';
import type { StructType, Type } from './schema.ts';

/** Names within two typing slips of `written`, closest first; equal but for case counts as closest. */
export function closeNames(written: string, names: Iterable<string>): string[] {
  const limit = written.length <= 3 ? 1 : 2;
  const found: { name: string; distance: number }[] = [];
  const lower = written.toLowerCase();
  for (const name of names) {
    const distance = name.toLowerCase() === lower ? 0 : editDistance(written, name, limit);
    if (distance <= limit) found.push({ name, distance });
  }
  return found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

/** Insertions, deletions, replacements and swaps of neighbours between two words; more than `limit` comes as `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return Math.min(last[b.length] ?? 0, limit + 1);
}

/** A map of the object on the way to the place at hand, with its type and the length of its path. */
export interface Step {
  type: StructType;
  node: MapNode;
  depth: number;
}

const MAX_MOVES = 3;

/** Paths where `field` with such a value would be valid: below, then above the map at the end of `steps`. */
export function placesFor(field: string, value: Node, path: Path, steps: readonly Step[]): Path[] {
  const here = steps.at(-1);
  if (!here) return [];
  const places: Path[] = below(field, value, here).map((rest) => [...path, ...rest]);
  for (const { type, depth } of steps.slice(0, -1).reverse()) {
    const found = type.fields.get(field);
    if (found && fits(value, found)) places.push([...path.slice(0, depth), field]);
  }
  return places.slice(0, MAX_MOVES);
}

function below(field: string, value: Node, { type, node }: Step): Path[] {
  const places: Path[] = [];
  const maps: string[] = [];
  for (const [name, child] of type.fields) {
    if (name === 'status') continue;
    const entry = entryOf(node, name)?.value;
    if (child.kind === 'map' && fits(value, child.value) && child.value.kind === 'scalar') maps.push(name);
    if (child.kind === 'struct') {
      const found = child.fields.get(field);
      if (found && fits(value, found)) places.push([name, field]);
    }
    if (child.kind !== 'list' || child.item.kind !== 'struct') continue;
    const found = child.item.fields.get(field);
    // A list is offered only when it has one item: with several nobody knows which.
    if (found && fits(value, found) && entry?.kind === 'seq' && entry.items.length === 1)
      places.push([name, 0, field]);
  }
  // Places that are there already come first.
  places.sort((a, b) => present(node, b) - present(node, a));
  // A map that takes any key is offered when it is the only one, as matchLabels of a selector.
  return places.length === 0 && maps.length === 1 && maps[0] ? [[maps[0], field]] : places;
}

const present = (node: MapNode, [name]: Path): number => (entryOf(node, String(name)) ? 1 : 0);

function fits(value: Node, type: Type): boolean {
  if (type.kind === 'any') return true;
  if (value.kind === 'scalar') return type.kind === 'scalar';
  if (value.kind === 'seq') return type.kind === 'list';
  return type.kind === 'struct' || type.kind === 'map';
}
