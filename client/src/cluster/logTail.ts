/** A log that is followed: the last of what came, and no more than that. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Requests } from '../../../server/src/protocol.ts';
import { failureText } from '../failure.ts';
import type { Server } from '../server/connection.ts';

/** Characters that are kept. Older ones go, a good piece at a time, so that the text does not move at every line. */
const MAX_TEXT = 512 * 1024;
const KEPT = 384 * 1024;
/** How often the document is written anew while lines come. */
const DRAW_MS = 300;

export class LogTail {
  readonly #id = randomUUID();
  readonly #cancel = new vscode.CancellationTokenSource();
  readonly #changed: () => void;
  #text = '';
  #timer: NodeJS.Timeout | undefined;
  #isFollowing = true;

  constructor(
    server: Server,
    query: Omit<Requests['podTriage/followLogs']['params'], 'id'>,
    changed: () => void,
  ) {
    this.#changed = changed;
    void this.#run(server, { ...query, id: this.#id });
  }

  get text(): string {
    return this.#text || vscode.l10n.t('Waiting for the first line…');
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  add(id: string, text: string): void {
    if (id !== this.#id || !this.#isFollowing) return;
    this.#append(text);
  }

  stop(): void {
    if (!this.#isFollowing) return;
    this.#isFollowing = false;
    this.#cancel.cancel();
  }

  async #run(server: Server, params: Requests['podTriage/followLogs']['params']): Promise<void> {
    try {
      const answer = await server.ask('podTriage/followLogs', params, this.#cancel.token);
      if (!answer.ok && this.#isFollowing) this.#append(`— ${failureText(answer.failure)} —\n`);
    } catch (cause) {
      if (!(cause instanceof vscode.CancellationError)) throw cause;
    }
    this.#isFollowing = false;
    this.#timer ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  #append(text: string): void {
    this.#text += text;
    if (this.#text.length > MAX_TEXT) {
      const from = this.#text.indexOf('\n', this.#text.length - KEPT);
      const note = vscode.l10n.t('… older lines are not kept …');
      this.#text = `${note}\n${this.#text.slice(from + 1)}`;
    }
    this.#timer ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  #draw(): void {
    this.#timer = undefined;
    this.#changed();
  }
}

/** Keeps the end in sight where it is in sight; who has scrolled up to read stays there. */
export function revealEndAfterChange(uri: vscode.Uri): void {
  const key = uri.toString();
  const atEnd = vscode.window.visibleTextEditors.filter(
    ({ document, visibleRanges }) =>
      document.uri.toString() === key && (visibleRanges.at(-1)?.end.line ?? 0) >= document.lineCount - 2,
  );
  if (atEnd.length === 0) return;
  const subscription = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    if (document.uri.toString() !== key) return;
    subscription.dispose();
    const end = document.lineAt(document.lineCount - 1).range;
    for (const editor of atEnd) editor.revealRange(end);
  });
  // The text may be the same: then there is nothing to wait for.
  setTimeout(() => subscription.dispose(), 5000);
}
