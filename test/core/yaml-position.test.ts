/** Offsets as lines and columns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineColumnOf } from '../../server/src/core/yaml/position.ts';

test('lines end with LF, CRLF or CR; columns count UTF-16 units', () => {
  const at = lineColumnOf('ab\ncd\r\ne\rf😀g');
  assert.deepEqual(at(0), { line: 1, column: 1 });
  assert.deepEqual(at(2), { line: 1, column: 3 });
  assert.deepEqual(at(3), { line: 2, column: 1 });
  assert.deepEqual(at(5), { line: 2, column: 3 });
  assert.deepEqual(at(7), { line: 3, column: 1 });
  assert.deepEqual(at(9), { line: 4, column: 1 });
  assert.deepEqual(at(12), { line: 4, column: 4 });
});

test('offsets outside are clamped, an empty text has one line', () => {
  assert.deepEqual(lineColumnOf('')(5), { line: 1, column: 1 });
  assert.deepEqual(lineColumnOf('a\nb')(99), { line: 2, column: 2 });
  assert.deepEqual(lineColumnOf('a\nb')(-1), { line: 1, column: 1 });
});
