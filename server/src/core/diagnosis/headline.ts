/** The one sentence of an answer without a root cause. */
import { fillTemplate, type Translate } from '../finding.ts';
import { DIAGNOSIS_MESSAGES as MESSAGES } from './messages.ts';
import type { DiagnosisReport } from './report.ts';

/** "Nothing wrong" is said only when no pod of the subject is on its way up or stands still without a known reason. */
export function headline({ notChecked, steps }: DiagnosisReport, translate: Translate): string {
  if (notChecked.some(({ reason }) => reason === 'unexplained')) return translate(MESSAGES.noCause);
  const times = notChecked.flatMap(({ askAgainAt }) => askAgainAt ?? []).sort();
  const time = times.at(-1);
  if (time) return fillTemplate(translate(MESSAGES.nothingYet), { time });
  return fillTemplate(translate(MESSAGES.nothingWrong), {
    passed: steps.filter(({ outcome }) => outcome === 'passed').length,
    notChecked: notChecked.length,
  });
}
