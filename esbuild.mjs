/** Builds dist/: the client, the server, the cluster worker, the command line, the message bundles, and the cases. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
  outdir: 'dist',
};

const bundles = [
  {
    ...shared,
    format: 'cjs',
    entryPoints: { extension: 'client/src/extension.ts' },
    // VS Code takes a .js file of a module package for ESM, hence .cjs.
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    // Parts of the language client that are never reached here, or that Node has itself: 50 KB of 500.
    alias: {
      'semver/functions/parse': './client/slim/semverParse.cjs',
      'semver/functions/satisfies': './client/slim/semverSatisfies.cjs',
      minimatch: './client/slim/minimatch.cjs',
    },
  },
  {
    ...shared,
    format: 'esm',
    entryPoints: {
      server: 'server/src/main.ts',
      cluster: 'server/src/cluster/entry.ts',
      cli: 'server/src/cli/start.ts',
      'cli-main': 'server/src/cli/main.ts',
    },
    // The same code as modules: it starts faster than the CommonJS files that Node would get.
    alias: { yaml: './node_modules/yaml/browser/index.js' },
    // What several of them need is in files that they share; what one imports dynamically is read when it is needed.
    splitting: true,
    chunkNames: 'shared-[hash]',
    // Libraries that are CommonJS ask for Node's own modules with `require`.
    banner: {
      js: "import{createRequire as nodeRequire}from'node:module';const require=nodeRequire(import.meta.url);",
    },
  },
];

/** One bundle a language from the files of each area, as VS Code and the server read it. */
function mergeMessages() {
  mkdirSync('dist/l10n', { recursive: true });
  const merged = {};
  for (const file of readdirSync('l10n/zh-cn').sort())
    Object.assign(merged, JSON.parse(readFileSync(`l10n/zh-cn/${file}`, 'utf8')));
  writeFileSync('dist/l10n/bundle.l10n.zh-cn.json', JSON.stringify(merged));
}

/** One file a language from the pages of the case library: 318 small files would be half a megabyte more to ship. */
function packCases() {
  mkdirSync('dist/cases', { recursive: true });
  const read = (folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => [name.slice(0, -'.md'.length), readFileSync(`${folder}/${name}`, 'utf8')]);
  for (const [language, folder] of [
    ['en', 'media/cases'],
    ['zh-cn', 'media/cases/zh-cn'],
  ])
    writeFileSync(`dist/cases/${language}.json`, JSON.stringify(Object.fromEntries(read(folder))));
}

rmSync('dist', { recursive: true, force: true });
mergeMessages();
packCases();
for (const options of bundles) {
  const builder = await context(options);
  if (watch) await builder.watch();
  else {
    await builder.rebuild();
    await builder.dispose();
  }
}
