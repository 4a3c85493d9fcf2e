/** Documents that a template engine has yet to fill in: Helm, Go templates, Jinja. */
import type { Node } from './node.ts';

const MARKUP = /\{\{|\{%/;

/** True when a document holds anything that looks like template markup: only then the rest is worth asking. */
export const mayBeTemplate = (text: string): boolean => MARKUP.test(text);

/** True when markup stands where YAML reads structure or a plain scalar: not in quotes, block scalars or comments. */
export function isTemplate(text: string, node: Node): boolean {
  if (node.kind === 'scalar') return node.style === 'plain' && MARKUP.test(node.text);
  if (node.flow && MARKUP.test(text.slice(node.start, node.start + 2))) return true;
  if (node.kind === 'seq') return node.items.some((item) => isTemplate(text, item));
  return node.entries.some(
    ({ keyStart, keyEnd, value }) => hasMarkup(text.slice(keyStart, keyEnd)) || isTemplate(text, value),
  );
}

const hasMarkup = (key: string): boolean => !/^["']/.test(key) && MARKUP.test(key);

/** The same for text that is no sound YAML: quotes and comments are told line by line. */
export const looksLikeTemplate = (text: string): boolean =>
  text.split('\n').some((line) => MARKUP.test(line) && hasOpenMarkup(line));

/** Markup that quotes enclose as a whole may be meant; a quote inside it (`"{{ printf "%s" .x }}"`) is the template's. */
function hasOpenMarkup(line: string): boolean {
  const rest = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:^|\s)#.*/g, (found) =>
    /^['"]/.test(found) && MARKUP.test(found) && !/[}%]\}/.test(found) ? found : '',
  );
  return MARKUP.test(rest);
}
