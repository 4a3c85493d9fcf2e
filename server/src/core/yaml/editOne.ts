/** One change of an object, as edits of its text. */
import type { Path } from '../path.ts';
import type { EditOp, PlainEdit } from './edit.ts';
import { appendItem, deleteInBlock, insertEntry, replaceInBlock } from './editBlock.ts';
import { deleteFlow, flowStyleOf, insertFlow } from './editFlow.ts';
import { columnOf, indentationNear, lineStart } from './layout.ts';
import { entryOf, type MapNode, type Node } from './node.ts';
import { isNullScalar, locate, type Place, type Slot } from './place.ts';
import { writeFlow, writeString } from './write.ts';

/** `whole` is the root of the document, `root` the object in it that paths start at. */
export function editOf(text: string, whole: Node, root: MapNode, op: EditOp): PlainEdit[] | undefined {
  const place = locate(text, root, op.path);
  if (!place) return undefined;
  const edits = editAt(new Change(text, [whole, root, ...place.slots.map(({ node }) => node)], place), op);
  return edits?.some(({ start, end }) => takesAnchor(text, start, end)) ? undefined : edits;
}

/** True when the text that goes holds an anchor that something else may refer to. */
function takesAnchor(text: string, start: number, end: number): boolean {
  const anchors = text.slice(start, end).matchAll(/(?:^|[\s,[{])&([^\s,[\]{}]+)/g);
  return [...anchors].some(([, name]) => text.includes(`*${name}`));
}

function editAt(change: Change, op: EditOp): PlainEdit[] | undefined {
  switch (op.op) {
    case 'set':
      return change.set(op.value);
    case 'append':
      return change.append(op.value);
    case 'text':
      return change.text(op.text);
    case 'rename':
      return change.rename(op.key);
    case 'delete':
      return change.delete();
  }
}

class Change {
  readonly #text: string;
  /** Collections from the document's root to the place: the style of the nearest is followed. */
  readonly #trail: readonly Node[];
  readonly #place: Place;

  constructor(text: string, trail: readonly Node[], place: Place) {
    this.#text = text;
    this.#trail = trail;
    this.#place = place;
  }

  set(value: unknown): PlainEdit[] | undefined {
    const { node, rest, slots } = this.#place;
    const [step] = rest;
    if (step === undefined) {
      const slot = slots.at(-1);
      return slot && this.#replace(slot, value);
    }
    if (isNullScalar(node)) return this.#fill(nest(rest, value));
    const inner = nest(rest.slice(1), value);
    if (inner === undefined) return undefined;
    if (node.kind === 'map' && typeof step === 'string') return this.#insert(node, step, inner.value);
    if (node.kind === 'seq' && step === node.items.length) return this.#push(node, inner.value);
    return undefined;
  }

  append(value: unknown): PlainEdit[] | undefined {
    const { node, rest } = this.#place;
    if (rest.length > 0) {
      const list = new Change(this.#text, this.#trail, this.#place);
      return list.set([value]);
    }
    if (isNullScalar(node)) return this.#fill({ value: [value] });
    return node.kind === 'seq' ? this.#push(node, value) : undefined;
  }

  text(source: string): PlainEdit[] | undefined {
    const { rest, slots } = this.#place;
    const slot = slots.at(-1);
    if (rest.length > 0 || slot?.node.kind !== 'scalar') return undefined;
    const { start, end } = slot.node;
    if (end > start) return [{ start, end, text: source }];
    return this.#isKeyless(slot) ? undefined : [{ start: slot.intro, end: slot.intro, text: ` ${source}` }];
  }

  rename(key: string): PlainEdit[] | undefined {
    const { rest, slots } = this.#place;
    const slot = slots.at(-1);
    if (rest.length > 0 || slot?.kind !== 'entry' || entryOf(slot.parent, key)) return undefined;
    const { keyStart, keyEnd } = slot.entry;
    const quote = this.#text[keyStart];
    const quotes = quote === '"' ? 'double' : quote === "'" ? 'single' : 'plain';
    return [{ start: keyStart, end: keyEnd, text: writeString(key, quotes, slot.parent.flow) }];
  }

  delete(): PlainEdit[] | undefined {
    const { rest, slots } = this.#place;
    const slot = slots.at(-1);
    if (rest.length > 0 || !slot) return undefined;
    const { parent, index } = slot;
    const count = parent.kind === 'map' ? parent.entries.length : parent.items.length;
    if (parent.flow) return deleteFlow(this.#text, parent, index);
    if (count > 1) return deleteInBlock(this.#text, slot);
    const holder = slots.at(-2);
    return holder && this.#replace(holder, parent.kind === 'map' ? {} : []);
  }

  /** A value in place of null. */
  #fill(nested: { value: unknown } | undefined): PlainEdit[] | undefined {
    const slot = this.#place.slots.at(-1);
    return slot && nested && this.#replace(slot, nested.value);
  }

  #replace(slot: Slot, value: unknown): PlainEdit[] | undefined {
    const { start, end } = slot.node;
    const isFlow = slot.node.kind !== 'scalar' && slot.node.flow && !isEmpty(slot.node);
    if (slot.parent.flow || (isFlow && typeof value === 'object' && value !== null)) {
      if (this.#isKeyless(slot)) return undefined;
      const column = this.#lineIndent(slot.intro);
      const written = writeFlow(value, column, this.#flow());
      if (end > start) return [{ start, end, text: written }];
      const hasBlank = this.#text[slot.intro] === ' ';
      const at = hasBlank ? slot.intro + 1 : slot.intro;
      return [{ start: at, end: at, text: hasBlank ? written : ` ${written}` }];
    }
    return replaceInBlock(this.#text, slot, value, indentationNear(this.#text, this.#trail));
  }

  #insert(map: MapNode, key: string, value: unknown): PlainEdit[] | undefined {
    const slot = this.#place.slots.at(-1);
    // `labels: {}` in block text grows into a block.
    if (map.flow && map.entries.length === 0 && slot && !slot.parent.flow)
      return this.#replace(slot, { [key]: value });
    if (map.flow) return insertFlow(this.#text, map, key, value, this.#flow());
    return insertEntry(this.#text, map, key, value, indentationNear(this.#text, this.#trail));
  }

  #push(seq: Node & { kind: 'seq' }, value: unknown): PlainEdit[] | undefined {
    const slot = this.#place.slots.at(-1);
    if (seq.flow && seq.items.length === 0 && slot && !slot.parent.flow) return this.#replace(slot, [value]);
    if (seq.flow) return insertFlow(this.#text, seq, undefined, value, this.#flow());
    return appendItem(this.#text, seq, value, indentationNear(this.#text, this.#trail));
  }

  #flow() {
    return flowStyleOf(this.#text, this.#trail);
  }

  /** A flow key without a colon has no place for a value. */
  #isKeyless(slot: Slot): boolean {
    return slot.kind === 'entry' && slot.intro === slot.entry.keyEnd;
  }

  #lineIndent(offset: number): number {
    const from = lineStart(this.#text, offset);
    return columnOf(this.#text, from + (/^[ \t]*/.exec(this.#text.slice(from, offset))?.[0].length ?? 0));
  }
}

const isEmpty = (node: Node): boolean =>
  (node.kind === 'map' && node.entries.length === 0) || (node.kind === 'seq' && node.items.length === 0);

/** The value under keys that are missing; undefined when a list would have to begin elsewhere than at 0. */
function nest(path: Path, value: unknown): { value: unknown } | undefined {
  let nested = value;
  for (const step of path.toReversed()) {
    if (typeof step === 'number' && step !== 0) return undefined;
    nested = typeof step === 'number' ? [nested] : { [step]: nested };
  }
  return { value: nested };
}
