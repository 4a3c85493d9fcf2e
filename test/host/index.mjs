/** Loaded by VS Code inside its extension host: runs the tests there and writes what became of each. */
import { globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';

export async function run() {
  const folder = dirname(fileURLToPath(import.meta.url));
  const suite = process.env.POD_TRIAGE_HOST_SUITE ?? 'trusted';
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000 });
  for (const file of globSync(`${suite}/*.host.ts`, { cwd: folder }).sort())
    mocha.addFile(join(folder, file));
  await mocha.loadFilesAsync();
  const results = [];
  await new Promise((done) => {
    mocha
      .run(() => done())
      .on('pass', (test) => results.push({ name: test.fullTitle(), ok: true }))
      .on('fail', (test, error) =>
        results.push({ name: test.fullTitle(), ok: false, error: String(error.stack ?? error) }),
      );
  });
  writeFileSync(process.env.POD_TRIAGE_HOST_RESULTS ?? '/dev/null', JSON.stringify(results));
  if (results.length === 0) throw new Error(`No host test ran in ${suite}.`);
  if (results.some(({ ok }) => !ok))
    throw new Error(`${results.filter(({ ok }) => !ok).length} host tests failed.`);
}
