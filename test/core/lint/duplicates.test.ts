/** Thousands of declarations of one name: the work and the answer grow with their number, not with its square. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Resource, resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import { Linter } from '../../../server/src/core/lint/engine.ts';
import { duplicateResource } from '../../../server/src/core/lint/rules/schema/duplicate-resource.ts';
import type { SourceFile } from '../../../server/src/core/yaml/document.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';

const DOCUMENT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';
const COUNT = 5000;
/** Far above what one declaration needs, and far below their number. */
const READS_EACH = 100;

/** The findings in the files, and how often a declaration was looked at. */
function lint(files: readonly SourceFile[], params: Record<string, unknown> = {}) {
  let reads = 0;
  const counted = (resource: Resource): Resource =>
    new Proxy(resource, {
      get: (target, key) => {
        reads++;
        return Reflect.get(target, key);
      },
    });
  const store = new Store();
  for (const file of files) store.setFile(file.file, resourcesOf(file).map(counted));
  const linter = new Linter([duplicateResource], { rules: { 'duplicate-resource': params } });
  const findings = files.flatMap((file) => linter.lintFile(file, store));
  for (const file of files) store.setFile(file.file, []);
  return { findings, reads };
}

describe('5,000 declarations of one name', () => {
  it('in one file: each finding lists a few others and says how many it does not', () => {
    const { findings, reads } = lint([parseFile('all.yaml', `${DOCUMENT}---\n`.repeat(COUNT))]);
    assert.equal(findings.length, COUNT);
    for (const { message, related = [] } of findings) {
      assert.match(message, /declared 5000 times in this file/);
      assert.equal(related.length, 3);
    }
    const [first, second] = findings;
    assert.deepEqual(
      first?.related?.map(({ message }) => message.replace(/.*settings/, '')),
      ['', '', '; 4996 more are not listed'],
    );
    // None lists itself.
    for (const finding of [first, second])
      assert.ok(!finding?.related?.some(({ start }) => start === finding.start));
    assert.ok(reads < READS_EACH * COUNT, `${reads} reads`);
  });

  it('in as many files of one folder: variants, nothing is told', () => {
    const files = Array.from({ length: COUNT }, (_, i) => parseFile(`all/${i}.yaml`, DOCUMENT));
    const { findings, reads } = lint(files);
    assert.deepEqual(findings, []);
    assert.ok(reads < READS_EACH * COUNT, `${reads} reads`);
  });

  it('in as many folders, also when all of them count', () => {
    const files = Array.from({ length: COUNT }, (_, i) => parseFile(`${i}/settings.yaml`, DOCUMENT));
    for (const scope of ['folder', 'workspace']) {
      const { findings, reads } = lint(files, { scope });
      assert.deepEqual(findings, []);
      assert.ok(reads < READS_EACH * COUNT, `${reads} reads`);
    }
  });
});
