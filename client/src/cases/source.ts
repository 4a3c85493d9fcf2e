/** Cases as read-only Markdown documents, for those who read text: `pod-triage-case:/<language>/<id>.md`. */
import type * as vscode from 'vscode';
import { caseMarkdown } from '../../../server/src/core/cases.ts';
import type { CaseLibrary } from './library.ts';

export const CASE_SCHEME = 'pod-triage-case';

export function caseSource(library: CaseLibrary): vscode.TextDocumentContentProvider {
  return {
    async provideTextDocumentContent(uri) {
      const [, language, file] = /^\/(en|zh-cn)\/([a-z0-9-]+)\.md$/.exec(uri.path) ?? [];
      if (!file) return '';
      const page = await library.page(file, language === 'zh-cn' ? 'zh-cn' : 'en');
      return page ? caseMarkdown(page) : '';
    },
  };
}
