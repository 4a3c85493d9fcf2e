/** The rows of the Cluster view, and which object each stands for. */
import type { ObjectRef } from '../../../server/src/core/kube/ref.ts';
import type { Failure, PodRow, WorkloadRow } from '../../../server/src/protocol.ts';
import type { NodeRow } from './model.ts';

export type ClusterRow =
  | { kind: 'workload'; row: WorkloadRow }
  | { kind: 'quiet'; rows: WorkloadRow[] }
  | { kind: 'pod'; row: PodRow }
  | { kind: 'more'; workload: WorkloadRow; rest: number }
  | { kind: 'nodes' }
  | { kind: 'node'; row: NodeRow }
  | { kind: 'failure'; failure: Failure }
  | { kind: 'action'; failure: Failure };

/** The object of a row, when it stands for one. */
export function objectOf(row: ClusterRow): ObjectRef | undefined {
  return row.kind === 'workload' || row.kind === 'pod' || row.kind === 'node' ? row.row.ref : undefined;
}

export const isClusterRow = (value: unknown): value is ClusterRow =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  ['workload', 'pod', 'node'].includes(String(value.kind)) &&
  'row' in value;
