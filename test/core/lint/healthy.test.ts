/** What a sensible team writes shows nothing: the first false alarm is the day that people stop to look. */
import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import { Linter } from '../../../server/src/core/lint/engine.ts';
import { RULES } from '../../../server/src/core/lint/rules/index.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';
import { ROOT } from '../../tools/paths.ts';
import { testSchema } from '../../tools/schema.ts';

const HEALTHY = join(ROOT, 'test', 'fixtures', 'healthy');

for (const folder of readdirSync(HEALTHY).sort())
  test(`sensible manifests show nothing by default: ${folder}`, () => {
    const paths = globSync(`${folder}/**/*.yaml`, { cwd: HEALTHY }).sort();
    const files = paths.map((path) =>
      parseFile(path, readFileSync(join(HEALTHY, path), 'utf8'), testSchema()),
    );
    const store = new Store();
    for (const file of files) store.setFile(file.file, resourcesOf(file));
    const linter = new Linter(RULES, {});
    const findings = files.flatMap((file) => linter.lintFile(file, store));
    assert.deepEqual(
      findings.map(({ id, file, path, message }) => `${id} ${file} ${path}: ${message}`),
      [],
    );
    const broken = files.flatMap(({ documents }) =>
      documents.filter(({ document }) => document.kind !== 'ok'),
    );
    assert.deepEqual(broken, [], 'every document is read');
    assert.ok(store.resources().length >= 6, `${store.resources().length} objects`);
  });
