/** The diagnosis: failure modes over one scene, then causes before consequences. */
import {
  bySeverity,
  type Confidence,
  type Finding,
  fillTemplate,
  type MessageData,
  type Translate,
} from '../finding.ts';
import { refKey } from '../kube/ref.ts';
import { formatPath } from '../path.ts';
import { buildScene } from './buildScene.ts';
import { confront } from './confront.ts';
import { explanations, mayBeBehind, mergeReports, type Report, rootOf } from './dominance.ts';
import { describeSteps, healthyFacts } from './ladder.ts';
import { DIAGNOSIS_MESSAGES, type DiagnosisMessage } from './messages.ts';
import { missingSubject } from './missingSubject.ts';
import type { FailureMode } from './mode.ts';
import { MODES } from './modes/index.ts';
import { collectGaps, type NotCheckedNote } from './notChecked.ts';
import type { Observed, Subject } from './observed.ts';
import { indexObserved, type ObservedIndex } from './observedIndex.ts';
import { probeGaps, probeHealthy, probeReport, probeUnexplained } from './probeReport.ts';
import { type Consequence, type DiagnosisReport, STEPS } from './report.ts';
import type { Scene } from './scene.ts';
import { waitingPods } from './starting.ts';
import { subjectKeys } from './subjectKeys.ts';
import { isPremature, waitingNotes } from './waitingNotes.ts';

export interface DiagnoseOptions {
  translate?: Translate;
  /** Default: every registered mode. */
  modes?: readonly FailureMode[];
}

export type Say = (message: DiagnosisMessage, data?: MessageData) => string;

const CONFIDENCE: Record<Confidence, number> = { certain: 0, likely: 1, hint: 2 };

/**
 * What is wrong with the subject, and why. Takes an index instead of the objects when several diagnoses share one
 * observation. Never throws for what it is given: a mode that throws appears under `notChecked`.
 */
export function diagnose(
  observed: Observed | ObservedIndex,
  subject: Subject,
  options: DiagnoseOptions = {},
): DiagnosisReport {
  const index = 'store' in observed ? observed : indexObserved(observed);
  const translate = options.translate ?? ((template: string) => template);
  const say: Say = (message, data = {}) => fillTemplate(translate(DIAGNOSIS_MESSAGES[message]), data);
  const scene = buildScene(index, subject);
  const at = index.observed.now;
  if (!scene.object) return missingSubject(scene, index, say);

  const { reports, notes } = runModes(scene, options.modes ?? MODES, say);
  const merged = mergeReports(confront(scene, reports));
  const direct = explanations(merged);
  const finding = (report: Report): Finding => toFinding(report, translate);

  const chains = new Map<Report, { report: Report; depth: number }[]>();
  for (const report of merged) {
    const { root, depth } = rootOf(report, direct);
    const chain = chains.get(root) ?? [];
    chains.set(root, chain);
    if (report !== root) chain.push({ report, depth });
  }
  const waiting = waitingPods(scene);
  const young = new Set(waiting.filter(({ isYoung }) => isYoung).map(({ pod }) => refKey(pod.ref)));
  for (const root of chains.keys()) if (isPremature(root, young)) chains.delete(root);
  const mine = subjectKeys(scene);
  const concerns = (root: Report): boolean =>
    [root, ...(chains.get(root) ?? []).map(({ report }) => report)].some((report) =>
      [...report.keys].some((key) => mine.has(key)),
    );
  const candidates = [...chains.keys()].filter((root) => concerns(root) && !isRemark(root, scene));
  const roots = candidates.filter((root) => !isOutweighed(root, candidates)).sort(byWeight(chains, scene));

  const rootCauses = roots.map(finding);
  const consequences = roots.flatMap((root, place) =>
    (chains.get(root) ?? [])
      .sort((a, b) => a.depth - b.depth || stepOf(a.report) - stepOf(b.report))
      .map(({ report }): Consequence => ({ ...finding(report), causedBy: root.mode.id, rootCause: place })),
  );
  const alsoSeen = [...chains.keys()]
    .filter((root) => !roots.includes(root))
    .map(finding)
    .sort(bySeverity);
  const answer = [...roots, ...roots.flatMap((root) => (chains.get(root) ?? []).map(({ report }) => report))];
  const failed = new Set(answer.map(({ mode }) => mode.step));
  // A bare symptom names the pod and explains nothing.
  const answered = new Set(answer.filter(({ mode }) => !mode.symptom).flatMap(({ keys }) => [...keys]));
  const unanswered = waiting.filter(
    ({ pod }) => scene.subjectPods.has(pod) && !answered.has(refKey(pod.ref)),
  );
  const { probe } = index.observed;
  const tests = probeReport(scene, translate);
  return {
    subject: scene.subject,
    at,
    rootCauses,
    consequences,
    healthy: [
      ...healthyFacts(scene, failed, say),
      ...(roots.length === 0 ? probeHealthy(scene, translate) : []),
    ],
    notChecked: [
      ...probeGaps(scene, probe?.kind === 'refused' ? probe.refusal : undefined, translate),
      ...probeUnexplained(scene, [...rootCauses, ...consequences, ...alsoSeen], translate),
      ...waitingNotes(scene, unanswered, say),
      ...collectGaps(scene, index, notes, say, roots.length > 0),
    ],
    alsoSeen,
    steps: describeSteps(scene, failed, unanswered, say),
    ...(tests ? { probe: tests } : {}),
  };
}

/** Runs every mode behind a guard: one that throws silences only itself. */
function runModes(
  scene: Scene,
  modes: readonly FailureMode[],
  say: Say,
): { reports: Report[]; notes: NotCheckedNote[] } {
  const reports: Report[] = [];
  const notes: NotCheckedNote[] = [];
  for (const mode of modes) {
    const own: Report[] = [];
    try {
      mode.detect(scene, {
        report: (message, guilty, details) => {
          const keys = new Set([guilty, ...(details.affects ?? [])].map(({ ref }) => refKey(ref)));
          own.push({ mode, message, guilty, details, keys });
        },
        notChecked: (check, kind, namespace) =>
          notes.push({ check, kind, ...(namespace ? { namespace } : {}) }),
      });
      reports.push(...own);
    } catch (error) {
      notes.push({
        check: say('checkMode', { id: mode.id }),
        kind: `mode ${mode.id}`,
        reason: 'not-evaluated',
        detail: say('modeFailed', { error: error instanceof Error ? error.message : String(error) }),
      });
    }
  }
  return { reports, notes };
}

function toFinding({ mode, message, guilty, details }: Report, translate: Translate): Finding {
  const template = mode.messages[message] ?? message;
  return {
    id: mode.id,
    severity: details.severity ?? mode.severity,
    confidence: details.confidence ?? mode.confidence,
    object: guilty.ref,
    ...(details.path ? { path: formatPath(details.path) } : {}),
    message: fillTemplate(translate(template), details.data ?? {}),
    evidence: details.evidence,
    case: mode.case,
    fixes: [],
    ...(details.commands?.length ? { commands: [...details.commands] } : {}),
  };
}

/** Remarks are never a verdict, unless they are sure and about the subject itself (an autoscaler at its maximum). */
function isRemark({ mode, details, guilty }: Report, scene: Scene): boolean {
  const severity = details.severity ?? mode.severity;
  if (severity === 'hint') return true;
  if (severity !== 'info') return false;
  return guilty.object !== scene.object?.object || (details.confidence ?? mode.confidence) === 'hint';
}

/** A hint is no verdict beside something that is known about the same objects and may be behind it. */
function isOutweighed(root: Report, roots: readonly Report[]): boolean {
  if ((root.details.confidence ?? root.mode.confidence) !== 'hint') return false;
  return roots.some(
    (other) =>
      other !== root &&
      (other.details.confidence ?? other.mode.confidence) !== 'hint' &&
      mayBeBehind(other, root) &&
      [...root.keys].some((key) => other.keys.has(key)),
  );
}

/** The verdict is what explains most: severity, then the length of the chain, then certainty, then the ladder. */
function byWeight(
  chains: ReadonlyMap<Report, readonly unknown[]>,
  scene: Scene,
): (a: Report, b: Report) => number {
  const subject = scene.object ? refKey(scene.object.ref) : '';
  const far = (report: Report): number => (report.keys.has(subject) ? 0 : 1);
  return (a, b) =>
    bySeverity(
      { severity: a.details.severity ?? a.mode.severity },
      { severity: b.details.severity ?? b.mode.severity },
    ) ||
    (chains.get(b)?.length ?? 0) - (chains.get(a)?.length ?? 0) ||
    CONFIDENCE[a.details.confidence ?? a.mode.confidence] -
      CONFIDENCE[b.details.confidence ?? b.mode.confidence] ||
    far(a) - far(b) ||
    stepOf(a) - stepOf(b);
}

const stepOf = ({ mode }: Report): number => STEPS.indexOf(mode.step);
