/**
 * Every failure mode: at least one case where it speaks, at least one near miss where it is silent. Where the test
 * cluster shows it the recording is the case (recordings.test.ts), and where its pods decide the near miss is the
 * recording mended (mended.test.ts); the scenes here are the rest.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../../../server/src/core/diagnosis/modes/index.ts';
import type { DiagnosisReport } from '../../../server/src/core/diagnosis/report.ts';
import type { Finding } from '../../../server/src/core/finding.ts';
import { formatRef } from '../../../server/src/core/kube/ref.ts';
import { loadFault } from '../../cluster/lib/faults/fault.ts';
import { assertEvaluated, everything, run } from '../../tools/diagnosisRun.ts';
import { STANDING } from '../../tools/mended.ts';
import { faultsRecorded, modesShownBy, recordedIds } from '../../tools/recordings.ts';
import { scenarios } from './scenarios/index.ts';
import type { Case } from './scenarios/scenario.ts';

function placeOf(report: DiagnosisReport, as: Case['as']): readonly Finding[] {
  if (as === 'consequence') return report.consequences;
  if (as === 'alsoSeen') return report.alsoSeen;
  if (as === 'anywhere') return everything(report);
  return report.rootCauses.slice(0, 1);
}

for (const { mode, fires = [], silent } of scenarios) {
  for (const [index, { objects, subject, extra, at, message, as }] of fires.entries())
    test(`${mode} speaks (${index + 1})`, () => {
      const report = run(objects, subject, extra);
      assertEvaluated(report);
      const found = placeOf(report, as).find(({ id }) => id === mode);
      assert.ok(
        found,
        `not the ${as ?? 'verdict'}: ${JSON.stringify(everything(report).map(({ id, message: text }) => `${id}: ${text}`))}`,
      );
      if (at !== undefined) assert.equal([formatRef(found.object), found.path].filter(Boolean).join(' '), at);
      if (message !== undefined) assert.equal(found.message, message);
      assert.doesNotMatch(found.message, /\{\w+\}|undefined|NaN|\[object/);
      assert.ok(found.evidence.length > 0, 'it quotes something');
      for (const { text, source } of found.evidence) {
        assert.notEqual(text, '', `evidence from ${source} quotes nothing`);
        assert.doesNotMatch(text, /undefined|\[object/);
      }
      for (const command of found.commands ?? [])
        assert.match(command, /^kubectl (?:-n \S+ )?(?:get|describe|logs) /);
    });
  for (const [index, { objects, subject, extra }] of silent.entries())
    test(`${mode} is silent (${index + 1})`, () => {
      const report = run(objects, subject, extra);
      assertEvaluated(report);
      assert.deepEqual(
        everything(report)
          .filter(({ id }) => id === mode)
          .map(({ message }) => message),
        [],
      );
    });
}

test('every registered mode has both', () => {
  const faults = faultsRecorded();
  const speaking = new Set([
    ...scenarios.filter(({ fires = [] }) => fires.length > 0).map(({ mode }) => mode),
    ...recordedIds().map(loadFault).flatMap(modesShownBy),
  ]);
  const quiet = new Set([
    ...scenarios.filter(({ silent }) => silent.length > 0).map(({ mode }) => mode),
    ...faults.filter(({ id }) => !STANDING.has(id)).flatMap(modesShownBy),
  ]);
  const ids = MODES.map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id) => !speaking.has(id)),
    [],
    'no case where it speaks',
  );
  assert.deepEqual(
    ids.filter((id) => !quiet.has(id)),
    [],
    'no near miss',
  );
});
