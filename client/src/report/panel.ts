/** One report: a page beside the editor that is updated in place. */
import * as vscode from 'vscode';
import type { Failure } from '../../../server/src/protocol.ts';
import { html } from '../webview/html.ts';
import { pageHtml, pageRights } from '../webview/page.ts';
import { pageColumn } from '../webview/place.ts';
import { drawReport } from './draw.ts';
import { type ReportMessage, readReportMessage } from './model.ts';
import type { ReportState } from './state.ts';

export const REPORT_TYPE = 'podTriage.report';

export class ReportPanel {
  readonly panel: vscode.WebviewPanel;
  #state: ReportState;
  #ready = false;

  /** `receive` gets what the user clicked. Without `panel` a new one opens beside, and the focus stays. */
  constructor(
    extensionUri: vscode.Uri,
    state: ReportState,
    receive: (message: ReportMessage) => void,
    panel?: vscode.WebviewPanel,
  ) {
    this.#state = state;
    this.panel = panel ?? create(extensionUri);
    this.panel.iconPath = new vscode.ThemeIcon('pulse');
    this.panel.webview.options = pageRights(extensionUri);
    this.panel.webview.onDidReceiveMessage((data) => {
      const message = readReportMessage(data);
      if (!message) return;
      if (message.id !== 'ready') return receive(message);
      this.#ready = true;
      this.#post();
    });
    this.panel.webview.html = pageHtml(this.panel.webview, extensionUri, {
      language: vscode.env.language,
      title: state.subject.name,
      name: 'report',
      body: html`<main aria-live="polite"></main>`,
    });
    this.panel.title = this.#title();
  }

  get state(): ReportState {
    return this.#state;
  }

  update(change: Partial<ReportState>): void {
    this.#state = { ...this.#state, ...change };
    this.panel.title = this.#title();
    if (this.#ready) this.#post();
  }

  fail(failure: Failure): void {
    this.update({ phase: 'failed', failure, doing: '' });
  }

  /** Brings the page to the front without taking the keyboard. */
  reveal(): void {
    this.panel.reveal(this.panel.viewColumn, true);
  }

  #title(): string {
    return vscode.l10n.t('Report: {0}', this.#state.subject.name);
  }

  #post(): void {
    const { source, subject } = this.#state;
    void this.panel.webview.postMessage({
      page: drawReport(this.#state),
      // Kept by the page itself, so that a reload of the window finds the subject again.
      keep: { source, subject },
    });
  }
}

function create(extensionUri: vscode.Uri): vscode.WebviewPanel {
  const place = { viewColumn: pageColumn(), preserveFocus: true };
  // The page is drawn again from the state when it becomes visible, so nothing is retained while hidden.
  return vscode.window.createWebviewPanel(REPORT_TYPE, '', place, pageRights(extensionUri));
}
