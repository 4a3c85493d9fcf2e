/** Runs the test files of the named suites (folders of test/) with Node's own runner and exits with its code. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const suites = process.argv.slice(2);
const patterns =
  suites.length > 0 ? suites.map((suite) => `test/${suite}/**/*.test.ts`) : ['test/**/*.test.ts'];
const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
if (files.length === 0) {
  console.error(`No test files in ${suites.join(', ')}.`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ['--test', ...files], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
