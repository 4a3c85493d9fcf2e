/** The fast reader against the library: the same trees, offsets, styles and values, or none at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFast } from '../../server/src/core/yaml/fast.ts';
import { readWithLibrary } from '../../server/src/core/yaml/library.ts';
import type { Node } from '../../server/src/core/yaml/node.ts';
import { readTree } from '../../server/src/core/yaml/reader.ts';
import { numbers } from './lib/random.ts';
import { damaged, randomDocument, SAMPLES } from './lib/yamlSamples.ts';

/** An absent tree and one that holds null alone mean the same. */
const meaning = (root: Node | undefined): Node | undefined =>
  root?.kind === 'scalar' && root.value === null ? undefined : root;

function compare(text: string): 'same' | 'unsure' {
  const fast = readFast(text);
  if (fast.kind === 'unsure') return 'unsure';
  const slow = readWithLibrary(text);
  const shown = JSON.stringify(text);
  assert.deepEqual(slow.problems, [], `read what the library refuses: ${shown}`);
  assert.deepEqual(fast.kind === 'tree' ? fast.root : undefined, meaning(slow.root), shown);
  return 'same';
}

test('samples: what is usual is read fast, the rest is left to the library', () => {
  for (const { fast, text } of SAMPLES) assert.equal(compare(text) === 'same', fast, JSON.stringify(text));
});

test('4,000 random documents', () => {
  const next = numbers(20_26);
  let same = 0;
  for (let i = 0; i < 4000; i++) if (compare(randomDocument(next)) === 'same') same++;
  // Most are read fast; that few are not keeps the comparison honest.
  assert.ok(same > 2000, `${same} of 4000`);
});

test('12,000 damaged documents: never a tree where the library finds an error', () => {
  const next = numbers(11_24);
  let same = 0;
  for (let i = 0; i < 12_000; i++) if (compare(damaged(randomDocument(next), next)) === 'same') same++;
  assert.ok(same > 1500, `${same} of 12000`);
});

test('no text makes the reader throw', () => {
  assert.equal(meaning(readTree('...\n'.repeat(50_000)).root), undefined);
  const next = numbers(5);
  for (let i = 0; i < 3000; i++) {
    const text = damaged(damaged(damaged(randomDocument(next), next), next), next);
    const { root, problems } = readTree(text);
    assert.ok(problems.length === 0 || root === undefined);
    for (const { start, end } of problems) assert.ok(start >= 0 && start <= end && end <= text.length);
  }
});
