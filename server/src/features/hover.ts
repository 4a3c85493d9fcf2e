/** Hover: why a finding is one, on its own range only. The YAML support owns everything else. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { parseCase } from '../core/cases.ts';
import type { Server } from '../server.ts';
import { positionsOf, rangeIn } from './convert.ts';

/** The first lines of a case's explanation are enough to decide; the page has the rest. */
const MAX_CHARS = 500;

export function registerHover(connection: Connection, server: Server): void {
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
    const why = finding && mechanismOf(finding.case, server);
    if (!why) return null;
    return {
      contents: { kind: MarkupKind.Markdown, value: why },
      range: rangeIn(positions, finding.start ?? 0, finding.end ?? 0),
    };
  });
}

/** Title and first paragraph of the mechanism, from the case page in the user's language. */
function mechanismOf(id: string, server: Server): string | undefined {
  const folder = join(server.extensionPath, 'media', 'cases');
  const path = [join(folder, server.locale, `${id}.md`), join(folder, `${id}.md`)].find((each) =>
    existsSync(each),
  );
  const page = path && parseCase(readFileSync(path, 'utf8'));
  if (!page) return undefined;
  const because =
    page.body
      .split(/^## .*$/m)[2]
      ?.trim()
      .split(/\n\n/)[0] ?? '';
  return `**${page.title}**\n\n${because.slice(0, MAX_CHARS)}`;
}
