/** From a path to the smallest text that says it. */
import type { Path } from '../path.ts';
import { childOf, entryOf, type Node } from './node.ts';

export interface Range {
  start: number;
  end: number;
}

/** What of a path to point at. `key`: the key, `value`: the value, `auto`: a scalar's value, else the key. */
export type At = 'key' | 'value' | 'auto';

/**
 * Offsets (in the document of `root`) of what `path` names. Where the path leaves the tree, the key of the
 * last step that exists: "missing below here". Containers are pointed at by their key, never as a whole block.
 */
export function rangeOf(root: Node, path: Path, at: At = 'auto'): Range {
  let node = root;
  let key: Range | undefined;
  let complete = true;
  for (const step of path) {
    const next = childOf(node, step);
    if (!next) {
      complete = false;
      break;
    }
    const entry = typeof step === 'string' ? entryOf(node, step) : undefined;
    // A list item without a key of its own is pointed at by its first key.
    key = entry ? { start: entry.keyStart, end: entry.keyEnd } : firstKey(next);
    node = next;
  }
  const isScalar = node.kind === 'scalar' && node.end > node.start;
  if (complete && (at === 'value' || (at === 'auto' && isScalar)))
    return { start: node.start, end: node.end };
  return key ?? firstKey(root) ?? { start: root.start, end: root.end };
}

function firstKey(node: Node): Range {
  if (node.kind === 'map' && node.entries[0])
    return { start: node.entries[0].keyStart, end: node.entries[0].keyEnd };
  return { start: node.start, end: node.kind === 'scalar' ? node.end : Math.min(node.end, node.start + 1) };
}
