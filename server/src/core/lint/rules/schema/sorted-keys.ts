import { entryEnd, lineStart, startsLine } from '../../../yaml/entryText.ts';
import type { MapEntry, MapNode } from '../../../yaml/node.ts';
import { mapsIn } from '../../../yaml/walk.ts';
import { fileRule, type TextFix } from '../../rule.ts';

export const sortedKeys = fileRule({
  id: 'sorted-keys',
  group: 'schema',
  severity: 'hint',
  enabled: false,
  scope: 'file',
  case: 'manifest-style',
  sources: ['kube-linter/sorted-keys'],
  params: { recursive: true },
  messages: {
    unsorted: 'Key {key} stands after {before}; the keys of this map are not in alphabetical order.',
    sort: 'Sort these keys',
  },

  check({ documents }, { params, report }) {
    for (const [index, { document }] of documents.entries()) {
      if (document.kind !== 'ok' || !document.root || document.manifests.length === 0) continue;
      const told = new Set<number>();
      for (const map of mapsIn(document.root)) {
        if (!params.recursive && map !== document.root) break;
        const at = map.entries.findIndex((entry, i) => i > 0 && (map.entries[i - 1]?.key ?? '') > entry.key);
        const entry = map.entries[at];
        const before = map.entries[at - 1];
        // An alias shows the map of its anchor once more.
        if (!entry || !before || told.has(entry.keyStart)) continue;
        told.add(entry.keyStart);
        const fix = sortFix(document.text, map);
        report(
          'unsorted',
          index,
          { start: entry.keyStart, end: entry.keyEnd },
          { data: { key: entry.key, before: before.key }, fixes: fix ? [fix] : [] },
        );
      }
    }
  },
});

/** Sorts the lines of a block map; comments move with the entry below them. */
function sortFix(text: string, { flow, entries }: MapNode): TextFix<'sort'> | undefined {
  const [first, ...rest] = entries;
  const last = entries.at(-1);
  if (flow || !first || !last || !rest.every((entry) => startsLine(text, entry))) return undefined;
  const column = first.keyStart - lineStart(text, first.keyStart);
  const indent = ' '.repeat(column);
  const end = entryEnd(text, last);
  // Comments above the first key of a document speak of the whole of it.
  const start =
    column > 0 && startsLine(text, first) ? withComments(text, first, indent) + column : first.keyStart;
  // An alias must not come to stand before its anchor.
  if (/(^|[\s[{,])[&*]\w/.test(text.slice(start, end))) return undefined;
  const starts = [start, ...rest.map((entry) => withComments(text, entry, indent))];
  const parts = entries.map((entry, i) => ({
    key: entry.key,
    // The first one follows its indentation or `- `; all are joined without theirs.
    text: text
      .slice(starts[i], starts[i + 1] ?? end)
      .slice(i === 0 ? 0 : column)
      .replace(/\r?\n$/, ''),
  }));
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const closing = /\n$/.test(text.slice(start, end)) ? lineBreak : '';
  const sorted = parts.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const replacement = sorted.map((part) => part.text).join(lineBreak + indent) + closing;
  return { title: 'sort', safe: true, edits: [{ start, end, text: replacement }] };
}

/** Start of the first of the comment lines that stand right above an entry, at its indentation. */
function withComments(text: string, entry: MapEntry, indent: string): number {
  let start = lineStart(text, entry.keyStart);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!text.startsWith(`${indent}#`, above)) break;
    start = above;
  }
  return start;
}
