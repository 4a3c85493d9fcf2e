/** Opens VS Code on the demo workspace with the extension of this checkout: `npm start`. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installExtensions } from './installExtension.ts';
import { CACHE, ROOT } from './paths.ts';
import { writeQuietSettings } from './quietSettings.ts';
import { type RunningServer, startServer } from './vscodeServer.ts';

const DEMO = join(CACHE, 'demo');
/** What the editor needs of the extension; the same list that is packed. */
const PACKED = [
  'dist',
  'media/icon.png',
  'media/icons',
  'media/pages',
  'media/schema',
  'media/walkthrough',
  'package.json',
  'package.nls.json',
  'package.nls.zh-cn.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'test/demo',
];

/** The demo is a copy: fixing its mistakes must not change the checkout. */
function copyDemo(): string {
  rmSync(DEMO, { recursive: true, force: true });
  cpSync(join(ROOT, 'test', 'demo'), DEMO, { recursive: true });
  return DEMO;
}

/** A line with a mistake, under the cursor: Ctrl+. mends it. */
const FIRST = 'manifests/canary.yaml:9:13';

const hasCode = spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0;
if (hasCode) {
  const folder = copyDemo();
  console.log(`Opening VS Code on ${folder}`);
  spawn(
    'code',
    ['--new-window', `--extensionDevelopmentPath=${ROOT}`, folder, '--goto', join(folder, FIRST)],
    { stdio: 'inherit' },
  );
} else {
  const data = join(CACHE, 'vscode-data');
  writeQuietSettings(data);
  installExtensions(join(data, 'extensions'), [{ from: ROOT, paths: PACKED }]);
  const server = await startServer({
    dataFolder: data,
    flags: ['--disable-workspace-trust', '--extensions-dir', join(data, 'extensions')],
    ...(process.env.POD_TRIAGE_PORT ? { port: Number(process.env.POD_TRIAGE_PORT) } : {}),
  });
  console.log(`
Pod Triage is ready. Open this address in a browser:

  ${addressOf(server, copyDemo())}

Ctrl+C ends it.`);
  process.on('SIGINT', () => void server.stop().then(() => process.exit(0)));
  process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
}

function addressOf({ origin, port }: RunningServer, folder: string): string {
  const payload = JSON.stringify([
    ['openFile', `vscode-remote://127.0.0.1:${port}${join(folder, FIRST)}`],
    ['gotoLineMode', 'true'],
  ]);
  const parts = { folder, payload };
  return `${origin}/?${new URLSearchParams(parts)}`;
}
