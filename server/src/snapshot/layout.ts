/** Names and notes of a snapshot folder. */
import type { Gap } from '../core/diagnosis/observed.ts';

export const NOTES_FILE = 'snapshot.yaml';
export const LOGS_FOLDER = 'logs';
export const STATS_FOLDER = 'stats';
export const OBJECTS_FOLDER = 'objects';

/** `snapshot.yaml`. Only `capturedAt` is expected of hand-made ones. */
export interface SnapshotNotes {
  /** RFC 3339; "now" of every diagnosis from this snapshot. */
  capturedAt?: string;
  serverVersion?: string;
  /** What was read whole: a kind that is named here and has no objects has none in the cluster either. */
  collected?: {
    namespaces?: string[];
    /** Kinds read in each of those namespaces. */
    namespaced?: string[];
    /** Kinds read for the whole cluster. */
    cluster?: string[];
    /** Nodes whose running pods of all namespaces are there. */
    wholeNodes?: string[];
    /** `Kind/namespace/name`: only what the diagnosis of this object reads is there, of all else a part. */
    for?: string;
  };
  /** What could not be read when it was made. */
  gaps?: Gap[];
}
