/** What a failure mode is. */
import type { Confidence, Evidence, MessageData, Severity } from '../finding.ts';
import type { Resource } from '../kube/store.ts';
import type { Path } from '../path.ts';
import type { Step } from './report.ts';
import type { Scene } from './scene.ts';

export interface ModeReport {
  data?: MessageData;
  /** Where in the guilty object. */
  path?: Path;
  evidence: Evidence[];
  confidence?: Confidence;
  severity?: Severity;
  /** Pods, Services or nodes that suffer from it, besides the guilty object; dominance works along these. */
  affects?: readonly Resource[];
  /** Commands for a terminal. Names in them come from validated objects. */
  commands?: string[];
}

export interface ModeContext<M extends string = string> {
  /** Says: this is wrong, and this object is guilty. */
  report(message: M, guilty: Resource, details: ModeReport): void;
  /** Says: this could not be decided, because this was not there to be read. */
  notChecked(check: string, kind: string, namespace?: string): void;
}

export interface FailureMode<M extends string = string> {
  id: string;
  /** The step of the ladder where it stops the subject. An earlier failing step explains later ones. */
  step: Step;
  severity: Severity;
  /** What the signal proves alone. */
  confidence: Confidence;
  case: string;
  /**
   * True for signs that always have a reason of their own (CrashLoopBackOff, not ready): never a root
   * cause beside another finding of the same pod.
   */
  symptom?: boolean;
  /** Ids of later or remote modes that this one explains where `affects` meets their object, e.g. blocked DNS → failing readiness. */
  explains?: readonly string[];
  messages: Record<M, string>;
  detect(scene: Scene, context: ModeContext<M>): void;
}

/** Declares a mode; message ids are checked where it is written. */
export const defineMode = <M extends string>(mode: FailureMode<M>): FailureMode =>
  mode as unknown as FailureMode;
