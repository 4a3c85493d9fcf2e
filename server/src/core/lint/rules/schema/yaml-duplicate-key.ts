import { remember } from '../../../remember.ts';
import type { Document } from '../../../yaml/document.ts';
import { entryLines } from '../../../yaml/entryText.ts';
import type { MapEntry, MapNode } from '../../../yaml/node.ts';
import { mapsIn } from '../../../yaml/walk.ts';
import { fileRule } from '../../rule.ts';

export const yamlDuplicateKey = fileRule({
  id: 'yaml-duplicate-key',
  group: 'schema',
  severity: 'error',
  scope: 'file',
  case: 'yaml-duplicate-key',
  sources: ['kubeconform/strict'],
  messages: {
    duplicate: 'Key {key} is written twice here; the last one wins and the first is lost.',
    keepLast: 'Delete the first {key}, which is lost',
    keepFirst: 'Delete this {key} and keep the first',
  },

  check({ documents }, { report }) {
    for (const [index, { document }] of documents.entries())
      for (const { map, first, again } of duplicatesOf(document)) {
        const { key, keyStart, keyEnd } = again;
        const fixes = [
          { title: 'keepLast' as const, lines: entryLines(document.text, map, first) },
          { title: 'keepFirst' as const, lines: entryLines(document.text, map, again) },
        ];
        report(
          'duplicate',
          index,
          { start: keyStart, end: keyEnd },
          {
            data: { key },
            fixes: fixes.flatMap(({ title, lines }) =>
              lines ? [{ title, data: { key }, edits: [{ ...lines, text: '' }] }] : [],
            ),
          },
        );
      }
  },
});

interface DuplicateKey {
  map: MapNode;
  first: MapEntry;
  again: MapEntry;
}

/** Keys that a map has twice. Documents are kept while their text stays, so each is searched once. */
const duplicatesOf = remember((document: Document): readonly DuplicateKey[] => {
  const found: DuplicateKey[] = [];
  for (const map of document.root ? mapsIn(document.root) : []) {
    if (map.entries.length < 2) continue;
    const seen = new Map<string, MapEntry>();
    for (const entry of map.entries) {
      // Merged entries and those of an alias are written elsewhere, where they are looked at.
      if (entry.keyStart < map.start || entry.keyStart > map.end) continue;
      const first = seen.get(entry.key);
      if (first) found.push({ map, first, again: entry });
      else seen.set(entry.key, entry);
    }
  }
  return found;
});
