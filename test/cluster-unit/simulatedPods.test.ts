import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spread } from '../cluster/lib/simulatedPods.ts';

describe('simulated pods', () => {
  for (const [total, namespaces] of [
    [10_000, 100],
    [10_007, 100],
    [95, 10],
    [3, 1],
    [0, 0],
  ] as const)
    it(`${total} are spread over ${namespaces} namespaces, evenly and all of them`, () => {
      const spaces = spread(total);
      const counts = spaces.map(({ pods }) => pods);
      assert.equal(spaces.length, namespaces);
      assert.equal(new Set(spaces.map(({ namespace }) => namespace)).size, namespaces);
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        total,
      );
      if (total > 0) assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
    });
});
