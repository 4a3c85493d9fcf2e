/** Text of one document → tree: the fast reader where it is sure, the library elsewhere. */
import { type FastResult, readFast } from './fast.ts';
import { type ReadTree, readWithLibrary } from './library.ts';
import type { SyntaxProblem } from './syntax.ts';

const LONE_CR = /\r(?!\n)/g;
/** What Go's reader refuses in any place (yaml_parser_update_buffer of go.yaml.in/yaml/v2). */
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** Reads one document, which is sound (no problems) or has no root. Never throws. */
export function readTree(text: string): ReadTree {
  const control = CONTROL.exec(text);
  if (control) return { problems: [controlProblem(control)] };
  // A carriage return of its own ends a line for the API server but not for the library; offsets stay.
  const even = text.includes('\r') ? text.replace(LONE_CR, '\n') : text;
  const fast = readFast(even);
  if (fast.kind !== 'unsure') return treeOf(fast);
  const slow = readWithLibrary(even);
  if (slow.problems.length === 0) return slow;
  // What the library refuses the API server may still take.
  const lenient = readFast(even, true);
  return lenient.kind === 'unsure' ? slow : treeOf(lenient);
}

const treeOf = (result: FastResult): ReadTree =>
  result.kind === 'tree' ? { root: result.root, problems: [] } : { problems: [] };

function controlProblem({ 0: char, index }: RegExpExecArray): SyntaxProblem {
  const code = char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return { code: 'control', data: { char: `U+${code}` }, start: index, end: index + 1 };
}
