/** Logs, manifests and events of a cluster as read-only documents that are read again on request. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { Source } from '../../../server/src/protocol.ts';
import { failureText } from '../failure.ts';
import type { Server } from '../server/connection.ts';
import { LogTail, revealEndAfterChange } from './logTail.ts';
import { isSource, sourceName } from './source.ts';

export const LIVE_SCHEME = 'pod-triage-live';

export type LiveDocument =
  | { what: 'manifest'; source: Source; ref: Subject }
  | { what: 'events'; source: Source; ref: Subject }
  | LogDocument;

export interface LogDocument {
  what: 'logs';
  source: Source;
  ref: Subject;
  containers: string[];
  previous: boolean;
  sinceSeconds?: number;
}

/** Lines of a log that are shown: what fits a screen many times over and still opens at once. */
const TAIL = 2000;
const FOLLOWING = 'podTriage.logs.following';

export class LiveDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  /** Logs that grow while they are looked at, by the address of their document. */
  readonly #tails = new Map<string, LogTail>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(server: Server) {
    this.#server = server;
    this.#subscriptions = [
      server.on('podTriage/logText', ({ id, text }) => {
        for (const tail of this.#tails.values()) tail.add(id, text);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.#tell()),
      // The document of a closed tab lives on for a while; nobody reads it.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof vscode.TabInputText) this.#closed(input.uri);
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const tail = this.#tails.get(uri.toString());
    if (tail) return tail.text;
    const document = parse(uri);
    return document ? this.#read(document, token) : '';
  }

  async show(document: LiveDocument, following = false): Promise<void> {
    const uri = uriOf(document);
    if (following && document.what === 'logs') this.#follow(uri, document);
    // Asked for again, what was followed once is read anew.
    else if (!this.#tails.get(uri.toString())?.isFollowing) this.#tails.delete(uri.toString());
    // Opened before, it may be old by now.
    if (vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString()))
      this.#changed.fire(uri);
    const opened = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(opened, { preview: true });
    if (document.what !== 'logs') return;
    await vscode.languages.setTextDocumentLanguage(opened, 'log').then(undefined, () => undefined);
    const end = opened.lineAt(opened.lineCount - 1).range;
    editor.revealRange(end);
    this.#tell();
  }

  /** Reads again; a log that was followed up to here becomes one that was read. */
  refresh(uri: vscode.Uri): void {
    this.stop(uri);
    this.#tails.delete(uri.toString());
    this.#changed.fire(uri);
  }

  /** Begins with the lines that are there, and adds those that come. */
  follow(uri: vscode.Uri): void {
    const document = parse(uri);
    if (document?.what === 'logs') this.#follow(uri, document);
    this.#tell();
  }

  isFollowing(uri: vscode.Uri): boolean {
    return this.#tails.get(uri.toString())?.isFollowing ?? false;
  }

  /** No more lines; those that came stay. */
  stop(uri: vscode.Uri): void {
    this.#tails.get(uri.toString())?.stop();
    this.#tell();
  }

  logAt(uri: vscode.Uri): LogDocument | undefined {
    const document = uri.scheme === LIVE_SCHEME ? parse(uri) : undefined;
    return document?.what === 'logs' ? document : undefined;
  }

  dispose(): void {
    for (const tail of this.#tails.values()) tail.stop();
    for (const each of this.#subscriptions) each.dispose();
    this.#changed.dispose();
  }

  #follow(uri: vscode.Uri, document: LogDocument): void {
    this.#tails.get(uri.toString())?.stop();
    const tail = new LogTail(this.#server, queryOf(document), () => {
      revealEndAfterChange(uri);
      this.#changed.fire(uri);
      this.#tell();
    });
    this.#tails.set(uri.toString(), tail);
    this.#changed.fire(uri);
  }

  #closed(uri: vscode.Uri): void {
    const key = uri.toString();
    const isElsewhere = vscode.window.tabGroups.all.some(({ tabs }) =>
      tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === key),
    );
    if (isElsewhere) return;
    this.#tails.get(key)?.stop();
    this.#tails.delete(key);
  }

  /** Which of the two buttons the editor in front has. */
  #tell(): void {
    const uri = vscode.window.activeTextEditor?.document.uri.toString() ?? '';
    void vscode.commands.executeCommand('setContext', FOLLOWING, this.#tails.get(uri)?.isFollowing ?? false);
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
    const answer = await this.#server.ask('podTriage/logs', queryOf(document), token);
    if (!answer.ok) return failureText(answer.failure);
    return answer.value || vscode.l10n.t('The container has written nothing.');
  }
}

const queryOf = ({ source, ref, containers, previous, sinceSeconds }: LogDocument) => ({
  source,
  namespace: ref.namespace ?? source.namespace,
  pod: ref.name,
  containers,
  previous,
  tail: TAIL,
  ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
});

const ENDINGS = { manifest: 'yaml', events: 'events.txt', logs: 'log' } as const;

/** The path is for the tab and the breadcrumb; what is read is in the query. */
function uriOf(document: LiveDocument): vscode.Uri {
  const { source, ref, what } = document;
  const container = document.what === 'logs' ? partOf(document) : '';
  return vscode.Uri.from({
    scheme: LIVE_SCHEME,
    path: `/${sourceName(source).replace(/[/\\]/g, '_')}/${ref.namespace ?? ''}/${ref.name}${container}.${ENDINGS[what]}`,
    query: JSON.stringify(document),
  });
}

function partOf({ containers, previous, sinceSeconds }: LogDocument): string {
  const [only = '', ...others] = containers;
  const since = sinceSeconds === undefined ? '' : `.${sinceSeconds / 60}min`;
  return `.${others.length > 0 ? 'all' : only}${since}${previous ? '.previous' : ''}`;
}

function parse(uri: vscode.Uri): LiveDocument | undefined {
  const data = JSON.parse(uri.query) as LiveDocument;
  const known = Object.hasOwn(ENDINGS, data.what) && isSource(data.source);
  return known && typeof data.ref?.name === 'string' ? data : undefined;
}
