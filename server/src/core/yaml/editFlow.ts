/** Edits inside flow collections and JSON. */
import type { PlainEdit } from './edit.ts';
import { columnOf, eolOf, lineStart, skipTrivia } from './layout.ts';
import type { MapNode, Node, SeqNode } from './node.ts';
import { type FlowStyle, writeFlow, writeFlowEntry } from './write.ts';

type FlowNode = MapNode | SeqNode;

interface Part {
  start: number;
  end: number;
}

const partsOf = (node: FlowNode): Part[] =>
  node.kind === 'map'
    ? node.entries.map(({ keyStart, keyEnd, value }) => ({
        start: keyStart,
        end: Math.max(keyEnd, value.end),
      }))
    : node.items.map(({ start, end }) => ({ start, end }));

const lineIndent = (text: string, offset: number): number =>
  /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0].length ?? 0;

/** The style of the innermost flow collection of the trail that shows one. */
export function flowStyleOf(text: string, trail: readonly Node[]): FlowStyle {
  const flows = trail.filter((node): node is FlowNode => node.kind !== 'scalar' && node.flow);
  const outer = flows[0];
  const sample = flows.findLast((node) => partsOf(node).length > 0);
  const keys = flows.findLast((node) => node.kind === 'map' && node.entries.length > 0);
  const key = keys?.kind === 'map' ? keys.entries[0] : undefined;
  const first = sample && partsOf(sample)[0];
  const isMultiline = (node: FlowNode): boolean => {
    const part = partsOf(node)[0];
    return part !== undefined && text.slice(node.start, part.start).includes('\n');
  };
  const lined = flows.findLast(isMultiline);
  const linedPart = lined && partsOf(lined)[0];
  return {
    json: key ? text[key.keyStart] === '"' : text[0] === '{' || (outer !== undefined && text[0] === '['),
    tight:
      (key !== undefined && text[key.keyStart] === '"' && text[key.keyEnd + 1] !== ' ') ||
      (key === undefined && first !== undefined && /,\S/.test(text.slice(first.start, sample?.end))),
    step:
      lined && linedPart ? Math.max(1, columnOf(text, linedPart.start) - lineIndent(text, lined.start)) : 2,
    unit: linedPart && text[linedPart.start - 1] === '\t' ? '\t' : ' ',
    lines: lined !== undefined && (sample === undefined || isMultiline(sample)),
    eol: eolOf(text),
    pad: { map: padOf(text, trail, 'map'), seq: padOf(text, trail, 'seq') },
  };
}

/** What stands behind the opening bracket: of the nearest collection of that kind that is not empty, on one line. */
function padOf(text: string, trail: readonly Node[], kind: FlowNode['kind']): '' | ' ' {
  const shows = (node: Node): boolean => {
    if (node.kind !== kind || !node.flow) return false;
    const [first] = partsOf(node);
    return first !== undefined && !text.slice(node.start, first.start).includes('\n');
  };
  const sample = trail.findLast(shows) ?? (trail[0] && find(trail[0], shows));
  return sample && text[sample.start + 1] === ' ' ? ' ' : '';
}

function find(node: Node, wanted: (node: Node) => boolean): Node | undefined {
  if (wanted(node)) return node;
  if (node.kind === 'scalar') return undefined;
  for (const inner of node.kind === 'seq' ? node.items : node.entries.map(({ value }) => value)) {
    const found = find(inner, wanted);
    if (found) return found;
  }
  return undefined;
}

/** Adds an entry (`key` given) or an item at the end of a flow collection. */
export function insertFlow(
  text: string,
  node: FlowNode,
  key: string | undefined,
  value: unknown,
  style: FlowStyle,
): PlainEdit[] {
  const write = (column: number): string =>
    key === undefined ? writeFlow(value, column, style) : writeFlowEntry(key, value, column, style);
  const last = partsOf(node).at(-1);
  if (!last) {
    const base = lineIndent(text, node.start);
    const pad = style.eol + style.unit.repeat(base);
    const inner = style.lines
      ? pad + style.unit.repeat(style.step) + write(base + style.step) + pad
      : style.pad[node.kind] + write(base + style.step) + style.pad[node.kind];
    return [{ start: node.start + 1, end: node.end - 1, text: inner }];
  }
  const comma = skipTrivia(text, last.end);
  const isLined = /\n[ \t]*$/.test(text.slice(node.start, last.start));
  const column = isLined ? columnOf(text, last.start) : lineIndent(text, last.start);
  const gap = isLined
    ? style.eol + text.slice(lineStart(text, last.start), last.start)
    : style.tight
      ? ''
      : ' ';
  // A comma after the last part is kept in its role: it now stands before the new one.
  if (text[comma] === ',') return [{ start: comma + 1, end: comma + 1, text: `${gap}${write(column)},` }];
  return [{ start: last.end, end: last.end, text: `,${gap}${write(column)}` }];
}

/** Removes a part with its comma; comments around it stay. */
export function deleteFlow(text: string, node: FlowNode, index: number): PlainEdit[] {
  const parts = partsOf(node);
  const part = parts[index];
  const next = parts[index + 1];
  const before = parts[index - 1];
  if (!part) return [];
  if (next) {
    const comma = skipTrivia(text, part.end);
    const isBlankGap = text.slice(comma + 1, next.start).trim() === '';
    return [{ start: part.start, end: isBlankGap ? next.start : comma + 1, text: '' }];
  }
  if (!before) {
    const empty = node.kind === 'map' ? '{}' : '[]';
    // `[a: b]` holds a map without braces of its own.
    return [{ start: node.start, end: node.end, text: empty }];
  }
  const comma = skipTrivia(text, before.end);
  if (text.slice(comma + 1, part.start).trim() === '')
    return [{ start: before.end, end: part.end, text: '' }];
  return [
    { start: comma, end: comma + 1, text: '' },
    { start: part.start, end: part.end, text: '' },
  ];
}
