/** What the report page shows, as plain words: made here, drawn by media/pages/report.js with textContent only. */

import type { ReportState } from './state.ts';

export interface ReportPage {
  title: string;
  subtitle: string;
  /** Exact time, on hover. */
  at: string;
  /** Warning tint and word for a production context. */
  production: string;
  status: { kind: ReportState['phase']; text: string; detail: string };
  actions: Button[];
  sections: Section[];
}

/** `id` and `index` name what the editor does; the page never sends anything else. */
export interface Button {
  id: Action;
  index?: number;
  second?: number;
  label: string;
  title?: string;
  primary?: boolean;
}

export const ACTIONS = [
  'run',
  'cancel',
  'copy',
  'save',
  'case',
  'manifest',
  'fix',
  'copyCommand',
  'runCommand',
  'copyRole',
  'failure',
  'probe',
] as const;
export type Action = (typeof ACTIONS)[number];

export type Section = { id: string; heading: string; folded?: boolean } & (
  | { kind: 'causes'; causes: CauseBox[] }
  | { kind: 'text'; text: string }
  | { kind: 'chains'; chains: string[][] }
  | { kind: 'evidence'; rows: EvidenceRow[] }
  | { kind: 'path'; steps: PathStep[] }
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'commands'; rows: { command: string; buttons: Button[] }[] }
);

export interface CauseBox {
  severity: string;
  message: string;
  confidence: string;
  confidenceWhy: string;
  place: string;
  manifest?: Button;
  buttons: Button[];
}

export interface EvidenceRow {
  source: string;
  place: string;
  text: string;
  age: string;
  at: string;
}

export interface PathStep {
  sign: string;
  name: string;
  outcome: 'passed' | 'failed' | 'not-checked' | 'not-reached';
  spoken: string;
  detail: string;
}

export interface Row {
  text: string;
  detail: string;
  /** True when `detail` came from the cluster: shown quoted, in monospace. */
  quoted?: boolean;
  buttons?: Button[];
}

export type ReportMessage = { id: Action; index: number; second: number };

/** Checks what the page sends. Anything unexpected gives undefined. */
export function readReportMessage(data: unknown): ReportMessage | { id: 'ready' } | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { id, index = 0, second = 0 } = data as Record<string, unknown>;
  if (id === 'ready') return { id };
  const action = ACTIONS.find((each) => each === id);
  if (!action || !isIndex(index) || !isIndex(second)) return undefined;
  return { id: action, index, second };
}

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
