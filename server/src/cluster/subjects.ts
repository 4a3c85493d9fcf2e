/** Objects of other kinds than pods and workloads as a picker shows them. */
import type { KubeObject } from '../core/kube/object.ts';
import type { ObjectRef } from '../core/kube/ref.ts';
import { refOf } from '../core/kube/store.ts';
import type { Job, KubeNode, PersistentVolumeClaim, Service } from '../core/kube/types.ts';
import type { Health } from '../protocol.ts';

export interface SubjectRow {
  ref: ObjectRef;
  health: Health;
  /** In the API's own words. */
  status: string;
}

type State = Pick<SubjectRow, 'health' | 'status'>;

const STATES: Record<string, (object: KubeObject) => State> = {
  Node: (object) => {
    const { spec, status } = object as KubeNode;
    const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    const pressure = status?.conditions?.find(({ type, status }) => type !== 'Ready' && status === 'True');
    const cordoned = spec?.unschedulable ? ',SchedulingDisabled' : '';
    if (ready !== 'True')
      return { health: ready === 'Unknown' ? 'unknown' : 'failing', status: `NotReady${cordoned}` };
    if (pressure) return { health: 'warning', status: `Ready${cordoned},${pressure.type}` };
    return { health: cordoned ? 'warning' : 'healthy', status: `Ready${cordoned}` };
  },
  PersistentVolumeClaim: (object) => {
    const phase = (object as PersistentVolumeClaim).status?.phase ?? 'Pending';
    return {
      health: phase === 'Bound' ? 'healthy' : phase === 'Lost' ? 'failing' : 'warning',
      status: phase,
    };
  },
  Service: (object) => ({ health: 'unknown', status: (object as Service).spec?.type ?? 'ClusterIP' }),
  Job: (object) => {
    const done = (object as Job).status?.conditions?.find(({ status }) => status === 'True')?.type ?? '';
    return {
      health: done === 'Failed' ? 'failing' : done === 'Complete' ? 'finished' : 'progressing',
      status: done,
    };
  },
};

/** What its status alone tells; kinds without one are neither well nor ill. */
export const subjectRow = (object: KubeObject): SubjectRow => ({
  ref: refOf(object),
  ...(STATES[object.kind]?.(object) ?? { health: 'unknown', status: '' }),
});
