/** Without trust: manifests are linted, cases are read, snapshots are looked at, and no cluster is contacted. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

const [folder] = vscode.workspace.workspaceFolders ?? [];
assert.ok(folder);

describe('an untrusted workspace', () => {
  it('is one', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('gets no answer from a cluster', async () => {
    const source = { kind: 'context', context: 'any', namespace: 'shop' };
    const subject = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    assert.equal(
      await vscode.commands.executeCommand('podTriage.diagnosePod', { source, subject }),
      undefined,
    );
  });

  it('gets its snapshot diagnosed', async () => {
    const source = { kind: 'snapshot', folder: join(folder.uri.fsPath, 'snapshot'), namespace: 'shop' };
    const subject = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
    const report = await vscode.commands.executeCommand<{ rootCauses: unknown[] }>('podTriage.diagnosePod', {
      source,
      subject,
    });
    assert.ok(report.rootCauses.length > 0);
  });

  it('reads cases', async () => {
    assert.equal(await vscode.commands.executeCommand('podTriage.openCase', 'targetport-mismatch'), true);
  });
});
