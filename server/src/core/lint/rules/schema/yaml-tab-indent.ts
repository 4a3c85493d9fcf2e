import { SYNTAX_MESSAGES } from '../../../yaml/syntax.ts';
import { fileRule, type TextFix } from '../../rule.ts';

const DEFAULT_WIDTH = 2;

export const yamlTabIndent = fileRule({
  id: 'yaml-tab-indent',
  group: 'schema',
  severity: 'error',
  scope: 'file',
  case: 'yaml-cannot-be-read',
  messages: {
    tab: SYNTAX_MESSAGES.tabIndent,
    replace: 'Indent with spaces',
  },

  check({ documents }, { report }) {
    for (const [index, { document }] of documents.entries()) {
      const { text, problems } = document;
      if (!problems.some(({ code }) => code === 'tabIndent')) continue;
      const tabs = [...text.matchAll(/^[ \t]*\t[ \t]*(?=\S)/gm)];
      // One fix for all of them: with one tab left the document still cannot be read.
      const fix: TextFix<'replace'> = {
        title: 'replace',
        safe: true,
        edits: tabs.map(({ 0: indent, index: start }) => ({
          start,
          end: start + indent.length,
          text: indent.replaceAll('\t', ' '.repeat(widthOf(text))),
        })),
      };
      for (const { 0: indent, index: start } of tabs)
        report(
          'tab',
          index,
          { start: start + indent.indexOf('\t'), end: start + indent.lastIndexOf('\t') + 1 },
          { fixes: [fix] },
        );
    }
  },
});

/** The indentation of the document: the smallest that a line has. */
function widthOf(text: string): number {
  let width = 0;
  for (const [indent] of text.matchAll(/^ +(?=[^\s#])/gm))
    if (width === 0 || indent.length < width) width = indent.length;
  return width === 0 ? DEFAULT_WIDTH : width;
}
