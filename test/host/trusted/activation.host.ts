import assert from 'node:assert/strict';
import { it } from 'mocha';
import * as vscode from 'vscode';

it('knows the extension', () => {
  assert.ok(vscode.extensions.getExtension('pod-triage.pod-triage'));
});
