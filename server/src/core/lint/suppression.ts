/** What authors asked us not to say: comments, annotations of ours and those of our peers. */
import type { Resource } from '../kube/store.ts';
import type { SourceFile } from '../yaml/document.ts';
import type { Rule } from './rule.ts';

export interface Suppressions {
  /** Offset ranges of whole lines, with the ids that are off there. */
  lines: { start: number; end: number; ids: ReadonlySet<string> }[];
}

const DIRECTIVE = /#\s*pod-triage-disable-next-line\s+([^\n#]*)/g;

/** Reads the comments of a file. */
export function suppressionsOf(file: SourceFile): Suppressions {
  const lines: Suppressions['lines'] = [];
  if (!file.text.includes('pod-triage-disable')) return { lines };
  for (const match of file.text.matchAll(DIRECTIVE)) {
    const ids = (match[1] ?? '').split(/\s--\s/)[0] ?? '';
    const start = file.text.indexOf('\n', match.index) + 1;
    if (start === 0) continue;
    const end = file.text.indexOf('\n', start);
    lines.push({
      start,
      end: end < 0 ? file.text.length : end,
      ids: new Set(ids.split(/[\s,]+/).filter(Boolean)),
    });
  }
  return { lines };
}

export function isSuppressed(
  rule: Rule,
  offset: number,
  resource: Resource | undefined,
  { lines }: Suppressions,
): boolean {
  if (resource?.object.metadata.annotations?.[`pod-triage.io/ignore.${rule.id}`] !== undefined) return true;
  return lines.some(({ start, end, ids }) => offset >= start && offset <= end && ids.has(rule.id));
}
