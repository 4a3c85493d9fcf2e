/** Hover: why a finding is one, on its own range only. The YAML support owns everything else. */
import type { Connection } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { readCases } from '../caseFile.ts';
import { type CaseBook, type CasePage, caseMarkdown } from '../core/cases.ts';
import { languageOf } from '../l10n.ts';
import type { Server } from '../server.ts';
import { positionsOf, rangeIn } from './convert.ts';

/** The first lines of a case's explanation are enough to decide; the page has the rest. */
const MAX_CHARS = 500;

export function registerHover(connection: Connection, server: Server): void {
  let book: CaseBook | undefined;
  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const { file, findings } = await server.linting.findings(uri);
    if (!file) return null;
    const positions = positionsOf(file.text);
    const finding = findings.find(({ start = 0, end = 0 }) => {
      const range = rangeIn(positions, start, end);
      const after =
        position.line > range.start.line ||
        (position.line === range.start.line && position.character >= range.start.character);
      const until =
        position.line < range.end.line ||
        (position.line === range.end.line && position.character <= range.end.character);
      return after && until;
    });
    if (!finding) return null;
    book ??= readCases(server.extensionPath, languageOf(server.locale));
    const page = book.page(finding.case);
    if (!page) return null;
    return {
      contents: { kind: MarkupKind.Markdown, value: explain(page, server.hasOwnClient) },
      range: rangeIn(positions, finding.start ?? 0, finding.end ?? 0),
    };
  });
}

/** Title and first paragraph of the mechanism; the whole page in an editor that has no other place for it. */
function explain(page: CasePage, hasPages: boolean): string {
  if (!hasPages) return caseMarkdown(page);
  const because =
    page.body
      .split(/^## .*$/m)[2]
      ?.trim()
      .split(/\n\n/)[0] ?? '';
  return `**${page.title}**\n\n${because.slice(0, MAX_CHARS)}`;
}
