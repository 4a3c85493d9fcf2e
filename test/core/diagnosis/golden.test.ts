/**
 * Whole answers about recorded faults, kept as files: a change of wording, order or evidence shows in their diff.
 * UPDATE=1 rewrites them, also after a recording was taken anew.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recorded } from '../../tools/recordings.ts';

const folder = join(import.meta.dirname, 'golden');

const GOLDEN = [
  'healthy-slow-start',
  'image-tag-missing',
  // Live, a fault beside it may have planted a class: only the recording has none for sure.
  'ingress-class-typo',
  'memory-request-too-big',
  'netpol-dns-blocked',
  'oom-killed',
  'quota-exceeded',
  'readiness-wrong-port',
  'service-selector-typo',
];

for (const id of GOLDEN)
  test(`the whole answer about ${id}`, async () => {
    const { report } = await recorded(id);
    const file = join(folder, `${id}.json`);
    if (process.env.UPDATE) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    assert.deepEqual(report, JSON.parse(readFileSync(file, 'utf8')));
  });

test('every golden answer is compared', () => {
  assert.deepEqual(
    readdirSync(folder).sort(),
    GOLDEN.map((id) => `${id}.json`),
  );
});
