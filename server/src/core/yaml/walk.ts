/** Walks over trees. */
import type { MapNode, Node } from './node.ts';

/** Every map of a tree, outer ones first. Trees are finite: aliases are copies, their number is limited by the reader. */
export function* mapsIn(root: Node): Generator<MapNode> {
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'map') {
      yield node;
      for (let i = node.entries.length - 1; i >= 0; i--) {
        const value = node.entries[i]?.value;
        if (value && value.kind !== 'scalar') open.push(value);
      }
    } else if (node.kind === 'seq')
      for (let i = node.items.length - 1; i >= 0; i--) {
        const item = node.items[i];
        if (item && item.kind !== 'scalar') open.push(item);
      }
  }
}
