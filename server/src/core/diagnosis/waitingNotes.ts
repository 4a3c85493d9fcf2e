/** What the answer says about pods that are not ready and that no finding explains. */
import type { Say } from './diagnose.ts';
import type { Report } from './dominance.ts';
import { formatAge } from './ladder.ts';
import type { NotChecked } from './report.ts';
import type { Scene } from './scene.ts';
import type { Waiting } from './starting.ts';

/** Kinds of subjects that are asked about for their own sake, not for their pods'. */
const ALONE = new Set(['Node', 'HorizontalPodAutoscaler', 'PersistentVolumeClaim', 'ConfigMap', 'Secret']);
/** More pods than this in one state are counted, not named. */
const MAX_NAMED = 10;
/** Where the kubelet tells when it is done, there is no need to wait for its limit. */
const OPEN_WAIT = 30_000;
/** Symptoms that every start shows. */
const START_STEPS = new Set(['probes', 'service', 'ingress']);

/**
 * True for a bare symptom (not ready, no endpoints) all of whose pods are still on their way up: it has no cause, and
 * says nothing yet.
 */
export function isPremature(root: Report, young: ReadonlySet<string>): boolean {
  if (!root.mode.symptom || !START_STEPS.has(root.mode.step)) return false;
  const pods = [...root.keys].filter((key) => key.startsWith('|Pod|'));
  return pods.length > 0 && pods.every((key) => young.has(key));
}

/** One note for each pod of the subject that is not ready and is in no report of the answer (`open`). */
export function waitingNotes(scene: Scene, open: readonly Waiting[], say: Say): NotChecked[] {
  if (ALONE.has(scene.subject.kind)) return [];
  const notes = open.slice(0, MAX_NAMED).map((each) => noteOf(scene, each, say));
  const rest = open.slice(MAX_NAMED);
  const [first] = rest;
  if (first) notes.push({ ...noteOf(scene, first, say), check: say('checkPods', { count: rest.length }) });
  return notes;
}

function noteOf(scene: Scene, { pod, stage, isYoung }: Waiting, say: Say): NotChecked {
  const check = say('checkPod', { name: pod.ref.name });
  const what = say(stage.message, stage.data);
  if (!isYoung || stage.until === undefined)
    return { check, reason: 'unexplained', detail: say('unexplained', { what }) };
  const ask = stage.open ? Math.min(stage.until, scene.now + OPEN_WAIT) : stage.until;
  return {
    check,
    reason: 'still-starting',
    detail: say(stage.open ? 'stillStartingOpen' : 'stillStarting', {
      what,
      time: isoOf(stage.until),
      wait: formatAge(ask - scene.now),
    }),
    askAgainAt: isoOf(ask),
  };
}

const isoOf = (time: number): string =>
  new Date(Math.ceil(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
