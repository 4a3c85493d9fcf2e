/** Figures of the extension in the real editor; the benchmark reads them from the results file. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { it } from 'mocha';
import * as vscode from 'vscode';

const require = createRequire(import.meta.url);

it('measures activation and the first diagnostic', async () => {
  const extension = vscode.extensions.getExtension('pod-triage.pod-triage');
  if (!extension) throw new Error('The extension is not there.');
  const loadStart = performance.now();
  const path = require.resolve(join(extension.extensionPath, 'dist', 'extension.cjs'));
  const loaded = require(path) as { activate(context: vscode.ExtensionContext): unknown };
  const load = performance.now() - loadStart;
  let call = Number.NaN;
  const cached = require.cache[path];
  if (!cached) throw new Error('The extension is loaded otherwise than by require.');
  // VS Code takes the module from the same cache: its call of activate() is the one that is measured.
  cached.exports = {
    ...loaded,
    activate: (context: vscode.ExtensionContext) => {
      const start = performance.now();
      const result = loaded.activate(context);
      call = performance.now() - start;
      return result;
    },
  };
  await extension.activate();
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('The benchmark needs a workspace.');
  const uri = vscode.Uri.joinPath(folder.uri, 'manifests', 'api.yaml');
  const opened = performance.now();
  const first = new Promise<number>((done) => {
    vscode.languages.onDidChangeDiagnostics(() => {
      if (vscode.languages.getDiagnostics(uri).some(({ source }) => source === 'pod-triage'))
        done(performance.now() - opened);
    });
  });
  await vscode.window.showTextDocument(uri);
  const firstDiagnostic = await first;
  writeFileSync(
    process.env.POD_TRIAGE_HOST_FIGURES ?? '/dev/null',
    JSON.stringify({ load, call, firstDiagnostic }),
  );
});
