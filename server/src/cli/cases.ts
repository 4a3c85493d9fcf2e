/** `pod-triage cases [ID]`: the case library in a terminal. */
import { readCases } from '../caseFile.ts';
import { caseMarkdown } from '../core/cases.ts';
import { languageOf, localeOf, t } from '../l10n.ts';
import { type CliIO, UsageError } from './io.ts';

/** Without an id: one line a case. With one: its page. Both in the language of the environment. */
export function cases(args: string[], io: CliIO): number {
  const [id, ...rest] = args;
  if (rest.length > 0 || id?.startsWith('-'))
    throw new UsageError(t('cases takes one case id, or nothing to list them all.'));
  const book = readCases(io.root, languageOf(localeOf(io.env)));
  if (id === undefined) {
    for (const page of book.pages()) io.out(`${page.id.padEnd(44)} ${page.title}\n`);
    return 0;
  }
  const page = book.page(id);
  if (!page) throw new UsageError(t('There is no case {id}; pod-triage cases lists them.', { id }));
  io.out(caseMarkdown(page));
  return 0;
}
