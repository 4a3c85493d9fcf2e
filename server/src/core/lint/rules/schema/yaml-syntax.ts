import type { Range } from '../../../yaml/range.ts';
import { fileRule } from '../../rule.ts';

export const yamlSyntax = fileRule({
  id: 'yaml-syntax',
  group: 'schema',
  severity: 'error',
  scope: 'file',
  case: 'yaml-cannot-be-read',
  sources: ['kube-linter/failed-to-load-object', 'kubeconform/error'],
  messages: {
    syntax: 'The document cannot be read here: {detail}.',
    aliases: 'The document grows beyond any use when its aliases are followed; it is not read.',
    depth: 'The document is nested too deeply; it is not read.',
  },

  check({ documents }, { report }) {
    for (const [index, { document }] of documents.entries()) {
      // One slip makes many complaints, of which the first is the slip; a tab is told by its own rule.
      const [first] = document.problems;
      if (!first || document.problems.some(({ code }) => code === 'tab-indent')) continue;
      const { code, message } = first;
      if (code === 'alias-limit') report('aliases', index, firstText(document.text));
      else if (code === 'depth-limit') report('depth', index, firstText(document.text));
      else
        report('syntax', index, visible(document.text, first), {
          data: { detail: message.replace(/\.$/, '') },
        });
    }
  },
});

/** Where the content starts: behind the marker, blanks and comments. */
function firstText(text: string): Range {
  const start = /^(?:---[ \t]*(?:\r?\n|$)|[ \t]*(?:#.*)?\r?\n)*[ \t]*/.exec(text)?.[0].length ?? 0;
  return { start, end: Math.min(start + 1, text.length) };
}

/** What is missing at the end is shown at the last character before it: behind the text nobody looks. */
function visible(text: string, { start, end }: Range): Range {
  const last = text.trimEnd().length;
  return start < last ? { start, end: Math.max(end, start) } : { start: Math.max(last - 1, 0), end: last };
}
