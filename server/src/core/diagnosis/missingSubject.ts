/** The answer about an object that is not there. */
import { isClusterScoped } from '../kube/object.ts';
import { DEFAULT_NAMESPACE } from '../kube/store.ts';
import { nearest } from '../nearest.ts';
import type { Say } from './diagnose.ts';
import { kubectl } from './evidence.ts';
import type { ObservedIndex } from './observedIndex.ts';
import { type DiagnosisReport, STEPS } from './report.ts';
import type { Scene } from './scene.ts';

/** Mode id and case of a subject that does not exist; the catalogue's name for "right name, wrong place". */
export const MISSING_MODE = { id: 'orphaned-or-wrong-context', case: 'object-not-found' } as const;

/** "Does not exist", with near names; or "not checked" when the subject's kind was not read. */
export function missingSubject(scene: Scene, { store, observed }: ObservedIndex, say: Say): DiagnosisReport {
  const { kind, name, namespace } = scene.subject;
  const gap = scene.gapOf(kind, namespace, name);
  const report: DiagnosisReport = {
    subject: scene.subject,
    at: observed.now,
    rootCauses: [],
    consequences: [],
    healthy: [],
    notChecked: [],
    alsoSeen: [],
    steps: STEPS.map((step) => ({ step, outcome: gap ? 'not-checked' : 'not-reached' })),
  };
  if (gap) {
    report.notChecked.push({
      check: say('subjectNotRead', { kind, name }),
      reason: gap.reason,
      detail: gap.detail,
    });
    return report;
  }
  const siblings = store.list(kind, namespace).map(({ ref }) => ref.name);
  const near = nearest(name, siblings);
  const elsewhere = store
    .list(kind)
    .filter(({ ref }) => ref.name === name)
    .map(({ ref }) => ref.namespace ?? '')
    .sort();
  const message = isClusterScoped(kind)
    ? say('missingCluster', { kind, name })
    : elsewhere.length > 0
      ? say('missingElsewhere', { kind, name, namespace, elsewhere: elsewhere.slice(0, 3).join(', ') })
      : near
        ? say('missingNear', { kind, name, namespace, near })
        : say('missing', { kind, name, namespace });
  const shown = near ? [near] : siblings.slice(0, 5);
  report.rootCauses.push({
    id: MISSING_MODE.id,
    case: MISSING_MODE.case,
    severity: 'error',
    confidence: 'certain',
    object: {
      apiVersion: store.list(kind)[0]?.ref.apiVersion ?? 'v1',
      kind,
      name,
      ...(isClusterScoped(kind) ? {} : { namespace: namespace ?? DEFAULT_NAMESPACE }),
    },
    message,
    evidence: shown.map((found) => ({ source: kind, text: found })),
    fixes: [],
    commands: kubectl(namespace, 'get', kind.toLowerCase()),
  });
  report.steps = STEPS.map((step, at) => ({ step, outcome: at === 0 ? 'failed' : 'not-reached' }));
  return report;
}
