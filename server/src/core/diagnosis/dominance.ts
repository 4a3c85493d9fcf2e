/** Causes absorb their consequences: which report explains which. */
import { refKey } from '../kube/ref.ts';
import type { Resource } from '../kube/store.ts';
import type { Path } from '../path.ts';
import type { FailureMode, ModeReport } from './mode.ts';
import { STEPS, type Step } from './report.ts';

/** What a mode reported, same faults of one template merged. */
export interface Report {
  mode: FailureMode;
  /** Message id. */
  message: string;
  guilty: Resource;
  details: ModeReport;
  /** Identities of the guilty object and of what suffers. */
  keys: Set<string>;
}

/** Steps a pod climbs one after the other: what fails early keeps the later ones from being tried. */
const POD_STEPS = STEPS.slice(0, STEPS.indexOf('probes') + 1);
const stepIndex = (step: Step): number => STEPS.indexOf(step);
/** How `refKey` begins for a pod: the core group has no name. */
const POD_KEY = '|Pod|';
/** Up to the sandbox a step is the whole pod's; from the image on, each container has its own. */
const FIRST_CONTAINER_STEP = stepIndex('image');

/** One fault of one template is one report, however many pods show it. */
export function mergeReports(reports: readonly Report[]): Report[] {
  const merged = new Map<string, Report>();
  for (const report of reports) {
    const { mode, guilty, details } = report;
    const key = `${mode.id}|${refKey(guilty.ref)}|${JSON.stringify(details.path ?? [])}`;
    const known = merged.get(key);
    if (!known) {
      merged.set(key, report);
      continue;
    }
    for (const identity of report.keys) known.keys.add(identity);
    const affects = [...(known.details.affects ?? []), ...(details.affects ?? [])];
    known.details = { ...known.details, affects: [...new Set(affects)] };
  }
  return [...merged.values()];
}

/** report → the one that explains it directly; absent for a root. */
export function explanations(reports: readonly Report[]): Map<Report, Report> {
  const direct = new Map<Report, Report>();
  for (const report of reports) {
    const candidates = reports.filter((other) => other !== report && explains(other, report));
    const best = candidates.sort(
      (a, b) =>
        Number(names(b, report)) - Number(names(a, report)) ||
        Number(a.mode.symptom ?? false) - Number(b.mode.symptom ?? false) ||
        stepIndex(a.mode.step) - stepIndex(b.mode.step),
    )[0];
    if (best) direct.set(report, best);
  }
  for (const report of reports) breakCycle(report, direct);
  return direct;
}

/** The root that a report's chain of explanations ends in, and how many links lie between. */
export function rootOf(report: Report, direct: ReadonlyMap<Report, Report>): { root: Report; depth: number } {
  let root = report;
  let depth = 0;
  for (let cause = direct.get(root); cause; cause = direct.get(root)) {
    root = cause;
    depth++;
  }
  return { root, depth };
}

function explains(cause: Report, effect: Report): boolean {
  if (isAside(cause) || !meet(cause, effect)) return false;
  if (names(cause, effect)) return true;
  if (names(effect, cause)) return false;
  const before = stepIndex(cause.mode.step) - stepIndex(effect.mode.step);
  const onPodLadder = POD_STEPS.includes(cause.mode.step);
  if (effect.mode.symptom) {
    if (!onPodLadder && cause.mode.step !== effect.mode.step)
      return before < 0 && cause.mode.symptom === true;
    return before < 0 || (before === 0 && !cause.mode.symptom);
  }
  if (cause.mode.symptom || !onPodLadder || !POD_STEPS.includes(effect.mode.step)) return false;
  // A template's two faults are no ladder: the steps are those of one pod.
  return before < 0 && sharePod(cause, effect) && sameContainer(cause, effect);
}

/**
 * Whether one fault may be behind another that nobody has explained. What a container did to itself has nothing to do
 * with another container, nor with a Service in front of the pod.
 */
export function mayBeBehind(cause: Report, effect: Report): boolean {
  if (!POD_STEPS.includes(effect.mode.step)) return true;
  return POD_STEPS.includes(cause.mode.step) && sameContainer(cause, effect);
}

/** Remarks and pure hints explain nothing. */
const isAside = ({ mode, details }: Report): boolean => {
  const severity = details.severity ?? mode.severity;
  return severity === 'info' || severity === 'hint';
};

const names = (cause: Report, effect: Report): boolean =>
  cause.mode.explains?.includes(effect.mode.id) ?? false;

function meet(a: Report, b: Report): boolean {
  const [small, large] = a.keys.size < b.keys.size ? [a.keys, b.keys] : [b.keys, a.keys];
  for (const key of small) if (large.has(key)) return true;
  return false;
}

const sharePod = (a: Report, b: Report): boolean =>
  [...a.keys].some((key) => key.startsWith(POD_KEY) && b.keys.has(key));

/** A container's trouble does not explain that of another container of the pod, unless it holds the whole pod up. */
function sameContainer(cause: Report, effect: Report): boolean {
  if (stepIndex(cause.mode.step) < FIRST_CONTAINER_STEP) return true;
  const a = containerIn(cause.details.path);
  const b = containerIn(effect.details.path);
  return a === undefined || b === undefined || a === b || a.startsWith('initContainers');
}

function containerIn(path: Path = []): string | undefined {
  const at = path.findIndex(
    (step) =>
      step === 'containers' ||
      step === 'initContainers' ||
      step === 'containerStatuses' ||
      step === 'initContainerStatuses',
  );
  if (at < 0) return undefined;
  return `${String(path[at]).replace('ainerStatuses', 'ainers')}/${path[at + 1]}`;
}

/** Two that explain each other would both vanish from the roots: the earlier step stays. */
function breakCycle(start: Report, direct: Map<Report, Report>): void {
  const seen: Report[] = [];
  for (let at: Report | undefined = start; at; at = direct.get(at)) {
    const loop = seen.indexOf(at);
    if (loop < 0) {
      seen.push(at);
      continue;
    }
    const earliest = seen
      .slice(loop)
      .sort(
        (a, b) =>
          Number(a.mode.symptom ?? false) - Number(b.mode.symptom ?? false) ||
          stepIndex(a.mode.step) - stepIndex(b.mode.step),
      )[0];
    if (earliest) direct.delete(earliest);
    return;
  }
}
