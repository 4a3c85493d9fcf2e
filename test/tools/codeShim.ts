#!/usr/bin/env node
/**
 * Takes the flags of `code` and runs extension tests in the VS Code server with a browser: what
 * `@vscode/test-electron` starts where no desktop VS Code can be downloaded. Ends with the tests' exit code.
 */
import { resolve } from 'node:path';
import { format } from 'node:util';
import { launchBrowser } from './browser.ts';
import { startServer } from './vscodeServer.ts';

const TIMEOUT_MS = Number(process.env.POD_TRIAGE_HOST_TIMEOUT_MS ?? 180_000);

const args = process.argv.slice(2);
const values = (name: string) =>
  args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
const folder = args.find((arg) => !arg.startsWith('-'));
const [tests] = values('extensionTestsPath');
if (!tests) {
  console.error('The shim runs tests: it needs --extensionTestsPath.');
  process.exit(2);
}

const trust = args.includes('--pod-triage-untrusted') ? [] : ['--disable-workspace-trust'];
const server = await startServer({ flags: ['--enable-smoke-test-driver', ...trust] });
const browser = await launchBrowser();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const ended = new Promise<number>((done) => {
  void context.exposeFunction('codeAutomationLog', (type: string, parts: unknown[]) =>
    (type === 'error' ? console.error : console.log)(format(...parts)),
  );
  void context.exposeFunction('codeAutomationExit', (code: number) => done(code));
  setTimeout(() => done(124), TIMEOUT_MS).unref();
});
const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${resolve(path)}`;
const payload = [
  ...values('extensionDevelopmentPath').map((path) => ['extensionDevelopmentPath', remote(path)]),
  ['extensionTestsPath', remote(tests)],
  ['skipWelcome', 'true'],
];
const page = await context.newPage();
const where = folder ? `folder=${encodeURIComponent(resolve(folder))}` : 'ew=true';
await page.goto(`${server.origin}/?${where}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
const code = await ended;
await browser.close();
await server.stop();
process.exit(code);
