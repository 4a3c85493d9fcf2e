/** Logs, manifests and events of a cluster as read-only documents that are read again on request. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { Source } from '../../../server/src/protocol.ts';
import { failureText } from '../failure.ts';
import type { Server } from '../server/connection.ts';
import { isSource, sourceName } from './source.ts';

export const LIVE_SCHEME = 'pod-triage-live';

export type LiveDocument =
  | { what: 'manifest'; source: Source; ref: Subject }
  | { what: 'events'; source: Source; ref: Subject }
  | { what: 'logs'; source: Source; ref: Subject; container: string; previous: boolean };

/** Lines of a log that are shown: what fits a screen many times over and still opens at once. */
const TAIL = 2000;

export class LiveDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const document = parse(uri);
    return document ? this.#read(document, token) : '';
  }

  async show(document: LiveDocument): Promise<void> {
    const uri = uriOf(document);
    // Opened before, it may be old by now.
    if (vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString()))
      this.#changed.fire(uri);
    const opened = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(opened, { preview: true });
    if (document.what !== 'logs') return;
    await vscode.languages.setTextDocumentLanguage(opened, 'log').then(undefined, () => undefined);
    const end = opened.lineAt(opened.lineCount - 1).range;
    editor.revealRange(end);
  }

  refresh(uri: vscode.Uri): void {
    this.#changed.fire(uri);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #read(document: LiveDocument, token: vscode.CancellationToken): Promise<string> {
    const { source, ref } = document;
    if (document.what === 'manifest') {
      const answer = await this.#server.ask('podTriage/object', { source, ref }, token);
      return answer.ok ? answer.value.yaml : `# ${failureText(answer.failure)}\n`;
    }
    if (document.what === 'events') {
      const answer = await this.#server.ask('podTriage/events', { source, ref }, token);
      if (!answer.ok) return failureText(answer.failure);
      return answer.value.length > 0
        ? answer.value.join('\n')
        : vscode.l10n.t('No events. The API server keeps them for one hour unless told otherwise.');
    }
    const { container, previous } = document;
    const params = { source, namespace: ref.namespace ?? '', pod: ref.name, container, previous, tail: TAIL };
    const answer = await this.#server.ask('podTriage/logs', params, token);
    if (!answer.ok) return failureText(answer.failure);
    return answer.value || vscode.l10n.t('The container has written nothing.');
  }
}

const ENDINGS = { manifest: 'yaml', events: 'events.txt', logs: 'log' } as const;

/** The path is for the tab and the breadcrumb; what is read is in the query. */
function uriOf(document: LiveDocument): vscode.Uri {
  const { source, ref, what } = document;
  const container =
    document.what === 'logs' ? `.${document.container}${document.previous ? '.previous' : ''}` : '';
  return vscode.Uri.from({
    scheme: LIVE_SCHEME,
    path: `/${sourceName(source).replace(/[/\\]/g, '_')}/${ref.namespace ?? ''}/${ref.name}${container}.${ENDINGS[what]}`,
    query: JSON.stringify(document),
  });
}

function parse(uri: vscode.Uri): LiveDocument | undefined {
  const data = JSON.parse(uri.query) as LiveDocument;
  const known = Object.hasOwn(ENDINGS, data.what) && isSource(data.source);
  return known && typeof data.ref?.name === 'string' ? data : undefined;
}
