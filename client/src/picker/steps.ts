/** Questions one after the other in one box: Esc and Back go one step back, typing filters, the last answer is on top. */
import * as vscode from 'vscode';

export interface Choice<T> extends vscode.QuickPickItem {
  value: T;
}

export interface Question<T> {
  title: string;
  placeholder: string;
  /** Position among the questions, for the title bar: `2/3`. */
  step: number;
  of: number;
  /** What can be answered; read while the box already shows. */
  choices(token: vscode.CancellationToken): Promise<Choice<T>[]>;
  /** Stays open when a page opens behind it. */
  sticky?: boolean;
  /** The choice that the typed text stands for, where not all of them can be known. */
  typed?(text: string): Choice<T> | undefined;
  /** The answer of last time is offered first. */
  remembered?(choice: Choice<T>): boolean;
}

export type Answer<T> = { kind: 'chosen'; value: T } | { kind: 'back' } | { kind: 'failed' };

/** Asks one question. A failing `choices` has already said why; the box closes. */
export async function ask<T>(question: Question<T>): Promise<Answer<T>> {
  const box = vscode.window.createQuickPick<Choice<T>>();
  const cancel = new vscode.CancellationTokenSource();
  box.title = question.title;
  box.placeholder = question.placeholder;
  box.step = question.step;
  box.totalSteps = question.of;
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  // Reading the choices may bring a question of its own in front: whether a credential plugin may run.
  box.ignoreFocusOut = true;
  box.busy = true;
  if (question.step > 1) box.buttons = [vscode.QuickInputButtons.Back];
  const answer = new Promise<Answer<T>>((resolve) => {
    box.onDidAccept(() => {
      const chosen = box.selectedItems[0] ?? box.activeItems[0];
      if (chosen) resolve({ kind: 'chosen', value: chosen.value });
    });
    box.onDidTriggerButton(() => resolve({ kind: 'back' }));
    box.onDidHide(() => resolve({ kind: 'back' }));
    question.choices(cancel.token).then(
      (choices) => {
        box.items = choices;
        const last = question.remembered && choices.find((choice) => question.remembered?.(choice));
        if (last) box.activeItems = [last];
        box.onDidChangeValue((text) => {
          const typed = choices.some(({ label }) => label === text) ? undefined : question.typed?.(text);
          if (question.typed) box.items = typed ? [typed, ...choices] : choices;
        });
        box.busy = false;
        box.ignoreFocusOut = question.sticky === true;
        if (choices.length === 0) box.placeholder = vscode.l10n.t('Nothing to choose from.');
      },
      () => resolve({ kind: 'failed' }),
    );
  });
  box.show();
  try {
    return await answer;
  } finally {
    cancel.cancel();
    cancel.dispose();
    box.dispose();
  }
}

/** One step of a sequence: gets the answers so far and gives them back with its own, or says to go back. */
export type Step<S> = (state: S) => Promise<Answer<S>>;

/**
 * Runs steps until the last is answered. `answered` are states of earlier steps that are not asked again unless
 * the user goes back to them. Undefined: the user went back before the first, or a step failed.
 */
export async function runSteps<S>(
  start: S,
  steps: readonly Step<S>[],
  answered: readonly S[] = [],
): Promise<S | undefined> {
  const states: S[] = [start, ...answered];
  for (;;) {
    const step = steps[states.length - 1];
    const state = states.at(-1);
    if (state === undefined) return undefined;
    if (!step) return state;
    const answer = await step(state);
    if (answer.kind === 'failed') return undefined;
    if (answer.kind === 'back') states.pop();
    else states.push(answer.value);
  }
}
