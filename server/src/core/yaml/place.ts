/** Where in the tree, and in its text, a path leads. */
import type { Path } from '../path.ts';
import { colonEnd, dashOf, skipTrivia } from './layout.ts';
import type { MapEntry, MapNode, Node, SeqNode } from './node.ts';

/** A value with what holds it. `intro` is the offset after the colon or dash that leads to it. */
export type Slot = { node: Node; intro: number } & (
  | { kind: 'entry'; parent: MapNode; index: number; entry: MapEntry }
  | { kind: 'item'; parent: SeqNode; index: number }
);

/** How far a path leads: `slots` are taken steps, `rest` is what is not there. */
export interface Place {
  slots: Slot[];
  /** The node at the end of the taken steps. */
  node: Node;
  rest: Path;
}

/**
 * Undefined when the way leads through an anchor, alias, tag or merged key: its text belongs to other
 * places too, or means more than it says.
 */
export function locate(text: string, root: MapNode, path: Path): Place | undefined {
  const slots: Slot[] = [];
  let node: Node = root;
  for (const [taken, step] of path.entries()) {
    const slot = slotOf(text, node, step);
    if (slot === 'foreign') return undefined;
    if (!slot) return { slots, node, rest: path.slice(taken) };
    slots.push(slot);
    node = slot.node;
  }
  return { slots, node, rest: [] };
}

function slotOf(text: string, parent: Node, step: string | number): Slot | 'foreign' | undefined {
  if (parent.kind === 'map' && typeof step === 'string') return entrySlot(text, parent, step);
  if (parent.kind === 'seq' && typeof step === 'number') return itemSlot(text, parent, step);
  return undefined;
}

/** Of a key written twice the last one counts, as for the API server. */
function entrySlot(text: string, parent: MapNode, key: string): Slot | 'foreign' | undefined {
  const index = parent.entries.findLastIndex((entry) => entry.key === key);
  const entry = parent.entries[index];
  if (!entry) return undefined;
  if (entry.keyStart < parent.start || entry.keyEnd > Math.max(parent.end, parent.start)) return 'foreign';
  const intro = colonEnd(text, entry) ?? entry.keyEnd;
  if (!isOwn(text, intro, entry.value)) return 'foreign';
  return { kind: 'entry', parent, index, entry, node: entry.value, intro };
}

function itemSlot(text: string, parent: SeqNode, index: number): Slot | 'foreign' | undefined {
  const node = parent.items[index];
  if (!node) return undefined;
  const dash = parent.flow ? node.start - 1 : dashOf(text, parent, index);
  if (dash === undefined || node.start < parent.start) return 'foreign';
  if (!parent.flow && !isOwn(text, dash + 1, node)) return 'foreign';
  return { kind: 'item', parent, index, node, intro: dash + 1 };
}

/** True when nothing but blanks and comments stands between the colon or dash and the value, and the value is text of its own. */
function isOwn(text: string, intro: number, node: Node): boolean {
  if (node.kind === 'scalar' && node.end === node.start) return !/[&!*]/.test(text.slice(intro, node.start));
  const at = skipTrivia(text, intro);
  if (at !== node.start) return false;
  return text[at] !== '*' || (node.kind === 'scalar' && node.style !== 'plain');
}

/** True for a value of no text, or one that says null. */
export const isNullScalar = (node: Node): boolean => node.kind === 'scalar' && node.value === null;
