/** Guided flows: from what somebody sees, check by check, to the cause. Every check reads a diagnosis; none guesses. */
import type { DiagnosisReport, StepResult } from './diagnosis/report.ts';
import type { Translate } from './finding.ts';
import type { Flow, FlowCheck } from './flowTable.ts';

export interface FlowAnswer {
  check: FlowCheck;
  /** probe: only a test can tell. skipped: an earlier yes explains what would be seen here. */
  outcome: 'found' | 'ruled-out' | 'not-checked' | 'probe' | 'skipped';
  /** What it proved, quoted from the diagnosis, in the user's language. */
  proof: string[];
}

const messages = {
  explained: 'The cause above explains what would be seen here.',
  notReached: 'The pod has not come this far.',
} as const;

/** Answers the checks of a flow from a diagnosis, in order. After the first yes the rest is skipped. */
export function answerFlow(flow: Flow, report: DiagnosisReport, translate: Translate): FlowAnswer[] {
  let found = false;
  return flow.checks.map((check) => {
    if (found) return { check, outcome: 'skipped', proof: [translate(messages.explained)] };
    const answer = answerCheck(check, report, translate);
    found = answer.outcome === 'found';
    return answer;
  });
}

function answerCheck(check: FlowCheck, report: DiagnosisReport, translate: Translate): FlowAnswer {
  const { answer } = check;
  if (answer.kind === 'probe') return { check, outcome: 'probe', proof: [answer.command] };
  const steps = report.steps.filter(({ step }) => answer.steps.includes(step));
  const yes = proofOfYes(answer.modes, steps, report);
  if (yes.length > 0) return { check, outcome: 'found', proof: yes };
  const passed = steps.filter(
    ({ outcome }) => outcome === 'passed' || (answer.modes && outcome === 'failed'),
  );
  // A step that was not looked at keeps the question open: only all of them passed is a no.
  if (steps.length > 0 && passed.length === steps.length)
    return { check, outcome: 'ruled-out', proof: steps.flatMap(({ detail }) => detail ?? []) };
  const open = steps.filter((step) => !passed.includes(step));
  return {
    check,
    outcome: 'not-checked',
    proof: open.map(({ detail, outcome }) =>
      outcome === 'not-reached' ? translate(messages.notReached) : (detail ?? ''),
    ),
  };
}

function proofOfYes(
  modes: readonly string[] | undefined,
  steps: readonly StepResult[],
  report: DiagnosisReport,
): string[] {
  if (modes)
    return [...report.rootCauses, ...report.consequences, ...report.alsoSeen]
      .filter(({ id }) => modes.includes(id))
      .map(({ message }) => message);
  const failed = steps.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return [];
  const verdict = report.rootCauses[0]?.message;
  return [...failed.flatMap(({ detail }) => detail ?? []), ...(verdict ? [verdict] : [])];
}
