/** What can be done on a case page, as a list, for those who use no mouse. */
import type { CasePage } from '../../../server/src/core/cases.ts';
import type { Language } from './library.ts';
import type { CaseMessage } from './messages.ts';

export interface CaseRule {
  id: string;
  enabled: boolean;
}

/** What a case page shows beside its own text. */
export interface CaseContents {
  page: CasePage;
  language: Language;
  related: readonly { message: string; where: string }[];
  rules: readonly CaseRule[];
}

export type CaseChoice = { label: string; detail: string } & (
  | { kind: 'act'; message: CaseMessage }
  /** A source on the web. */
  | { kind: 'link'; url: string }
);

export const OTHER_LANGUAGE: Record<Language, { language: Language; label: string }> = {
  en: { language: 'zh-cn', label: '简体中文' },
  'zh-cn': { language: 'en', label: 'English' },
};

export const linksOf = ({ sources }: CasePage): string[] =>
  sources.filter((source) => /^https:\/\//.test(source));

const FENCED = /^```[^\n]*\n([\s\S]*?)^```/gm;

/** Every button and link of the page, in its order. `body` is its text with the names filled in. */
export function caseChoices(
  { page, language, related, rules }: CaseContents,
  body: string,
  t: (text: string) => string,
): CaseChoice[] {
  const act = (label: string, detail: string, message: CaseMessage): CaseChoice => ({
    kind: 'act',
    label,
    detail,
    message,
  });
  const other = OTHER_LANGUAGE[language];
  return [
    act(t('Search Cases'), '', { kind: 'search' }),
    act(t('Show Markdown'), '', { kind: 'source' }),
    act(other.label, '', { kind: 'language', language: other.language }),
    ...related.map(({ where, message }, index) => act(where, message, { kind: 'related', index })),
    ...[...body.matchAll(FENCED)].map(([, code = '']) =>
      act(t('Copy'), code.trim(), { kind: 'copy', text: code }),
    ),
    ...rules.map(({ id, enabled }) =>
      act(enabled ? t('Configure…') : t('Turn On…'), id, { kind: 'rule', id }),
    ),
    ...linksOf(page).map((url): CaseChoice => ({ kind: 'link', label: t('Open Source'), detail: url, url })),
  ];
}
