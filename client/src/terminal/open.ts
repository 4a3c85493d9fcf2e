/** From a pod or node to a terminal: plan, confirmation, terminal. */
import * as vscode from 'vscode';
import type { TerminalPlan } from '../../../server/src/protocol.ts';
import { isProduction } from '../cluster/source.ts';
import { asksAgain } from '../failure.ts';
import type { Target } from '../picker/questions.ts';
import type { Targets } from '../picker/target.ts';
import type { Server } from '../server/connection.ts';
import { confirmTerminal } from './confirm.ts';
import { type Agreed, ClusterTerminal } from './pty.ts';
import { terminalOptions } from './settings.ts';

export const TERMINAL_KINDS = ['Pod', 'Node'];

export class NetshootTerminals implements vscode.TerminalProfileProvider {
  readonly #server: Server;
  readonly #targets: Targets;
  readonly #memory: vscode.Memento;

  constructor(server: Server, targets: Targets, memory: vscode.Memento) {
    this.#server = server;
    this.#targets = targets;
    this.#memory = memory;
  }

  /** Opens one for a tree row or a target, or asks which. */
  async open(argument?: unknown): Promise<vscode.Terminal | undefined> {
    const options = await this.#prepare(argument);
    if (!options) return undefined;
    const terminal = vscode.window.createTerminal(options);
    terminal.show();
    return terminal;
  }

  /** The entry of the terminal dropdown. To the editor no profile is an error, so a change of mind is a cancellation. */
  async provideTerminalProfile(): Promise<vscode.TerminalProfile> {
    const options = await this.#prepare(undefined);
    if (!options) throw new vscode.CancellationError();
    // The editor leaves the terminal in front that was there before.
    const opened = vscode.window.onDidOpenTerminal((terminal) => {
      if (terminal.creationOptions !== options) return;
      opened.dispose();
      terminal.show();
    });
    return new vscode.TerminalProfile(options);
  }

  async #prepare(argument: unknown): Promise<vscode.ExtensionTerminalOptions | undefined> {
    const title = vscode.l10n.t('Open Netshoot Terminal');
    const target = await this.#targets.resolve(argument, { title, kinds: TERMINAL_KINDS });
    if (!target) return undefined;
    const agree = (): Promise<Agreed | undefined> => this.#agree(target);
    const agreed = await agree();
    return agreed && optionsOf(new ClusterTerminal(this.#server, target, agreed, agree), target);
  }

  async #agree(target: Target): Promise<Agreed | undefined> {
    const plan = await this.#plan(target);
    return plan && confirmTerminal(plan, target.subject, this.#memory);
  }

  async #plan(target: Target): Promise<TerminalPlan | undefined> {
    const { source, subject } = target;
    const answer = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Preparing the terminal…') },
      () => this.#server.ask('podTriage/planTerminal', { source, subject, options: terminalOptions() }),
    );
    if (answer.ok) return answer.value;
    return (await asksAgain(answer.failure)) ? this.#plan(target) : undefined;
  }
}

const optionsOf = (
  pty: vscode.Pseudoterminal,
  { source, subject }: Target,
): vscode.ExtensionTerminalOptions => ({
  name: `netshoot · ${subject.name}`,
  pty,
  iconPath: new vscode.ThemeIcon('terminal'),
  color: new vscode.ThemeColor(isProduction(source) ? 'terminal.ansiYellow' : 'terminal.ansiBrightBlue'),
  // The shell is gone after a reload of the window; a revived one would be empty.
  isTransient: true,
});
