/** Runs a folder of host tests inside the real VS Code. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { installBrowser } from './browser.ts';
import { ROOT } from './paths.ts';
import { installServer } from './vscodeServer.ts';

export interface HostResult {
  name: string;
  ok: boolean;
  error?: string;
}

/**
 * Runs `test/host/<suite>` on a copy of the demo; the results are there also when some failed.
 * Throws when the host never ran.
 */
export async function runHostSuite(
  suite: string,
  flags: string[] = [],
  env: Record<string, string> = {},
): Promise<HostResult[]> {
  installServer((text) => console.error(text));
  installBrowser();
  const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-host-'));
  try {
    const workspace = join(scratch, 'demo');
    cpSync(join(ROOT, 'test', 'demo'), workspace, { recursive: true });
    const results = join(scratch, 'results.json');
    await runTests({
      vscodeExecutablePath: join(ROOT, 'test', 'tools', 'codeShim.ts'),
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: join(ROOT, 'test', 'host', 'index.mjs'),
      launchArgs: [workspace, ...flags],
      stdout: process.stderr,
      extensionTestsEnv: { ...env, POD_TRIAGE_HOST_SUITE: suite, POD_TRIAGE_HOST_RESULTS: results },
    }).catch((error: unknown) => {
      // Failed tests are in the results, one by one; a host that never ran has none.
      console.error(String(error));
    });
    return JSON.parse(readFileSync(results, 'utf8')) as HostResult[];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
