/** Wildcards for names and paths. Matching never backtracks more than its input is long: a configuration is foreign text. */

/** `*` any run of characters, `?` one character, `{a,b}` alternatives. The whole of `text` must match. */
export function matchesGlob(pattern: string, text: string): boolean {
  return expandBraces(pattern).some((plain) => matchesWildcards(plain, text));
}

/**
 * Paths with `/`: wildcards stay inside a segment, `**` spans any number of segments. A pattern without a slash
 * means the file's name in any folder, one that ends in `/` everything below a folder, and every other pattern may
 * begin at any folder of the path unless it starts with `/`.
 */
export function matchesPathGlob(pattern: string, path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return expandBraces(pattern).some((plain) => {
    const anchored = plain.startsWith('/');
    const steps = plain.split('/').filter((step) => step !== '' && step !== '.');
    if (plain.endsWith('/')) steps.push('**');
    return matchesSegments(anchored ? steps : ['**', ...steps], segments);
  });
}

/** Above this many alternatives the rest is left out. */
const MAX_ALTERNATIVES = 256;

function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{');
  const close = open < 0 ? -1 : closingBrace(pattern, open);
  if (close < 0) return [pattern];
  const head = pattern.slice(0, open);
  const tails = expandBraces(pattern.slice(close + 1));
  const expanded: string[] = [];
  for (const choice of splitAlternatives(pattern.slice(open + 1, close)).flatMap(expandBraces))
    for (const tail of tails) {
      if (expanded.length >= MAX_ALTERNATIVES) return expanded;
      expanded.push(head + choice + tail);
    }
  return expanded;
}

function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    if (pattern[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

function splitAlternatives(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}') depth--;
    if (i < text.length && (text[i] !== ',' || depth > 0)) continue;
    parts.push(text.slice(start, i));
    start = i + 1;
  }
  return parts;
}

const matchesWildcards = (pattern: string, text: string): boolean =>
  matchesSequence(
    pattern,
    text,
    (step) => step === '*',
    (step, at) => step === '?' || step === at,
  );

const matchesSegments = (steps: readonly string[], segments: readonly string[]): boolean =>
  matchesSequence(steps, segments, (step) => step === '**', matchesWildcards);

/** A greedy walk that remembers the last wildcard only: enough for patterns of runs, and linear in memory. */
function matchesSequence(
  steps: ArrayLike<string>,
  items: ArrayLike<string>,
  isRun: (step: string) => boolean,
  matches: (step: string, item: string) => boolean,
): boolean {
  let step = 0;
  let item = 0;
  let run = -1;
  let resume = 0;
  while (item < items.length) {
    const wanted = steps[step];
    if (wanted !== undefined && isRun(wanted)) {
      run = step++;
      resume = item;
    } else if (wanted !== undefined && matches(wanted, items[item] ?? '')) {
      step++;
      item++;
    } else if (run >= 0) {
      step = run + 1;
      item = ++resume;
    } else return false;
  }
  while (step < steps.length && isRun(steps[step] ?? '')) step++;
  return step === steps.length;
}
