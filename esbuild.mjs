/** Builds dist/: the client, the server, the cluster worker, the command line, and the message bundles. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Entries of other bundles that are imported dynamically are loaded from beside, when they are needed. */
const siblings = {
  name: 'siblings',
  setup(build) {
    const bundleOf = {
      '../cluster/entry.ts': './cluster.js',
      '../main.ts': './server.js',
      './main.ts': './cli-main.js',
    };
    build.onResolve({ filter: /(cluster\/entry|\/main)\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: bundleOf[path], external: true } : undefined,
    );
  },
};

const bundles = [
  // VS Code takes a .js file of a module package for ESM, hence .cjs.
  {
    ...shared,
    entryPoints: { extension: 'client/src/extension.ts' },
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    // Parts of the language client that are never reached here, or that Node has itself: 50 KB of 500.
    alias: {
      'semver/functions/parse': './client/slim/semverParse.cjs',
      'semver/functions/satisfies': './client/slim/semverSatisfies.cjs',
      minimatch: './client/slim/minimatch.cjs',
    },
  },
  { ...shared, entryPoints: { server: 'server/src/main.ts' } },
  { ...shared, entryPoints: { cluster: 'server/src/cluster/entry.ts' } },
  {
    ...shared,
    entryPoints: { cli: 'server/src/cli/start.ts' },
    plugins: [siblings],
    banner: { js: '#!/usr/bin/env node' },
  },
  { ...shared, entryPoints: { 'cli-main': 'server/src/cli/main.ts' }, plugins: [siblings] },
];

/** One bundle a language from the files of each area, as VS Code and the server read it. */
function mergeMessages() {
  mkdirSync('dist/l10n', { recursive: true });
  const merged = {};
  for (const file of readdirSync('l10n/zh-cn').sort())
    Object.assign(merged, JSON.parse(readFileSync(`l10n/zh-cn/${file}`, 'utf8')));
  writeFileSync('dist/l10n/bundle.l10n.zh-cn.json', JSON.stringify(merged));
}

mkdirSync('dist', { recursive: true });
// The bundles are CommonJS in a package of modules.
writeFileSync('dist/package.json', '{"type":"commonjs"}\n');
mergeMessages();
for (const options of bundles) {
  const builder = await context({ ...options, outdir: 'dist' });
  if (watch) await builder.watch();
  else {
    await builder.rebuild();
    await builder.dispose();
  }
}
