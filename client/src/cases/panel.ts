/** Opens cases as rendered pages: one panel, reused, beside the editor that led there. */
import * as vscode from 'vscode';
import type { CasePage } from '../../../server/src/core/cases.ts';
import { inOneLine } from '../failure.ts';
import type { FindingBoard } from '../findings/board.ts';
import type { Server } from '../server/connection.ts';
import type { PageChoices, Pages } from '../webview/choices.ts';
import { Html } from '../webview/html.ts';
import { pageHtml, pageRights } from '../webview/page.ts';
import { pageColumn } from '../webview/place.ts';
import { type CaseChoice, type CaseRule, caseChoices } from './choices.ts';
import { fillNames, namesOf } from './fill.ts';
import { type CaseLibrary, isCaseId, type Language } from './library.ts';
import { readCaseMessage } from './messages.ts';
import { type RelatedFinding, relatedTo } from './related.ts';
import { CASE_SCHEME } from './source.ts';
import { caseBody } from './view.ts';

const TYPE = 'podTriage.case';

export class CasePanels implements vscode.WebviewPanelSerializer<unknown>, Pages, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #library: CaseLibrary;
  readonly #server: Server;
  readonly #board: FindingBoard;
  readonly #subscription: vscode.Disposable;
  #panel: vscode.WebviewPanel | undefined;
  #shown: { id: string; language: Language; choices: CaseChoice[] } | undefined;
  #related: RelatedFinding[] = [];

  constructor(extensionUri: vscode.Uri, library: CaseLibrary, server: Server, board: FindingBoard) {
    this.#extensionUri = extensionUri;
    this.#library = library;
    this.#server = server;
    this.#board = board;
    this.#subscription = board.onDidChange(() => this.#refreshRelated());
  }

  /** Shows a case. Resolves false when there is no such case. */
  async open(id: string, language: Language = this.#library.language): Promise<boolean> {
    const page = await this.#library.page(id, language);
    if (!page) {
      void vscode.window.showErrorMessage(vscode.l10n.t('There is no case {0}.', inOneLine(id)));
      return false;
    }
    const panel = this.#panel ?? this.#create();
    this.#panel = panel;
    await this.#draw(panel, page, language);
    panel.reveal(panel.viewColumn, true);
    return true;
  }

  async #draw(panel: vscode.WebviewPanel, page: CasePage, language: Language): Promise<void> {
    const { id } = page;
    const shown = { id, language, choices: [] as CaseChoice[] };
    this.#shown = shown;
    this.#related = relatedTo(id, this.#board);
    const live = this.#related.find((each) => each.live)?.live;
    const body = fillNames(page.body, live ? namesOf(live.finding, live.subject) : {});
    const [rendered, rules] = await Promise.all([renderMarkdown(body), this.#rules(id)]);
    panel.title = page.title;
    const contents = { page, language, related: this.#related, rules };
    shown.choices = caseChoices(contents, body, vscode.l10n.t);
    panel.webview.html = pageHtml(panel.webview, this.#extensionUri, {
      language,
      title: page.title,
      name: 'case',
      body: caseBody(contents, rendered),
    });
  }

  /** The buttons and links of the page. */
  choices(isWanted: (panel: vscode.WebviewPanel) => boolean): PageChoices | undefined {
    const panel = this.#panel;
    if (!panel || !this.#shown || !isWanted(panel)) return undefined;
    const choices = this.#shown.choices.map((choice) => ({
      label: choice.label,
      detail: choice.detail,
      run: () =>
        choice.kind === 'link'
          ? vscode.env.openExternal(vscode.Uri.parse(choice.url))
          : this.#receive(choice.message),
    }));
    return { page: panel.title, choices };
  }

  /** VS Code restores the panel after a reload; the page keeps its id by itself. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { id, language: stored } = (state ?? {}) as { id?: unknown; language?: unknown };
    const language = stored === 'zh-cn' ? 'zh-cn' : 'en';
    const page = isCaseId(id) && (await this.#library.page(id, language));
    // Another one may have been opened in the meantime, and a case may be gone with an update.
    if (!page || this.#panel) return panel.dispose();
    this.#adopt(panel);
    await this.#draw(panel, page, language);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#panel?.dispose();
  }

  #create(): vscode.WebviewPanel {
    const place = { viewColumn: pageColumn(), preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(TYPE, '', place, pageRights(this.#extensionUri));
    this.#adopt(panel);
    return panel;
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = new vscode.ThemeIcon('book');
    panel.webview.options = pageRights(this.#extensionUri);
    panel.webview.onDidReceiveMessage((data) => this.#receive(data));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#shown = undefined;
    });
  }

  async #receive(data: unknown): Promise<void> {
    const message = readCaseMessage(data);
    const shown = this.#shown;
    if (!message || !shown) return;
    switch (message.kind) {
      case 'language':
        await this.open(shown.id, message.language);
        return;
      case 'search':
        await vscode.commands.executeCommand('podTriage.searchCases');
        return;
      case 'source':
        await vscode.window.showTextDocument(
          vscode.Uri.from({ scheme: CASE_SCHEME, path: `/${shown.language}/${shown.id}.md` }),
        );
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return;
      case 'related':
        await this.#related[message.index]?.open();
        return;
      case 'rule':
        await vscode.commands.executeCommand('podTriage.configureRule', message.id);
    }
  }

  async #refreshRelated(): Promise<void> {
    const shown = this.#shown;
    if (!this.#panel?.visible || !shown) return;
    const before = this.#related.map(({ where, message }) => where + message).join('\n');
    const now = relatedTo(shown.id, this.#board).map(({ where, message }) => where + message);
    if (now.join('\n') === before) return;
    const page = await this.#library.page(shown.id, shown.language);
    // Drawn anew where it is: a page that changes must not come to the front by itself.
    if (page && this.#panel) await this.#draw(this.#panel, page, shown.language);
  }

  async #rules(caseId: string): Promise<CaseRule[]> {
    const answer = await this.#server.ask('podTriage/rules', { caseId });
    return answer.ok ? answer.value : [];
  }
}

/** Markdown as the editor itself renders it. Its output is trusted because our own pages are the only input. */
async function renderMarkdown(text: string): Promise<Html> {
  return new Html(await vscode.commands.executeCommand<string>('markdown.api.render', text));
}
