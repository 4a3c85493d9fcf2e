/** What a diagnosis looks at: a cluster or a snapshot at one moment, as plain data. */
import type { KubeObject } from '../kube/object.ts';
import type { ObjectRef } from '../kube/ref.ts';
import type { ProbeRefusal, ProbeRun } from '../probe/check.ts';

/** Why something was not checked. */
export type GapReason =
  | 'forbidden'
  | 'timed-out'
  | 'not-in-snapshot'
  | 'unavailable'
  | 'not-evaluated'
  | 'evidence-expired';

/** The namespace of a gap in a question about all namespaces. */
export const EVERYWHERE = '*';

/** Something that was asked for and not obtained. "Not checked" is never shown as healthy. */
export interface Gap {
  /** Kind of the objects, or `logs`, `stats`. */
  kind: string;
  namespace?: string;
  name?: string;
  reason: GapReason;
  /** The server's own sentence, or what would give it: `needs list pods`. */
  detail: string;
}

export interface LogExcerpt {
  namespace: string;
  pod: string;
  container: string;
  previous: boolean;
  /** The last lines, oldest first. */
  text: string;
}

/** The parts of the kubelet's summary that modes read (https://pkg.go.dev/k8s.io/kubelet/pkg/apis/stats/v1alpha1#Summary). */
export interface KubeletStats {
  node: {
    nodeName: string;
    fs?: FsStats;
    runtime?: { imageFs?: FsStats };
    memory?: { availableBytes?: number };
    rlimit?: { maxpid?: number; curproc?: number };
  };
  pods?: {
    podRef: { name: string; namespace: string; uid: string };
    containers?: { name: string; memory?: { workingSetBytes?: number } }[];
    volume?: (FsStats & { name: string; pvcRef?: { name: string; namespace: string } })[];
  }[];
}

export interface FsStats {
  availableBytes?: number;
  capacityBytes?: number;
  usedBytes?: number;
  inodesFree?: number;
  inodes?: number;
}

export interface Observed {
  /** "Now" by the cluster's clock, RFC 3339. */
  now: string;
  serverVersion?: string;
  objects: KubeObject[];
  gaps: Gap[];
  logs: LogExcerpt[];
  /** Kubelet summaries by node name. */
  stats: Record<string, KubeletStats>;
  /** Nodes whose running pods of all namespaces were read; absent where that is not known, as in a snapshot made by other means. */
  wholeNodes?: string[];
  /** What an active test saw, or why one that was asked for was not made. */
  probe?: { kind: 'run'; run: ProbeRun } | { kind: 'refused'; refusal: ProbeRefusal };
}

/** What somebody wants to know about. */
export type Subject = Pick<ObjectRef, 'kind' | 'name'> & { namespace?: string };
