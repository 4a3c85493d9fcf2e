/** Runs the host suites in the real VS Code and counts each of their tests here. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runHostSuite } from '../tools/hostSuite.ts';

for (const [suite, flags] of [
  ['trusted', []],
  ['untrusted', ['--pod-triage-untrusted']],
] as const)
  it(`VS Code, ${suite} workspace`, async (t) => {
    const results = await runHostSuite(suite, [...flags]);
    assert.ok(results.length > 0);
    for (const { name, ok, error } of results) await t.test(name, () => assert.ok(ok, error));
  });
