/** Offsets ↔ lines and columns, for the edges that print them. */

/** 1-based, as editors count; a column is a UTF-16 unit. */
export interface LineColumn {
  line: number;
  column: number;
}

/** Offsets of the first character of every line. `\n`, `\r\n` and a lone `\r` end a line. */
function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
    else if (code === 10) starts.push(i + 1);
  }
  return starts;
}

/** Lines and columns of every file; the line table of one is made when it is first asked for, and once. */
export const positionsIn = (
  files: readonly { file: string; text: string }[],
): ReadonlyMap<string, (offset: number) => LineColumn> =>
  new Map(files.map(({ file, text }) => [file, lineColumnOf(text)]));

/** From offset to line and column in `text`. The line table is made at the first call; offsets outside are clamped. */
export function lineColumnOf(text: string): (offset: number) => LineColumn {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStartsOf(text);
    const at = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
}
