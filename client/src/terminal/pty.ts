/** A shell in the cluster as a VS Code terminal: bytes through the server, no kubectl, no shell in between. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type {
  Failure,
  ServerNotifications,
  TerminalPlace,
  TerminalPlan,
} from '../../../server/src/protocol.ts';
import { failureText, showFailure } from '../failure.ts';
import type { Target } from '../picker/questions.ts';
import type { Server } from '../server/connection.ts';
import { Output } from './output.ts';
import { terminalOptions } from './settings.ts';
import { bold, dim, line, printable, red } from './text.ts';

const RESIZE_MS = 50;
/** What is typed ahead while a shell starts. */
const MAX_AHEAD = 64 * 1024;
const CTRL_C = '\u0003';
const CLOSING_KEYS: ReadonlySet<string> = new Set(['q', '\u001b', CTRL_C, '\u0004']);

/** What the user agreed to: the object of the plan, or a container that runs already. */
export interface Agreed {
  plan: TerminalPlan;
  place?: TerminalPlace;
}

/**
 * `starting`: typing is kept for the shell. `lost`: the shell is somewhere, the connection is not. `ended`: there is
 * no shell to go back to. `closed`: nobody looks any more.
 */
type Phase = 'starting' | 'running' | 'lost' | 'ended' | 'closed';

export class ClusterTerminal implements vscode.Pseudoterminal {
  readonly #server: Server;
  readonly #target: Target;
  readonly #agree: () => Promise<Agreed | undefined>;
  #agreed: Agreed;
  /** One for each shell: what an earlier one still says is not about this one. */
  #id: string = randomUUID();
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | undefined>();
  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;
  readonly #subscriptions: vscode.Disposable[];
  readonly #output: Output;
  #cancel = new vscode.CancellationTokenSource();
  #phase: Phase = 'starting';
  #place: TerminalPlace | undefined;
  #ahead = '';
  #size = { columns: 80, rows: 24 };
  #timer: NodeJS.Timeout | undefined;

  /** `agree` plans anew and asks the user: for another shell after this one has ended. */
  constructor(server: Server, target: Target, agreed: Agreed, agree: () => Promise<Agreed | undefined>) {
    this.#server = server;
    this.#target = target;
    this.#agreed = agreed;
    this.#agree = agree;
    this.#output = new Output(
      (text) => this.#write.fire(text),
      (bytes) => server.notify('podTriage/terminalRead', { id: this.#id, bytes }),
    );
    this.#subscriptions = [
      server.on('podTriage/terminalProgress', (progress) => this.#progress(progress)),
      server.on('podTriage/terminalOutput', ({ id, data }) => {
        if (id === this.#id) this.#output.push(Buffer.from(data, 'base64'));
      }),
      server.on('podTriage/terminalExit', (exit) => this.#exit(exit)),
      server.onStop(() =>
        this.#lost(vscode.l10n.t('The language server ended, and the connection with it.')),
      ),
    ];
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size) this.#size = size;
    this.#greet();
    void this.#start(this.#agreed.place);
  }

  /** By the user's hand; the editor does not call it for an end that came from here. */
  close(): void {
    if (this.#phase === 'closed') return;
    clearTimeout(this.#timer);
    this.#cancel.cancel();
    this.#forget();
    this.#phase = 'closed';
    this.#output.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }

  handleInput(data: string): void {
    switch (this.#phase) {
      case 'running':
        this.#send(data);
        return;
      case 'starting':
        if (data === CTRL_C) this.#end();
        else if (this.#ahead.length + data.length <= MAX_AHEAD) this.#ahead += data;
        return;
      case 'lost':
      case 'ended':
        // Nothing else is taken: a command typed on, in the belief that it arrives, must not close the terminal.
        if (data === 'r') void this.#again();
        else if (CLOSING_KEYS.has(data)) this.#end();
    }
  }

  /** The panel reports several sizes while it settles; only the last one is told. */
  setDimensions(size: vscode.TerminalDimensions): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#resize(), RESIZE_MS);
  }

  #end(exitCode?: number): void {
    this.#close.fire(exitCode);
    this.close();
  }

  #send(data: string): void {
    this.#server.notify('podTriage/terminalInput', {
      id: this.#id,
      data: Buffer.from(data, 'utf8').toString('base64'),
    });
  }

  /** What the server still holds of the shell; nothing when it has ended. */
  #forget(): void {
    void this.#server.ask('podTriage/closeTerminal', { id: this.#id });
  }

  #resize(): void {
    const { columns, rows } = this.#size;
    if (this.#phase === 'running')
      this.#server.notify('podTriage/terminalResize', { id: this.#id, columns, rows });
  }

  #greet(): void {
    const { warnings, hints = [] } = this.#agreed.plan;
    for (const warning of warnings) this.#say(red(printable(warning)));
    const width = Math.max(0, ...hints.map(({ command }) => command.length));
    for (const { command, why } of hints)
      this.#say(`${bold(printable(command).padEnd(width))}  ${dim(printable(why))}`);
  }

  /** Back to the shell that runs, or after the end of it to another one, agreed to like the first. */
  async #again(): Promise<void> {
    if (this.#phase === 'lost' && this.#place) return this.#start(this.#place);
    this.#phase = 'starting';
    const agreed = await this.#agree();
    if (this.#phase !== 'starting') return;
    if (!agreed) {
      this.#phase = 'ended';
      return this.#offer();
    }
    this.#forget();
    this.#agreed = agreed;
    this.#id = randomUUID();
    await this.#start(agreed.place);
  }

  async #start(place: TerminalPlace | undefined): Promise<void> {
    this.#phase = 'starting';
    this.#place = place;
    this.#output.restart();
    this.#cancel = new vscode.CancellationTokenSource();
    this.#say(dim(place ? vscode.l10n.t('Reconnecting…') : vscode.l10n.t('Starting… Ctrl+C cancels.')));
    const id = this.#id;
    const { columns, rows } = this.#size;
    const { source, subject } = this.#target;
    const params = { id, source, subject, options: terminalOptions(columns, rows) };
    try {
      const answer = await this.#server.ask(
        'podTriage/openTerminal',
        place ? { ...params, reconnect: place } : params,
        this.#cancel.token,
      );
      if (this.#phase !== 'starting' || id !== this.#id) return;
      if (!answer.ok) return this.#refuse(answer.failure);
      this.#run(answer.value);
    } catch (cause) {
      if (!(cause instanceof vscode.CancellationError)) throw cause;
    }
  }

  #run(place: TerminalPlace): void {
    this.#place = place;
    this.#phase = 'running';
    // The panel may have been resized while the container started.
    this.#resize();
    if (this.#ahead) this.#send(this.#ahead);
    this.#ahead = '';
  }

  /** It did not open. A shell that was there before is still worth another attempt, unless it is gone. */
  #refuse(failure: Failure): void {
    this.#lost(printable(failureText(failure)), failure.code === 'not-found' || !this.#place);
    // What is missing can be asked for: the notification has the Role to copy.
    if (failure.permission) void showFailure(failure);
  }

  #exit({ id, exitCode, reason, failure }: ServerNotifications['podTriage/terminalExit']): void {
    if (id !== this.#id || this.#phase === 'closed' || this.#phase === 'ended') return;
    this.#output.flush();
    if (exitCode === 0) this.#end(0);
    else if (exitCode !== undefined) this.#lost(endText(exitCode, reason), true);
    else if (failure) this.#lost(printable(failureText(failure)), failure.code === 'not-found');
  }

  #lost(why: string, isOver = false): void {
    if (this.#phase === 'closed' || this.#phase === 'ended') return;
    this.#output.flush();
    this.#phase = isOver ? 'ended' : 'lost';
    this.#ahead = '';
    this.#write.fire(`\r\n${line(red(why))}`);
    this.#offer();
  }

  #offer(): void {
    this.#say(
      dim(
        this.#phase === 'lost'
          ? vscode.l10n.t('Press r to reconnect, q to close.')
          : vscode.l10n.t('Press r for a new shell, q to close.'),
      ),
    );
  }

  #progress({ id, step, ms }: ServerNotifications['podTriage/terminalProgress']): void {
    if (id === this.#id) this.#say(dim(`${printable(step)} · ${(ms / 1000).toFixed(1)} s`));
  }

  #say(text: string): void {
    this.#write.fire(line(text));
  }
}

const endText = (code: number, reason: string | undefined): string =>
  reason
    ? vscode.l10n.t('The shell ended with exit code {0} ({1}).', code, printable(reason))
    : vscode.l10n.t('The shell ended with exit code {0}.', code);
