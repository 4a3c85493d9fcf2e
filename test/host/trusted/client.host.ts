/** The client inside the real editor, on the demo workspace and its snapshot. */
import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

const extension = vscode.extensions.getExtension('pod-triage.pod-triage');
assert.ok(extension);
const [folder] = vscode.workspace.workspaceFolders ?? [];
assert.ok(folder);
const snapshot = { kind: 'snapshot', folder: join(folder.uri.fsPath, 'snapshot'), namespace: 'shop' };

interface Report {
  subject: { name: string };
  rootCauses: { id: string; message: string; case: string }[];
  steps: { step: string; outcome: string }[];
}

/** Polls until `read` gives something; the message names what was waited for. */
async function until<T>(what: string, read: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`timed out: ${what}`);
}

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const webviewTab = (type: string): vscode.Tab | undefined =>
  tabs().find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(type));

describe('activation', () => {
  it('opens no socket and starts no process but the server', async () => {
    assert.equal(extension.isActive, false, 'something activated the extension before the test looked');
    const spawned: string[] = [];
    const connected: unknown[] = [];
    // Other extensions live in the same host: only what our bundle does counts.
    const isOurs = (): boolean => new Error().stack?.includes('extension.cjs') === true;
    const { fork, spawn } = childProcess;
    const { connect } = net.Socket.prototype;
    childProcess.fork = ((...args: Parameters<typeof fork>) => {
      if (isOurs()) spawned.push(String(args[0]));
      return fork(...args);
    }) as typeof fork;
    childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
      if (isOurs()) spawned.push(String(args[0]));
      return spawn(...args);
    }) as typeof spawn;
    net.Socket.prototype.connect = function patched(this: net.Socket, ...args: unknown[]) {
      if (isOurs()) connected.push(args[0]);
      return (connect as (...rest: unknown[]) => net.Socket).apply(this, args);
    } as typeof connect;
    try {
      await extension.activate();
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      Object.assign(childProcess, { fork, spawn });
      net.Socket.prototype.connect = connect;
    }
    assert.deepEqual(
      spawned.map((command) => command.split(/[\\/]/).at(-1)),
      ['server.js'],
    );
    assert.deepEqual(connected, []);
  });

  it('registers every command that package.json offers', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const offered: { command: string }[] = extension.packageJSON.contributes.commands;
    assert.ok(offered.length > 25);
    assert.deepEqual(
      offered.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
  });

  it('has no menu entry whose command is not there', () => {
    const { commands, menus } = extension.packageJSON.contributes;
    const ids = new Set((commands as { command: string }[]).map(({ command }) => command));
    const entries = Object.values(menus as Record<string, { command: string }[]>).flat();
    assert.deepEqual(
      entries.map(({ command }) => command).filter((command) => !ids.has(command)),
      [],
    );
  });
});

describe('cases', () => {
  it('opens as a rendered page, once', async () => {
    assert.equal(await vscode.commands.executeCommand('podTriage.openCase', 'targetport-mismatch'), true);
    await until('the case page with its title', () => {
      const label = webviewTab('podTriage.case')?.label;
      return label?.includes('targetPort') ? label : undefined;
    });
    await vscode.commands.executeCommand('podTriage.openCase', 'service-selector-mismatch');
    const pages = tabs().filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('podTriage.case'),
    );
    assert.equal(pages.length, 1);
  });

  it('is there as Markdown, in both languages', async () => {
    for (const language of ['en', 'zh-cn']) {
      const uri = vscode.Uri.parse(`pod-triage-case:/${language}/targetport-mismatch.md`);
      const text = (await vscode.workspace.openTextDocument(uri)).getText();
      assert.match(text, language === 'en' ? /^# The Service/ : /^# Service 有端点/);
      assert.match(text, /```sh/);
    }
  });

  it('is linked from the code of a diagnostic', async () => {
    const uri = vscode.Uri.joinPath(folder.uri, 'manifests', 'cart.yaml');
    await vscode.window.showTextDocument(uri);
    const diagnostics = await until('findings of cart.yaml', () => {
      const found = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'pod-triage');
      return found.length > 0 ? found : undefined;
    });
    const pages = JSON.parse(
      readFileSync(join(extension.extensionPath, 'dist', 'cases', 'en.json'), 'utf8'),
    ) as Record<string, string>;
    for (const { code } of diagnostics) {
      assert.ok(typeof code === 'object', String(code));
      assert.equal(code.target.scheme, 'command');
      assert.equal(code.target.path, 'podTriage.openCase');
      const [id] = JSON.parse(code.target.query) as string[];
      assert.ok(id && pages[id], id);
    }
  });
});

describe('diagnosis', () => {
  const target = (name: string, kind = 'Deployment'): unknown => ({
    source: snapshot,
    subject: { kind, namespace: 'shop', name },
  });

  it('names the root cause and opens one report for a subject', async () => {
    const report = await vscode.commands.executeCommand<Report>('podTriage.diagnosePod', target('cart'));
    assert.equal(report.subject.name, 'cart');
    assert.match(report.rootCauses[0]?.message ?? '', /8081/);
    assert.ok(report.steps.some(({ step, outcome }) => step === 'probes' && outcome === 'failed'));
    await vscode.commands.executeCommand('podTriage.diagnosePod', target('cart'));
    await until('the report', () => webviewTab('podTriage.report'));
    const reports = tabs().filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('podTriage.report'),
    );
    assert.equal(reports.length, 1);
  });

  it('does not take the keyboard', async () => {
    const uri = vscode.Uri.joinPath(folder.uri, 'manifests', 'web.yaml');
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('podTriage.diagnosePod', target('web'));
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
  });

  it('diagnoses the object under the cursor of a manifest', async () => {
    const uri = vscode.Uri.joinPath(folder.uri, 'manifests', 'mailer.yaml');
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    const before = tabs().length;
    await vscode.commands.executeCommand('podTriage.diagnoseManifest');
    await until('a report of mailer', () =>
      tabs().find(({ label }) => label.includes('mailer') && label !== 'mailer.yaml'),
    );
    assert.ok(tabs().length > before);
  });
});

describe('the declaring manifest', () => {
  it('of a pod is that of its workload', async () => {
    const name = readdirSync(join(snapshot.folder, 'logs', 'shop')).find((each) => each.startsWith('cart-'));
    const subject = { kind: 'Pod', namespace: 'shop', name };
    await vscode.commands.executeCommand('podTriage.openDeclaration', { source: snapshot, subject });
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.ok(editor.document.uri.path.endsWith('/manifests/cart.yaml'), editor.document.uri.path);
    assert.match(editor.document.lineAt(editor.selection.active.line).text, /name: cart/);
  });
});

describe('reading the cluster', () => {
  it('shows manifest, events and logs as read-only documents', async () => {
    const subject = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    await vscode.commands.executeCommand('podTriage.showManifest', { source: snapshot, subject });
    const manifest = await until('the manifest', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'pod-triage-live' ? document : undefined;
    });
    assert.match(manifest.getText(), /kind: Deployment/);
    assert.equal(manifest.languageId, 'yaml');
    // Live objects are not linted: nobody wrote them here.
    assert.deepEqual(
      vscode.languages.getDiagnostics(manifest.uri).filter(({ source }) => source === 'pod-triage'),
      [],
    );
    const name = readdirSync(join(snapshot.folder, 'logs', 'shop')).find((each) => each.startsWith('cart-'));
    assert.ok(name);
    const pod = { kind: 'Pod', namespace: 'shop', name };
    await vscode.commands.executeCommand('podTriage.showLogs', { source: snapshot, subject: pod });
    const log = await until('the log', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.path.endsWith('.log') ? document : undefined;
    });
    assert.match(log.getText(), /listening/);
  });
});
