/** The case library as the editor shows it: read once, on first use, in the display language with English behind it. */
import * as vscode from 'vscode';
import { type CaseHit, searchCases } from '../../../server/src/core/caseSearch.ts';
import { type CasePage, parseCase } from '../../../server/src/core/cases.ts';

export type Language = 'en' | 'zh-cn';

export const isCaseId = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

export class CaseLibrary {
  readonly #folder: vscode.Uri;
  readonly language: Language;
  #pages: Promise<CasePage[]> | undefined;

  constructor(extensionUri: vscode.Uri, language: Language) {
    this.#folder = vscode.Uri.joinPath(extensionUri, 'media', 'cases');
    this.language = language;
  }

  /** All pages in the display language, by title. */
  pages(): Promise<CasePage[]> {
    this.#pages ??= this.#readAll();
    return this.#pages;
  }

  async search(query: string): Promise<CaseHit[]> {
    return searchCases(await this.pages(), query);
  }

  /** One page and the language it was found in; English when there is no translation. Undefined: no such case. */
  async page(id: string, language: Language): Promise<{ page: CasePage; language: Language } | undefined> {
    if (!isCaseId(id)) return undefined;
    const translated = language === 'en' ? undefined : await this.#read(id, language);
    if (translated) return { page: translated, language };
    const page = await this.#read(id, 'en');
    return page && { page, language: 'en' };
  }

  uri(id: string, language: Language): vscode.Uri {
    return vscode.Uri.joinPath(this.#folder, ...(language === 'en' ? [] : [language]), `${id}.md`);
  }

  async #readAll(): Promise<CasePage[]> {
    const entries = await vscode.workspace.fs.readDirectory(this.#folder);
    const ids = entries
      .filter(([name, type]) => type === vscode.FileType.File && name.endsWith('.md'))
      .map(([name]) => name.slice(0, -'.md'.length));
    const found = await Promise.all(ids.map((id) => this.page(id, this.language)));
    return found
      .flatMap((each) => (each ? [each.page] : []))
      .sort((a, b) => a.title.localeCompare(b.title, this.language));
  }

  async #read(id: string, language: Language): Promise<CasePage | undefined> {
    try {
      const bytes = await vscode.workspace.fs.readFile(this.uri(id, language));
      const page = parseCase(new TextDecoder().decode(bytes));
      // A page without its own id cannot be linked to; the file's name is what links use.
      return page && { ...page, id, title: page.title || id };
    } catch (cause) {
      if (cause instanceof vscode.FileSystemError && cause.code === 'FileNotFound') return undefined;
      throw cause;
    }
  }
}
