/** Which object a selector that matches nothing was meant for, and by which labels it misses it. */
import { nearest } from '../nearest.ts';
import type { Labels } from './selector.ts';

export interface LabelDifference {
  key: string;
  wanted: string;
  /** What the object has under that key, when it has it. */
  has: string | undefined;
}

export interface NearMiss<T> {
  target: T;
  differences: LabelDifference[];
}

/** Labels that controllers give to pods at run time: no manifest has them. */
export const RUNTIME_LABELS: readonly string[] = [
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/controller-uid',
  'job-name',
  'controller-uid',
  'pod-template-hash',
  'controller-revision-hash',
];

/** Weights: an equal label says more than one that is close, and that more than a name. */
const EQUAL = 4;
const CLOSE = 2;
const NAME = 1;

/**
 * The candidate whose labels come closest: by equal labels, by values that look like a slip, by a name that the
 * selector or its owner also has. Undefined when nothing speaks for one of them.
 */
export function nearestByLabels<T>(
  selector: Labels,
  candidates: Iterable<T>,
  of: (candidate: T) => { labels: Labels | undefined; name: string },
  ownerName: string,
): NearMiss<T> | undefined {
  let best: NearMiss<T> | undefined;
  let bestScore = 0;
  for (const target of candidates) {
    const { labels = {}, name } = of(target);
    let score = name === ownerName || Object.values(selector).includes(name) ? NAME : 0;
    const differences: LabelDifference[] = [];
    for (const [key, wanted] of Object.entries(selector)) {
      const has = labels[key];
      if (has === wanted) score += EQUAL;
      else {
        differences.push({ key, wanted, has });
        // Labels of kinds without a schema may be anything.
        if (typeof wanted === 'string' && typeof has === 'string' && looksLike(wanted, has)) score += CLOSE;
      }
    }
    if (score < bestScore || score === 0 || differences.length === 0) continue;
    // Two that are equally close say nothing about which was meant.
    best = score === bestScore ? undefined : { target, differences };
    bestScore = score;
  }
  return best;
}

const looksLike = (wanted: string, has: string): boolean =>
  nearest(wanted, [has]) !== undefined ||
  (wanted.length >= 3 && has.length >= 3 && (wanted.startsWith(has) || has.startsWith(wanted)));
