/** What a rule or a failure mode reports. Plain JSON: it crosses every process boundary unchanged. */
import type { ObjectRef } from './kube/ref.ts';

export type Severity = 'error' | 'warning' | 'info' | 'hint';
/** certain: the signal proves it alone. likely: right in most cases. hint: worth a look, never a verdict. */
export type Confidence = 'certain' | 'likely' | 'hint';

/** A fact quoted exactly, with where it was read. */
export interface Evidence {
  /** Where it was read, for a person: `Event`, `Log app`, `Pod pay/ledger-0`, `NetworkPolicy pay/deny`. */
  source: string;
  /** Path inside the source object, when it is one. */
  path?: string;
  /** The quoted fact, as the cluster or the file has it. */
  text: string;
  /** When it was seen, RFC 3339, in the cluster's time. */
  at?: string;
}

/** One replacement of text. Offsets count UTF-16 units in the original text of `file`. */
export interface TextEdit {
  file: string;
  start: number;
  end: number;
  text: string;
}

export interface Fix {
  /** Imperative, says what it writes: "Use port name http-api". */
  title: string;
  /** Safe fixes keep the meaning or restore the only legal one; they take part in fix-all. */
  safe: boolean;
  edits: TextEdit[];
}

/** Another place that belongs to the finding, in a manifest. */
export interface Related {
  message: string;
  object: ObjectRef;
  path?: string;
  file: string;
  start: number;
  end: number;
}

export interface Finding {
  /** Rule or failure-mode id, kebab-case. */
  id: string;
  severity: Severity;
  confidence: Confidence;
  object: ObjectRef;
  /** Where in the object: `spec.ports[0].targetPort`. */
  path?: string;
  message: string;
  evidence: Evidence[];
  /** Id of the case that explains it. */
  case: string;
  fixes: Fix[];
  related?: Related[];
  /** The manifest that declares the object, when there is one, and the offsets of the smallest wrong text in it. */
  file?: string;
  start?: number;
  end?: number;
  /** 1-based position of `start` and `end`, filled in at the edge that prints it. */
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
  /** Next commands worth running, for a terminal; names in them are validated. */
  commands?: string[];
}

const RANK: Record<Severity, number> = { error: 0, warning: 1, info: 2, hint: 3 };

/** True when `severity` is at least as bad as `threshold`. */
export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  RANK[severity] <= RANK[threshold];

export const bySeverity = (a: { severity: Severity }, b: { severity: Severity }): number =>
  RANK[a.severity] - RANK[b.severity];

/** Turns a message template into its translation; identity for English. */
export type Translate = (template: string) => string;

export type MessageData = Record<string, string | number | undefined>;

const PLACE = /\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g;

/**
 * Fills `{name}` places of a message template. `nothing` stands where a value is absent or empty.
 * `{count:pod|pods}` is the first word when `count` is one and the second otherwise: languages without such forms
 * leave it out.
 */
export function fillTemplate(template: string, data: MessageData, nothing = ''): string {
  return template.replace(PLACE, (_, key: string, one?: string, other?: string) => {
    const value = String(data[key] ?? '');
    if (one === undefined || other === undefined) return value || nothing;
    return value === '1' ? one : other;
  });
}
