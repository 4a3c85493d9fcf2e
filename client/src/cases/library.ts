/** The case library as the editor shows it: the file of a language is read once, on first use. */
import * as vscode from 'vscode';
import { type CaseHit, searchCases } from '../../../server/src/core/caseSearch.ts';
import { CaseBook, type CasePage } from '../../../server/src/core/cases.ts';

export type Language = 'en' | 'zh-cn';

export const isCaseId = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

export class CaseLibrary {
  readonly #folder: vscode.Uri;
  /** The display language. */
  readonly language: Language;
  readonly #books = new Map<Language, Promise<CaseBook>>();

  constructor(extensionUri: vscode.Uri, language: Language) {
    this.#folder = vscode.Uri.joinPath(extensionUri, 'dist', 'cases');
    this.language = language;
  }

  /** All pages in the display language, by title. */
  async pages(): Promise<CasePage[]> {
    const book = await this.#book(this.language);
    return book.pages().sort((a, b) => a.title.localeCompare(b.title, this.language));
  }

  async search(query: string): Promise<CaseHit[]> {
    return searchCases(await this.pages(), query);
  }

  /** One page. Undefined: no such case. */
  async page(id: string, language: Language): Promise<CasePage | undefined> {
    return (await this.#book(language)).page(id);
  }

  #book(language: Language): Promise<CaseBook> {
    const known = this.#books.get(language);
    if (known) return known;
    const book = readBook(vscode.Uri.joinPath(this.#folder, `${language}.json`));
    this.#books.set(language, book);
    return book;
  }
}

async function readBook(uri: vscode.Uri): Promise<CaseBook> {
  return new CaseBook(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
}
