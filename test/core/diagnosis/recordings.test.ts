/**
 * The faults of the test cluster, from the snapshots that were recorded there: the same answer as live, and it is the
 * fault's own description that says which (test/cluster/faults). `npm run test:cluster -- --record` takes them anew.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../../server/src/core/diagnosis/diagnose.ts';
import { scopeTo } from '../../../server/src/core/diagnosis/scope.ts';
import { faultIds, loadFault } from '../../cluster/lib/faults/fault.ts';
import { mistake } from '../../cluster/lib/faults/verdict.ts';
import { recorded, recordedIds } from '../../tools/recordings.ts';

test('every fault is recorded but those that only an active test proves, and every recording is of a fault', () => {
  assert.deepEqual(
    recordedIds(),
    faultIds().filter((id) => !loadFault(id).probe),
  );
});

for (const id of recordedIds())
  test(`recorded: ${id}`, async () => {
    const { fault, observed, subject, report } = await recorded(id);
    assert.equal(mistake(fault.expect, report), undefined);
    // A mode that threw would be among these; statistics are read on demand only.
    assert.deepEqual(
      report.notChecked.filter(
        ({ check, reason }) => reason === 'not-evaluated' && !check.startsWith('Kubelet statistics'),
      ),
      [],
    );
    for (const { message, evidence, commands = [] } of [...report.rootCauses, ...report.consequences]) {
      assert.doesNotMatch(message, /\{\w+\}|undefined|NaN|\[object|\(\)|: \.$/);
      assert.ok(evidence.length > 0, `evidence for: ${message}`);
      for (const { text } of evidence) assert.doesNotMatch(text, /^$|undefined|\[object/);
      for (const command of commands) assert.match(command, /^kubectl (?:-n \S+ )?(?:get|describe|logs) /);
    }
    // What is recorded is what its diagnosis reads, no more.
    assert.deepEqual(diagnose(scopeTo(observed, subject), subject), report);
  });

test('a bare exit code wants its log and says so when it is not there; a kill for memory speaks for itself', async () => {
  const withoutLogs = async (id: string) => {
    const { observed, subject } = await recorded(id);
    const { rootCauses, notChecked } = diagnose({ ...observed, logs: [] }, subject);
    return { causes: rootCauses.map(({ id: mode, confidence }) => `${mode}: ${confidence}`), notChecked };
  };
  const bare = await withoutLogs('crash-app-error');
  assert.deepEqual(bare.causes, ['exit-1-app-error: hint']);
  assert.match(bare.notChecked[0]?.check ?? '', /^Log of container worker of pod worker-/);
  assert.deepEqual(await withoutLogs('oom-killed'), {
    causes: ['oom-killed-main: certain'],
    notChecked: [],
  });
});

test('a container that began anew before its log was read has its last words in the run before; a silent one has none', async () => {
  const { observed, subject } = await recorded('crash-app-error');
  const [log] = observed.logs;
  assert.ok(log && !log.previous);
  const causeWith = (logs: typeof observed.logs): string | undefined =>
    diagnose({ ...observed, logs }, subject).rootCauses[0]?.message;
  const begunAnew = { ...log, text: '' };
  assert.match(causeWith([begunAnew, { ...log, previous: true }]) ?? '', /exit code 1: .*fatal: required/);
  assert.equal(causeWith([begunAnew]), 'Container worker of Deployment worker ends with exit code 1.');
});
