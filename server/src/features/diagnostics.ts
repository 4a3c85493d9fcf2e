/** Pull diagnostics, of open documents and of the workspace. */
import {
  type CancellationToken,
  type Connection,
  type Diagnostic,
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import { parseConfig } from '../core/lint/configFile.ts';
import { t } from '../l10n.ts';
import type { Server } from '../server.ts';
import { CONFIG_NAME } from '../settings.ts';
import { positionsBy, positionsOf, rangeIn, SOURCE, toDiagnostic } from './convert.ts';

export function registerDiagnostics(connection: Connection, server: Server): void {
  connection.languages.diagnostics.on(async ({ textDocument: { uri } }) => ({
    kind: DocumentDiagnosticReportKind.Full,
    items: await diagnosticsOf(uri, server),
  }));
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    await server.ready;
    const known = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    for (;;) {
      const generation = server.changes.count;
      const items = await workspaceReports(server, known);
      // The client asks again as soon as it has an answer: with nothing new to say, the answer waits.
      if (items.length > 0 || token.isCancellationRequested) return { items };
      await nextChange(server, generation, token);
      if (token.isCancellationRequested) return { items: [] };
    }
  });
}

async function diagnosticsOf(uri: string, server: Server): Promise<Diagnostic[]> {
  const state = server.documents.get(uri);
  if (state?.kind === 'too-large') return [tooLarge(state.bytes)];
  if (state?.kind === 'parsed' && uri.endsWith(`/${CONFIG_NAME}`)) return configDiagnostics(state.file.text);
  // References to other files are wrong until those are read.
  await server.ready;
  const { file, findings } = await server.linting.findings(uri);
  if (!file) return [];
  const position = positionsOf(file.text);
  const positions = positionsBy(server.textOf);
  return findings.map((finding) => toDiagnostic(finding, position, positions));
}

function tooLarge(bytes: number): Diagnostic {
  const start = { line: 0, character: 0 };
  const message = t('The file has {size} MB and is not linted: the limit is 2 MB.', {
    size: (bytes / 1024 / 1024).toFixed(1),
  });
  return {
    range: { start, end: { line: 0, character: 1 } },
    severity: DiagnosticSeverity.Information,
    source: SOURCE,
    message,
  };
}

function configDiagnostics(text: string): Diagnostic[] {
  const position = positionsOf(text);
  return parseConfig(text).problems.map(({ message, start, end }) => ({
    range: rangeIn(position, start, end),
    severity: DiagnosticSeverity.Warning,
    source: SOURCE,
    message,
  }));
}

/** Reports of files whose findings changed since the client's last result. Open documents are pulled on their own. */
async function workspaceReports(
  server: Server,
  known: Map<string, string>,
): Promise<WorkspaceDocumentDiagnosticReport[]> {
  const reports: WorkspaceDocumentDiagnosticReport[] = [];
  for (const uri of new Set([...server.documents.uris(), ...known.keys()])) {
    if (server.documents.isOpen(uri)) continue;
    const { scope } = await server.settings.of(uri);
    const items = scope === 'workspace' ? await diagnosticsOf(uri, server) : [];
    const resultId = items.length === 0 ? '' : hashOf(items);
    if ((known.get(uri) ?? '') === resultId) continue;
    known.set(uri, resultId);
    reports.push({ kind: DocumentDiagnosticReportKind.Full, uri, version: null, resultId, items });
  }
  return reports;
}

/** A short identity of a result: equal results must compare equal, different ones must not in practice. */
function hashOf(items: Diagnostic[]): string {
  let hash = 0;
  for (const char of JSON.stringify(items)) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) | 0;
  return `${items.length}:${hash}`;
}

function nextChange(server: Server, since: number, token: CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const stop = server.changes.onNext(since, resolve);
    token.onCancellationRequested(() => {
      stop();
      resolve();
    });
  });
}
