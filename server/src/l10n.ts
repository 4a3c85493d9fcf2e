/** Messages in the user's language. English templates are the keys. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillTemplate, type MessageData, type Translate } from './core/finding.ts';

/** The languages that messages and cases exist in. */
export type Language = 'en' | 'zh-cn';

/** The language for a locale such as `zh-cn`, `zh_CN.UTF-8` or `de`. */
export const languageOf = (locale: string): Language =>
  /^zh(-(cn|hans))?$/i.test(locale.replace('_', '-').replace(/\..*$/, '')) ? 'zh-cn' : 'en';

/** The locale that a terminal's environment asks for. */
export const localeOf = ({
  LC_ALL,
  LC_MESSAGES,
  LANG,
}: Readonly<Record<string, string | undefined>>): string => LC_ALL ?? LC_MESSAGES ?? LANG ?? 'en';

let bundle: Readonly<Record<string, string>> = {};

/**
 * Loads the messages of a locale from a folder of `bundle.l10n.<locale>.json` files.
 * English needs none; a locale without a file stays English.
 */
export function loadMessages(folder: string, locale: string): void {
  bundle = {};
  if (languageOf(locale) === 'en') return;
  try {
    bundle = JSON.parse(readFileSync(join(folder, 'bundle.l10n.zh-cn.json'), 'utf8')) as Record<
      string,
      string
    >;
  } catch {
    // English is a working answer; a missing bundle must not stop the lint.
  }
}

export const translate: Translate = (template) => bundle[template] ?? template;

/** The translated template with its `{named}` places filled. */
export const t = (template: string, data: MessageData = {}): string =>
  fillTemplate(translate(template), data);
