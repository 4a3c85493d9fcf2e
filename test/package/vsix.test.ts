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
  /^dist\/(extension\.cjs|server\.js|cluster\.js|cli\.js|cli-main\.js|shared-[A-Z0-9]{8}\.js)$/,
  /^dist\/l10n\/bundle\.l10n\.zh-cn\.json$/,
  /^dist\/cases\/(en|zh-cn)\.json$/,
  /^media\/schema\/(kubernetes|config\.schema)\.json$/,
  /^media\/(icon\.png|icons\/[a-z-]+\.svg)$/,
  /^media\/pages\/[a-z-]+\.(css|js)$/,
  /^media\/walkthrough\/[a-z-]+\.svg$/,
  /^test\/demo\/(\.vscode\/settings\.json|manifests\/[a-z]+\.yaml|README\.md)$/,
  /^test\/demo\/snapshot\/.+\.(json|yaml|log)$/,
];

const sizeOf = (file: string): number => statSync(join(ROOT, 'dist', file)).size;

/** A file of dist/ with all that it imports at once, and what those import. */
function loadedBy(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const text = readFileSync(join(ROOT, 'dist', file), 'utf8');
  for (const [, imported] of text.matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g))
    if (imported) loadedBy(imported, loaded);
  return loaded;
}

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
      'dist/cases/en.json',
      'dist/cases/zh-cn.json',
      'media/schema/kubernetes.json',
      'test/demo/snapshot/snapshot.yaml',
    ])
      assert.ok(files.includes(needed), `${needed} is missing`);
  });

  it('stays small', () => {
    assert.ok(statSync(vsix).size < 1e6, `the .vsix has ${Math.round(statSync(vsix).size / KB)} KB`);
    const client = sizeOf('extension.cjs');
    assert.ok(client <= 500 * KB, `the client bundle has ${Math.round(client / KB)} KB`);
  });

  it('loads for a lint what a lint needs, and nothing of clusters before a command asks for one', () => {
    const lint = loadedBy('cli-main.js');
    assert.ok(!lint.has('cluster.js') && !lint.has('server.js'), [...lint].join());
    const size = [...lint].reduce((sum, file) => sum + sizeOf(file), 0);
    assert.ok(size <= 450 * KB, `a lint loads ${Math.round(size / KB)} KB`);
    assert.ok(!loadedBy('server.js').has('cluster.js'));
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
