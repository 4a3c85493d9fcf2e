import type { Range } from '../../../yaml/range.ts';
import { SYNTAX_MESSAGES } from '../../../yaml/syntax.ts';
import { fileRule } from '../../rule.ts';

const { tabIndent: _toldByItsOwnRule, ...messages } = SYNTAX_MESSAGES;

export const yamlSyntax = fileRule({
  id: 'yaml-syntax',
  group: 'schema',
  severity: 'error',
  scope: 'file',
  case: 'yaml-cannot-be-read',
  sources: ['kube-linter/failed-to-load-object', 'kubeconform/error'],
  messages,

  check({ documents }, { report }) {
    for (const [index, { document }] of documents.entries()) {
      // One slip makes many complaints, of which the first is the slip; a tab is told by its own rule.
      const [first] = document.problems;
      if (!first || document.problems.some(({ code }) => code === 'tabIndent')) continue;
      const { code, data = {}, start, end } = first;
      if (code === 'tabIndent') continue;
      const isWhole = code === 'aliasLimit' || code === 'depthLimit';
      report(code, index, isWhole ? firstText(document.text) : { start, end }, { data });
    }
  },
});

/** Where the content starts: behind the marker, blanks and comments. */
function firstText(text: string): Range {
  const start = /^(?:---[ \t]*(?:\r?\n|$)|[ \t]*(?:#.*)?\r?\n)*[ \t]*/.exec(text)?.[0].length ?? 0;
  return { start, end: Math.min(start + 1, text.length) };
}
