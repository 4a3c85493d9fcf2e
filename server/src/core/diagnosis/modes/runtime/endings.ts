/** How containers end: one mode for each row of the table, and the sign that they keep ending. */
import { ageOf, crashing, remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import {
  describeCommand,
  endedEvidence,
  endedLogEvidence,
  logCommand,
  waitingEvidence,
} from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';

import { commandField, type Ending, type Row } from './endingRow.ts';
import { ROWS } from './endingRows.ts';

function endings(scene: Scene): Ending[] {
  return remember(scene, 'endings', () =>
    crashing(scene).flatMap((fact) => {
      if (!fact.ended) return [];
      const ended = fact.ended;
      return [{ fact, ended, row: ROWS.find(({ when }) => when(ended, fact, scene)) }];
    }),
  );
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: row.step,
    severity: 'error',
    confidence: row.confidence,
    case: row.case,
    messages: { ended: row.message, better: row.better?.message ?? row.message },
    detect(scene, { report, notChecked }) {
      for (const ending of endings(scene)) {
        if (ending.row !== row) continue;
        const { fact } = ending;
        const log = endedLogEvidence(scene, fact);
        if (row.withLog && log.length === 0)
          notChecked(`${fact.pod.ref.name}/${fact.name}`, 'logs', fact.pod.ref.namespace);
        const { guilty, path } = declared(scene, fact.pod, [
          ...fact.path,
          ...((typeof row.field === 'function' ? row.field(ending) : row.field) ?? commandField(fact)),
        ]);
        report(row.better?.when(ending, scene) ? 'better' : 'ended', guilty, {
          data: {
            container: fact.name,
            workload: nameOf(topOwner(scene, fact.pod)),
            namespace: fact.pod.ref.namespace,
            node: fact.pod.object.spec?.nodeName,
            code: ending.ended.exitCode,
            ...row.data?.(ending, scene),
          },
          path,
          ...(row.withLog && log.length > 0 ? { confidence: row.withLog } : {}),
          evidence: [...endedEvidence(fact), ...(row.evidence?.(ending, scene) ?? []), ...log],
          affects: [fact.pod],
          commands: [...logCommand(fact), ...describeCommand(fact.pod.ref)],
        });
      }
    },
  });

/** A sign that always has a reason of its own: the kubelet waits before it starts the container again. */
const crashLoop = defineMode({
  id: 'crash-loop-backoff',
  step: 'running',
  severity: 'error',
  confidence: 'hint',
  case: 'app-crash',
  symptom: true,
  messages: {
    waiting:
      'Container {container} of {workload} is in CrashLoopBackOff: {restarts} {restarts:restart|restarts}, the last {age} ago.',
  },
  detect(scene, { report }) {
    for (const fact of crashing(scene)) {
      if (fact.waiting !== 'CrashLoopBackOff') continue;
      const { guilty, path } = declared(scene, fact.pod, fact.path);
      report('waiting', guilty, {
        data: {
          container: fact.name,
          workload: nameOf(topOwner(scene, fact.pod)),
          restarts: fact.status?.restartCount,
          age: `${Math.round(ageOf(scene.now, fact.ended?.finishedAt) / 1000)} s`,
        },
        path,
        evidence: waitingEvidence(fact),
        affects: [fact.pod],
        commands: logCommand(fact),
      });
    }
  },
});

const MODES = ROWS.map(modeOf);
const isSubPath = ({ id }: FailureMode): boolean => id === 'subpath-failure';

/** One mode for each ending but the subPath, which also shows at creation: see subpathFailure.ts. */
export const endingModes: readonly FailureMode[] = [...MODES.filter((mode) => !isSubPath(mode)), crashLoop];
export const subPathAtStart: readonly FailureMode[] = MODES.filter(isSubPath);
