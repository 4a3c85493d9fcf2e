/** A shell in the cluster as a VS Code terminal: bytes through the server, no kubectl, no shell in between. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Failure, ServerNotifications, TerminalPlan } from '../../../server/src/protocol.ts';
import { failureText } from '../failure.ts';
import type { Target } from '../picker/questions.ts';
import type { Server } from '../server/connection.ts';
import { terminalOptions } from './settings.ts';
import { bold, dim, line, printable, red } from './text.ts';

const RESIZE_MS = 50;

type Phase = 'starting' | 'running' | 'lost' | 'ended';

export class ClusterTerminal implements vscode.Pseudoterminal {
  readonly #server: Server;
  readonly #target: Target;
  readonly #plan: TerminalPlan;
  readonly #id = randomUUID();
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | undefined>();
  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;
  readonly #subscriptions: vscode.Disposable[];
  #decoder = new TextDecoder();
  #cancel = new vscode.CancellationTokenSource();
  #phase: Phase = 'starting';
  #size = { columns: 80, rows: 24 };
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server, target: Target, plan: TerminalPlan) {
    this.#server = server;
    this.#target = target;
    this.#plan = plan;
    this.#subscriptions = [
      server.on('podTriage/terminalProgress', (progress) => this.#progress(progress)),
      server.on('podTriage/terminalOutput', ({ id, data }) => {
        if (id !== this.#id) return;
        // A character may be split between two messages; the decoder keeps its first bytes.
        this.#write.fire(this.#decoder.decode(Buffer.from(data, 'base64'), { stream: true }));
      }),
      server.on('podTriage/terminalExit', (exit) => this.#exit(exit)),
    ];
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size) this.#size = size;
    this.#greet();
    void this.#start(false);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#cancel.cancel();
    if (this.#phase !== 'ended') void this.#server.ask('podTriage/closeTerminal', { id: this.#id });
    this.#phase = 'ended';
    for (const each of this.#subscriptions) each.dispose();
  }

  handleInput(data: string): void {
    if (this.#phase === 'running') {
      this.#server.notify('podTriage/terminalInput', {
        id: this.#id,
        data: Buffer.from(data, 'utf8').toString('base64'),
      });
      return;
    }
    if (this.#phase === 'starting') {
      if (data === '\u0003') this.#close.fire(undefined);
      return;
    }
    if (data === 'r' && this.#phase === 'lost') void this.#start(true);
    else this.#close.fire(undefined);
  }

  /** The panel reports several sizes while it settles; only the last one is told. */
  setDimensions(size: vscode.TerminalDimensions): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { columns, rows } = this.#size;
      if (this.#phase === 'running')
        this.#server.notify('podTriage/terminalResize', { id: this.#id, columns, rows });
    }, RESIZE_MS);
  }

  #greet(): void {
    for (const warning of this.#plan.warnings) this.#write.fire(line(red(printable(warning))));
    const hints = this.#plan.hints ?? [];
    const width = Math.max(0, ...hints.map(({ command }) => command.length));
    for (const { command, why } of hints)
      this.#write.fire(line(`${bold(printable(command).padEnd(width))}  ${dim(printable(why))}`));
  }

  async #start(reconnect: boolean): Promise<void> {
    this.#phase = 'starting';
    this.#decoder = new TextDecoder();
    this.#cancel = new vscode.CancellationTokenSource();
    this.#write.fire(line(dim(reconnect ? vscode.l10n.t('Reconnecting…') : vscode.l10n.t('Starting…'))));
    const { columns, rows } = this.#size;
    const { source, subject } = this.#target;
    const params = { id: this.#id, source, subject, options: terminalOptions(columns, rows) };
    try {
      const answer = await this.#server.ask(
        'podTriage/openTerminal',
        reconnect ? { ...params, reconnect } : params,
        this.#cancel.token,
      );
      if (this.#phase !== 'starting') return;
      if (!answer.ok) return this.#refuse(answer.failure);
      this.#phase = 'running';
      // The panel may have been resized while the container started.
      this.#server.notify('podTriage/terminalResize', { id: this.#id, ...this.#size });
    } catch (cause) {
      if (!(cause instanceof vscode.CancellationError)) throw cause;
    }
  }

  #refuse(failure: Failure): void {
    this.#phase = 'lost';
    this.#write.fire(line(red(printable(failureText(failure)))));
    this.#offer();
  }

  #exit({ id, exitCode, failure }: ServerNotifications['podTriage/terminalExit']): void {
    if (id !== this.#id || this.#phase === 'ended') return;
    if (exitCode !== undefined && !failure) {
      this.#phase = 'ended';
      this.#close.fire(exitCode);
      return;
    }
    this.#phase = 'lost';
    const why = failure ? printable(failureText(failure)) : vscode.l10n.t('Connection lost.');
    this.#write.fire(`\r\n${line(red(why))}`);
    this.#offer();
  }

  #offer(): void {
    this.#write.fire(line(dim(vscode.l10n.t('Press r to reconnect; any other key closes.'))));
  }

  #progress({ id, step, ms }: ServerNotifications['podTriage/terminalProgress']): void {
    if (id !== this.#id) return;
    this.#write.fire(line(dim(`${printable(step)} · ${(ms / 1000).toFixed(1)} s`)));
  }
}
