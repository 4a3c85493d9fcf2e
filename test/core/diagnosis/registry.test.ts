import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../../../server/src/core/diagnosis/modes/index.ts';
import { STEPS } from '../../../server/src/core/diagnosis/report.ts';

test('there are at least 60 modes, each id once', () => {
  const ids = MODES.map(({ id }) => id);
  assert.ok(ids.length >= 60);
  assert.deepEqual(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    [],
  );
});

test('modes explain only modes that exist, and never themselves', () => {
  const ids = new Set(MODES.map(({ id }) => id));
  for (const { id, explains = [] } of MODES) {
    assert.ok(!explains.includes(id), `${id} explains itself`);
    assert.deepEqual(
      explains.filter((other) => !ids.has(other)),
      [],
      `${id} explains modes that do not exist`,
    );
  }
});

test('every mode has a case, a known step and messages that are one sentence', () => {
  for (const { id, case: page, step, messages } of MODES) {
    assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(page, /^[a-z0-9]+(-[a-z0-9]+)*$/, id);
    assert.ok(STEPS.includes(step), id);
    for (const message of Object.values(messages)) {
      assert.match(message, /(?:[.]|\{\w+\})$/, `${id}: ${message}`);
      assert.doesNotMatch(message, /please|successfully|!/i, id);
    }
  }
});

test('every step of a pod has a mode that can stop there', () => {
  const steps = new Set(MODES.map(({ step }) => step));
  assert.deepEqual(
    STEPS.filter((step) => !steps.has(step)),
    [],
  );
});
