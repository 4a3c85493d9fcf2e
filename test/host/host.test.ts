/** Runs the host suites in the real VS Code and counts each of their tests here. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTests } from '@vscode/test-electron';
import { installBrowser } from '../tools/browser.ts';
import { ROOT } from '../tools/paths.ts';
import { installServer } from '../tools/vscodeServer.ts';

interface HostResult {
  name: string;
  ok: boolean;
  error?: string;
}

const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-host-'));
before(() => {
  installServer((text) => console.error(text));
  installBrowser();
});
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs one suite in the extension host; its results are returned also when some failed. */
async function runSuite(suite: string, flags: string[]): Promise<HostResult[]> {
  const workspace = join(scratch, suite);
  cpSync(join(ROOT, 'test', 'demo'), workspace, { recursive: true });
  const results = join(scratch, `${suite}.json`);
  await runTests({
    vscodeExecutablePath: join(ROOT, 'test', 'tools', 'codeShim.ts'),
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: join(ROOT, 'test', 'host', 'index.mjs'),
    launchArgs: [workspace, ...flags],
    extensionTestsEnv: { POD_TRIAGE_HOST_SUITE: suite, POD_TRIAGE_HOST_RESULTS: results },
  }).catch((error: unknown) => {
    // A failed test is told below, one by one; a host that never ran is told by the missing file.
    console.error(String(error));
  });
  return JSON.parse(readFileSync(results, 'utf8')) as HostResult[];
}

for (const [suite, flags] of [
  ['trusted', []],
  ['untrusted', ['--pod-triage-untrusted']],
] as const)
  describe(`VS Code, ${suite}`, () => {
    it('runs in the extension host', async (t) => {
      const results = await runSuite(suite, [...flags]);
      assert.ok(results.length > 0);
      for (const { name, ok, error } of results) await t.test(name, () => assert.ok(ok, error));
    });
  });
