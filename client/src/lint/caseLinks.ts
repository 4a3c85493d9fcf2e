/** Makes the code of a finding in Problems and in hovers a link to its case. */
import * as vscode from 'vscode';
import type { Middleware, vsdiag } from 'vscode-languageclient/node';

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** The case a diagnostic names, when it is one of ours. */
export function caseOf(diagnostic: vscode.Diagnostic): string | undefined {
  const data = (diagnostic as { data?: unknown }).data;
  if (typeof data === 'object' && data !== null && 'case' in data && typeof data.case === 'string')
    return ID.test(data.case) ? data.case : undefined;
  const target = typeof diagnostic.code === 'object' ? diagnostic.code.target : undefined;
  if (target?.scheme !== 'command' || target.path !== 'podTriage.openCase') return undefined;
  const id = /^\["([a-z0-9-]+)"/.exec(target.query)?.[1];
  return id && ID.test(id) ? id : undefined;
}

/** The rule a diagnostic comes from. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : (code ?? ''));
}

function link(diagnostic: vscode.Diagnostic): vscode.Diagnostic {
  const id = caseOf(diagnostic);
  const rule = ruleOf(diagnostic);
  if (!id || !ID.test(rule)) return diagnostic;
  // Only checked ids get into the link, so that nothing of a manifest can become a command's argument.
  const target = vscode.Uri.from({
    scheme: 'command',
    path: 'podTriage.openCase',
    query: JSON.stringify([id, rule]),
  });
  diagnostic.code = { value: rule, target };
  return diagnostic;
}

const linkAll = (report: vsdiag.DocumentDiagnosticReport | null | undefined): typeof report => {
  if (report && 'items' in report) for (const item of report.items) link(item);
  if (report?.relatedDocuments)
    for (const related of Object.values(report.relatedDocuments))
      if ('items' in related) for (const item of related.items) link(item);
  return report;
};

export const linkCases: Middleware = {
  provideDiagnostics: async (document, previous, token, next) =>
    linkAll(await next(document, previous, token)) ?? null,
  provideWorkspaceDiagnostics: (previous, token, report, next) =>
    next(previous, token, (chunk) => {
      for (const item of chunk?.items ?? [])
        if ('items' in item) for (const diagnostic of item.items) link(diagnostic);
      report(chunk);
    }),
  handleDiagnostics: (uri, diagnostics, next) => next(uri, diagnostics.map(link)),
};
