/** Text of a file → texts of its documents. */

export interface Part {
  /** Offset in the file. */
  start: number;
  text: string;
}

/** A marker of its own at the start of a line; lines end with `\n`, `\r\n` or a lone `\r`. */
const MARKER = /(?<=^|[\n\r])(?:---|\.\.\.)(?=[ \t\r\n]|$)/g;
const ONLY_DIRECTIVES = /^(?:[ \t]*(?:#[^\n\r]*)?(?:[\n\r]|$)|%[^\n\r]*(?:[\n\r]|$))*$/;
const BOM = 0xfeff;

/**
 * Cuts at `---`, which belongs to the document that it opens, and behind `...`. Neither can stand at the start of
 * a line inside a scalar: YAML ends the document there, whatever is open.
 */
export function splitDocuments(text: string): Part[] {
  const first = text.charCodeAt(0) === BOM ? 1 : 0;
  // Most files hold one document: nothing to look at mark by mark.
  if (!text.includes('---') && !text.includes('...')) return [{ start: first, text: text.slice(first) }];
  const starts = [first];
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    const last = starts.at(-1) ?? 0;
    if (marker === '...') starts.push(afterLine(text, index));
    else if (index > last && !isDirectives(text.slice(last, index))) starts.push(index);
  }
  return starts
    .map((start, i) => ({ start, text: text.slice(start, starts[i + 1] ?? text.length) }))
    .filter(({ text: part }, i) => part !== '' || (i === 0 && starts.length === 1));
}

/** Directives belong to the document behind their marker. */
const isDirectives = (text: string): boolean => text.includes('%') && ONLY_DIRECTIVES.test(text);

function afterLine(text: string, offset: number): number {
  for (let at = offset; at < text.length; at++) {
    if (text[at] === '\n') return at + 1;
    if (text[at] === '\r') return text[at + 1] === '\n' ? at + 2 : at + 1;
  }
  return text.length;
}
