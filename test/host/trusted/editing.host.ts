/** Manifests in the real editor: a very large one, and the lens above each object. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

const [folder] = vscode.workspace.workspaceFolders ?? [];
assert.ok(folder);

const ours = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'pod-triage');

async function until<T>(what: string, read: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 25_000;
  while (Date.now() < end) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`timed out: ${what}`);
}

describe('a manifest of 2 MB', () => {
  it('has its findings, also those of the last lines', async () => {
    const one = (at: number): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big-${at}\n  namespace: shop\ndata:\n  text: "${'x'.repeat(400)}"\n---\n`;
    const text = Array.from({ length: 4200 }, (_, at) => one(at)).join('');
    assert.ok(text.length > 2_000_000);
    const path = join(folder.uri.fsPath, 'big.yaml');
    writeFileSync(path, `${text}${one(9999).replace(/text: .*/, 'answer: no')}`);
    const document = await vscode.workspace.openTextDocument(path);
    await vscode.window.showTextDocument(document);
    const [finding] = await until('a finding of the last object', () => {
      const found = ours(document.uri);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(document.getText(finding?.range), 'no');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });
});

describe('the lens above an object', () => {
  it('is off until asked for, then diagnoses the live object', async () => {
    const uri = vscode.Uri.joinPath(folder.uri, 'manifests', 'pricing.yaml');
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    const lenses = async (): Promise<vscode.CodeLens[]> =>
      (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri)).filter(
        ({ command }) => command?.command === 'podTriage.diagnoseManifest',
      );
    assert.deepEqual(await lenses(), []);
    const settings = vscode.workspace.getConfiguration('podTriage');
    await settings.update('codeLens.enabled', true, vscode.ConfigurationTarget.Workspace);
    try {
      const [lens] = await until('lenses', async () => {
        const found = await lenses();
        return found.length > 0 ? found : undefined;
      });
      await vscode.commands.executeCommand(lens?.command?.command ?? '', ...(lens?.command?.arguments ?? []));
      await until('its report', () =>
        vscode.window.tabGroups.all
          .flatMap(({ tabs }) => tabs)
          .find(({ label }) => label.includes('pricing') && label !== 'pricing.yaml'),
      );
    } finally {
      await settings.update('codeLens.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});

describe("a row of Microsoft's view", () => {
  it('is nothing special when that extension is not there: the object is asked for', async () => {
    const row = { nodeCategory: 'kubernetes-explorer-node', nodeType: 'resource', name: 'a' };
    let open = true;
    const asking = vscode.commands.executeCommand('podTriage.diagnosePod', row).then((answer) => {
      open = false;
      return answer;
    });
    await until('the question to be closed', async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      return open ? undefined : true;
    });
    assert.equal(await asking, undefined);
  });
});
