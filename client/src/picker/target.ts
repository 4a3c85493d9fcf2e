/** Finds out which object a command is about: from a tree row, from Microsoft's tree, or by asking. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { Source } from '../../../server/src/protocol.ts';
import { isClusterRow, objectOf } from '../cluster/nodes.ts';
import { isSource } from '../cluster/source.ts';
import type { ClusterView } from '../cluster/view.ts';
import { inOneLine, showFailure } from '../failure.ts';
import type { Server } from '../server/connection.ts';
import { targetOfForeignNode } from './foreignTree.ts';
import { askContext, askNamespace, askSubject, subjectOf, type Target } from './questions.ts';
import { runSteps, type Step } from './steps.ts';

const REMEMBERED = 'podTriage.lastTarget';

export interface Wanted {
  title: string;
  /** Kinds that the command can work on. */
  kinds: string[];
}

export class Targets {
  readonly #server: Server;
  readonly #view: ClusterView;
  readonly #memory: vscode.Memento;

  constructor(server: Server, view: ClusterView, memory: vscode.Memento) {
    this.#server = server;
    this.#view = view;
    this.#memory = memory;
  }

  /** Undefined: the user closed the questions, or the argument is of a kind that does not fit (which is said). */
  async resolve(argument: unknown, wanted: Wanted): Promise<Target | undefined> {
    const given = await this.#given(argument);
    if (given === 'none') return this.pick(wanted);
    if (given === 'failed') return undefined;
    if (wanted.kinds.includes(given.subject.kind)) return given;
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        '{0} works on {1}, not on {2}.',
        wanted.title,
        wanted.kinds.join(', '),
        inOneLine(given.subject.kind),
      ),
    );
    return undefined;
  }

  /** Asks. With `before`, the answer of last time, it begins at the last question. */
  async pick({ title, kinds }: Wanted, before?: Target): Promise<Target | undefined> {
    const last = this.#memory.get<Target>(REMEMBERED);
    const start: { source: Source | undefined; subject?: Subject } = {
      source: (await this.#view.ensureSource()) ?? undefined,
    };
    const remembered = last && isSource(last.source) ? last : undefined;
    const answered = before ? [{ source: before.source }, { source: before.source }] : [];
    const steps: Step<typeof start>[] = [
      async () => {
        const answer = await askContext(this.#server, { title, step: 1, of: 3 }, start.source);
        return answer.kind === 'chosen' ? { kind: 'chosen', value: { source: answer.value } } : answer;
      },
      async ({ source }) => {
        if (!source) return { kind: 'back' };
        const namespace = start.source?.namespace;
        const answer = await askNamespace(this.#server, { title, step: 2, of: 3 }, source, namespace);
        return answer.kind === 'chosen' ? { kind: 'chosen', value: { source: answer.value } } : answer;
      },
      async ({ source }) => {
        if (!source) return { kind: 'back' };
        return askSubject(this.#server, { title, step: 3, of: 3 }, source, kinds, remembered?.subject);
      },
    ];
    const picked = await runSteps(start, steps, answered);
    if (!picked?.source || !picked.subject) return undefined;
    const target: Target = { source: picked.source, subject: picked.subject };
    await this.remember(target);
    return target;
  }

  async remember(target: Target): Promise<void> {
    await this.#memory.update(REMEMBERED, target);
  }

  /** `none`: nothing is given. `failed`: something is, and why it cannot be used has been said. */
  async #given(argument: unknown): Promise<Target | 'none' | 'failed'> {
    if (argument === undefined || argument === null) return 'none';
    if (isClusterRow(argument)) {
      const ref = objectOf(argument);
      const { source } = this.#view.model;
      return ref && source ? { source, subject: subjectOf(ref) } : 'none';
    }
    if (isTarget(argument)) return argument;
    const foreign = await targetOfForeignNode(argument, this.#server);
    if (foreign.kind === 'target') return foreign.target;
    if (foreign.kind === 'failed') void showFailure(foreign.failure);
    return foreign.kind;
  }
}

export function isTarget(value: unknown): value is Target {
  if (typeof value !== 'object' || value === null) return false;
  const { source, subject } = value as Record<string, unknown>;
  if (!isSource(source) || typeof subject !== 'object' || subject === null) return false;
  const { kind, name } = subject as Record<string, unknown>;
  return typeof kind === 'string' && typeof name === 'string';
}
