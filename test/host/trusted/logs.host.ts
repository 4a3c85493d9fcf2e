/** Logs that are followed, in the real editor, against a server that writes them: how much is kept, and when it ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { type Api, kubeconfigOf, startApi } from '../../cluster-unit/lib/api.ts';
import { objectsApi } from '../../cluster-unit/lib/objectsApi.ts';
import * as o from '../../tools/objects.ts';

const web = o.pod('web', {});
const scratch = mkdtempSync(join(tmpdir(), 'pod-triage-logs-'));
const kubeconfig = join(scratch, 'config');
const target = {
  source: { kind: 'context', context: 'shop', namespace: 'shop', kubeconfig },
  subject: { kind: 'Pod', namespace: 'shop', name: 'web' },
};

let api: Api;
/** Requests that follow, as they come. */
const followed: ServerResponse[] = [];
before(async () => {
  const objects = objectsApi([web]);
  api = await startApi((request, response, url) => {
    if (!url.pathname.endsWith('/log')) return objects(request, response, url);
    if (url.searchParams.get('follow') !== 'true') return response.end('read once\n');
    response.writeHead(200);
    response.flushHeaders();
    followed.push(response);
  });
  writeFileSync(kubeconfig, kubeconfigOf(api));
});
after(async () => {
  await api.close();
  rmSync(scratch, { recursive: true });
});
afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

async function until<T>(what: string, read: () => T | undefined | false): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A line as the server sends it, with its time before it. */
const line = (number: number, width = 80): string =>
  `2026-11-24T10:00:00.${String(number).padStart(9, '0')}Z line ${number} ${'x'.repeat(width)}\n`;

/** Follows the log of the pod in a new document. */
async function follow(): Promise<{
  document: vscode.TextDocument;
  response: ServerResponse;
  ended: Promise<unknown>;
}> {
  const before = followed.length;
  await vscode.commands.executeCommand('podTriage.followLogs', target);
  const response = await until('the request that follows', () => followed[before]);
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document);
  assert.ok(document.uri.path.endsWith('.log'), document.uri.path);
  return { document, response, ended: once(response, 'close') };
}

const tabsOf = (uri: vscode.Uri): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());

describe('a log that is followed', () => {
  it('keeps the last half a megabyte, in whole lines and without a gap', async () => {
    const { document, response } = await follow();
    const count = 9000;
    // In pieces: of what comes faster than anybody reads, lines are left out on the way.
    for (let number = 1; number <= count; number++) {
      response.write(line(number));
      const isEnd = number % 1500 === 0;
      if (isEnd) await until(`line ${number}`, () => document.getText().includes(`line ${number} `));
    }
    const text = document.getText();
    assert.ok(text.length <= 512 * 1024 + 100, `${text.length} characters are kept`);
    assert.ok(text.length > 256 * 1024, `only ${text.length} characters are kept`);
    const [note, ...lines] = text.trimEnd().split('\n');
    assert.equal(note, '… older lines are not kept …');
    const numbers = lines.map((each) => Number(/^line (\d+) x{80}$/.exec(each)?.[1]));
    assert.equal(numbers.at(-1), count);
    const [first = 0] = numbers;
    assert.deepEqual(
      numbers,
      Array.from({ length: count - first + 1 }, (_, at) => first + at),
    );
    // What comes later is added at the end.
    response.write(line(count + 1));
    await until('the line after it', () => document.getText().includes(`line ${count + 1} `));
  });

  it('ends when its document is closed, and not while it is open elsewhere', async () => {
    const { document, response, ended } = await follow();
    response.write(line(1));
    await until('the first line', () => document.getText().includes('line 1 '));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
    const [first] = await until('both tabs', () => tabsOf(document.uri).length === 2 && tabsOf(document.uri));
    assert.ok(first);
    await vscode.window.tabGroups.close(first);
    await until('one tab', () => tabsOf(document.uri).length === 1);
    response.write(line(2));
    await until('the line after the first tab was closed', () => document.getText().includes('line 2 '));
    assert.equal(response.destroyed, false);
    await vscode.window.tabGroups.close(tabsOf(document.uri));
    await ended;
  });

  it('ends when it is told to, and keeps what came', async () => {
    const { document, response, ended } = await follow();
    // A number of its own: until the first draw, the editor may still have what it showed of this log before.
    response.write(line(3));
    await until('its line', () => document.getText().includes('line 3 '));
    await vscode.commands.executeCommand('podTriage.stopFollowingLogs');
    await ended;
    assert.match(document.getText(), /^line 3 x+\n$/);
    // Followed again, it begins anew with what the server has.
    const again = await follow();
    assert.equal(again.document.uri.toString(), document.uri.toString());
    again.response.write(line(7));
    await until('the line of the second time', () => again.document.getText().includes('line 7 '));
    assert.doesNotMatch(again.document.getText(), /line 3 /);
  });
});
