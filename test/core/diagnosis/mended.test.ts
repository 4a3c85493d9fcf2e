/** Near misses: what was recorded of a fault, with pods that run. Only what stands without them may still be named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../../server/src/core/diagnosis/diagnose.ts';
import { assertEvaluated, everything } from '../../tools/diagnosisRun.ts';
import { mended, STANDING } from '../../tools/mended.ts';
import { faultsRecorded, recorded } from '../../tools/recordings.ts';

for (const { id, expect } of faultsRecorded())
  test(`mended: ${id}`, async () => {
    const { observed, subject } = await recorded(id);
    const report = diagnose(mended(observed, id), subject);
    const found = everything(report).map((finding) => finding.id);
    if (STANDING.has(id)) assert.ok(found.includes(expect.root ?? ''), `${id} no longer stands`);
    else assert.deepEqual(found, []);
    assertEvaluated({
      ...report,
      notChecked: report.notChecked.filter(({ check }) => !check.startsWith('Kubelet statistics')),
    });
  });

test('what stands is recorded', () => {
  const ids = new Set(faultsRecorded().map(({ id }) => id));
  assert.deepEqual(
    [...STANDING].filter((id) => !ids.has(id)),
    [],
  );
});
