/** “Troubleshoot…”: one question, one object, then the checks of that flow one by one. Esc goes back one step. */
import * as vscode from 'vscode';
import { answerFlow, type FlowAnswer } from '../../../server/src/core/flows.ts';
import { FLOWS, type Flow } from '../../../server/src/core/flowTable.ts';
import type { Target } from '../picker/questions.ts';
import { ask } from '../picker/steps.ts';
import type { Targets } from '../picker/target.ts';
import type { Reports } from '../report/reports.ts';

const REMEMBERED = 'podTriage.lastFlow';
/** What a flow can be about; a Service stands for the pods behind it. */
export const SUBJECT_KINDS = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Service',
  'Ingress',
  'Node',
];

const { t } = vscode.l10n;

export class Troubleshooter {
  readonly #targets: Targets;
  readonly #reports: Reports;
  readonly #memory: vscode.Memento;

  constructor(targets: Targets, reports: Reports, memory: vscode.Memento) {
    this.#targets = targets;
    this.#reports = reports;
    this.#memory = memory;
  }

  async run(argument?: unknown): Promise<void> {
    for (;;) {
      const flow = await this.#askSymptom();
      if (!flow) return;
      const wanted = { title: t(flow.title), kinds: SUBJECT_KINDS };
      let target = await this.#targets.resolve(argument, wanted);
      if (!target && argument !== undefined) return;
      // Back from the checks is back to the object, and from the first question about it back to the symptom.
      while (target) {
        if ((await this.#walk(flow, target)) === 'done') return;
        target = argument === undefined ? await this.#targets.pick(wanted, target) : undefined;
      }
    }
  }

  async #askSymptom(): Promise<Flow | undefined> {
    const last = this.#memory.get<string>(REMEMBERED);
    const answer = await ask<Flow>({
      title: t('Troubleshoot'),
      placeholder: t('What do you see?'),
      step: 1,
      of: 3,
      choices: async () =>
        FLOWS.map((flow) => ({ label: t(flow.title), detail: t(flow.detail), value: flow })),
      remembered: ({ value }) => value.id === last,
    });
    if (answer.kind !== 'chosen') return undefined;
    await this.#memory.update(REMEMBERED, answer.value.id);
    return answer.value;
  }

  /** Runs the diagnosis, then shows what each check proved. `back`: the user wants another symptom. */
  async #walk(flow: Flow, target: Target): Promise<'done' | 'back'> {
    const answer = await ask<FlowAnswer | 'report'>({
      title: `${t(flow.title)}: ${target.subject.name}`,
      placeholder: t('What each check proved, and why the next one is asked'),
      step: 3,
      of: 3,
      sticky: true,
      // The check that the flow stops at is the answer.
      remembered: ({ value }) => value !== 'report' && value.outcome === 'found',
      choices: async () => {
        const { report } = await this.#reports.diagnose(target);
        if (!report) throw new vscode.CancellationError();
        const answers = answerFlow(flow, report, (text) => t(text));
        return [...answers.map(choiceOf), reportChoice()];
      },
    });
    if (answer.kind === 'failed') return 'done';
    if (answer.kind === 'back') return 'back';
    if (answer.value !== 'report' && answer.value.outcome === 'probe')
      await this.#probe(answer.value, target);
    return 'done';
  }

  /** The command goes to the clipboard, because a terminal of the pod takes a while to open. */
  async #probe({ check }: FlowAnswer, target: Target): Promise<void> {
    if (check.answer.kind !== 'probe') return;
    await vscode.env.clipboard.writeText(check.answer.command);
    const kinds = ['Pod', 'Node'];
    await vscode.commands.executeCommand(
      'podTriage.openTerminal',
      kinds.includes(target.subject.kind) ? target : undefined,
    );
  }
}

const LOOKS: Record<FlowAnswer['outcome'], { icon: string; color?: string; word: string }> = {
  found: { icon: 'error', color: 'problemsErrorIcon.foreground', word: t('stops here') },
  'ruled-out': { icon: 'pass', color: 'testing.iconPassed', word: t('in order') },
  'not-checked': { icon: 'question', word: t('not checked') },
  probe: { icon: 'terminal', word: t('needs a test in the cluster') },
  skipped: { icon: 'circle-slash', word: t('not asked') },
};

function choiceOf(answer: FlowAnswer): vscode.QuickPickItem & { value: FlowAnswer } {
  const { check, outcome, proof } = answer;
  const { icon, color, word } = LOOKS[outcome];
  const known = proof.filter(Boolean).join(' ');
  const detail =
    outcome === 'probe'
      ? t('{0} Copies “{1}” and opens a Netshoot terminal.', t(check.why), known)
      : [known, outcome === 'skipped' ? '' : t(check.why)].filter(Boolean).join(' · ');
  return {
    label: t(check.question),
    description: word,
    detail,
    iconPath: new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined),
    value: answer,
  };
}

const reportChoice = (): vscode.QuickPickItem & { value: 'report' } => ({
  label: t('Read the Report'),
  iconPath: new vscode.ThemeIcon('pulse'),
  value: 'report',
});
