/** `<editor>://pod-triage.pod-triage/case/<id>`: a link in a browser or a CI comment opens the case. */
import type * as vscode from 'vscode';
import type { CasePanels } from './cases/panel.ts';

export function uriHandler(cases: CasePanels): vscode.UriHandler {
  return {
    async handleUri({ path }) {
      const id = /^\/case\/([a-z0-9-]+)$/.exec(path)?.[1];
      if (id) await cases.open(id);
    },
  };
}
