/** The answer of a diagnosis: what the command line prints as JSON and the editor draws. */
import type { Finding } from '../finding.ts';
import type { ProbeOutcome } from '../probe/check.ts';
import type { GapReason, Subject } from './observed.ts';

/** The ladder's steps, in the order a pod climbs them. */
export const STEPS = [
  'exists',
  'node',
  'scheduled',
  'volumes',
  'sandbox',
  'image',
  'configured',
  'started',
  'running',
  'probes',
  'service',
  'ingress',
  'policy',
  'dns',
  'controller',
] as const;
export type Step = (typeof STEPS)[number];

export type StepOutcome = 'passed' | 'failed' | 'not-checked' | 'not-reached';

export interface StepResult {
  step: Step;
  outcome: StepOutcome;
  /** One short fact: `3/3 containers ready`, or why it was not checked. */
  detail?: string;
}

export interface NotChecked {
  /** What was not checked, for a person: `Secrets of namespace pay`. */
  check: string;
  /** `still-starting`: too young to say; `unexplained`: not ready, and nothing that was read says why. */
  reason: GapReason | 'still-starting' | 'unexplained';
  detail: string;
  /** The moment by the cluster's clock at which the question has an answer, RFC 3339. */
  askAgainAt?: string;
}

export interface Consequence extends Finding {
  /** Id of the root cause. */
  causedBy: string;
  /** Its place in `rootCauses`, which tells two causes of one id apart. */
  rootCause: number;
}

export interface DiagnosisReport {
  subject: Subject;
  /** The cluster's time of the observation, RFC 3339. */
  at: string;
  /** Ranked; the first is the verdict. Empty: nothing wrong was found. */
  rootCauses: Finding[];
  /** In the order of the chain; each names in `causedBy` the root cause that explains it. */
  consequences: Consequence[];
  /** What was looked at and found in order, one line each. */
  healthy: string[];
  notChecked: NotChecked[];
  /** Problems nearby that do not explain the subject's state. */
  alsoSeen: Finding[];
  steps: StepResult[];
  /** What an active test tried, when one was made. */
  probe?: ProbeReport;
}

export interface ProbeReport {
  /** `Pod shop/web-1`; for a pod that was made for the test, its name then. */
  from: string;
  node?: string;
  /** True when the pod was made for the test, and deleted after it. */
  made: boolean;
  at: string;
  tests: ProbeRow[];
}

export interface ProbeRow {
  /** What was tried, a sentence without its end: `connect to Service ledger at 10.96.7.7:80`. */
  test: string;
  outcome: ProbeOutcome;
  /** The tool's own words. */
  text: string;
}
