/** What ships: the list of files, the sizes, and what must never be inside. */
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { ROOT } from '../tools/paths.ts';

const KB = 1024;
const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-vsix-'));
const vsix = join(scratch, 'pod-triage.vsix');
let files: string[] = [];

/** Files by name; folders whose content grows with the library, by pattern. */
const EXPECTED = [
  /^CHANGELOG\.md$|^changelog\.md$/,
  /^LICENSE(\.txt)?$/,
  /^README\.md$|^readme\.md$/,
  /^package(\.nls(\.zh-cn)?)?\.json$/,
  /^dist\/(extension\.cjs|server\.js|cluster\.js|cli\.js|cli-main\.js|package\.json)$/,
  /^dist\/l10n\/bundle\.l10n\.zh-cn\.json$/,
  /^media\/(zh-cn\/)?cases\/(zh-cn\/)?[a-z0-9-]+\.md$/,
  /^media\/schema\/(kubernetes|config\.schema)\.json$/,
  /^media\/(icon\.png|icons\/[a-z-]+\.svg)$/,
  /^media\/[a-z]+\/[a-z-]+\.(css|js|svg|md|png)$/,
  /^media\/walkthrough\/(zh-cn\/)?[a-z-]+\.(md|svg)$/,
  /^test\/demo\/(\.vscode\/settings\.json|manifests\/[a-z]+\.yaml|README\.md)$/,
  /^test\/demo\/snapshot\/.+\.(json|yaml|log)$/,
];

before(async () => {
  files = (await listFiles({ cwd: ROOT, packageManager: PackageManager.None })).sort();
  await createVSIX({
    cwd: ROOT,
    packagePath: vsix,
    dependencies: false,
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
});
after(() => rmSync(scratch, { recursive: true, force: true }));

describe('the package', () => {
  it('holds what it should and nothing else', () => {
    assert.deepEqual(
      files.filter((file) => !EXPECTED.some((pattern) => pattern.test(file))),
      [],
    );
    for (const needed of [
      'dist/extension.cjs',
      'dist/server.js',
      'dist/cluster.js',
      'dist/cli.js',
      'media/schema/kubernetes.json',
      'test/demo/snapshot/snapshot.yaml',
    ])
      assert.ok(files.includes(needed), `${needed} is missing`);
  });

  it('stays small', () => {
    assert.ok(statSync(vsix).size <= 2 * KB * KB, `the .vsix has ${Math.round(statSync(vsix).size / KB)} KB`);
    const client = statSync(join(ROOT, 'dist', 'extension.cjs')).size;
    assert.ok(client <= 500 * KB, `the client bundle has ${Math.round(client / KB)} KB`);
  });

  it('compiles no text into code', () => {
    const evil = globSync('dist/*.{js,cjs}', { cwd: ROOT }).filter((file) =>
      /\beval\(|\bnew Function\(/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    assert.deepEqual(evil, []);
  });

  it('pulls nothing else in and runs nothing at install', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    > & { scripts: Record<string, string> };
    for (const key of ['extensionDependencies', 'extensionPack', 'dependencies'])
      assert.equal(manifest[key], undefined, key);
    assert.equal(manifest.scripts.postinstall, undefined);
  });

  it('names every bundled version exactly', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    assert.deepEqual(
      Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  });
});
