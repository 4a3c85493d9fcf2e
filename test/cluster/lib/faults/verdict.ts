import type { Expectation } from './fault.ts';

/** What this runner reads of a finding in JSON. */
interface Cause {
  id: string;
  confidence: string;
  object: { kind: string; namespace?: string; name: string };
  path?: string;
  message: string;
  evidence: { source: string; path?: string; text: string }[];
}

/** What it reads of a diagnosis. */
export interface Diagnosis {
  rootCauses: Cause[];
  consequences: { id: string; message: string; rootCause: number }[];
  alsoSeen: { id: string; message: string }[];
  notChecked: { check: string; reason: string; detail: string }[];
  probe?: { tests: { test: string; outcome: string; text: string }[] };
}

/** Why a diagnosis is not the one that a fault expects; undefined when it is. */
export function mistake(expected: Expectation, diagnosis: Diagnosis): string | undefined {
  const found = diagnosis.rootCauses.map((cause) => `${cause.id} on ${refOf(cause.object)}`);
  const said = found.length > 0 ? found.join(', ') : 'nothing';
  const missing = expected.notChecked?.find((pattern) => !diagnosis.notChecked.some(says(pattern)));
  if (missing !== undefined) return `expected "${missing}" among what was not checked`;
  if (expected.root === null)
    return found.length > 0 ? `expected nothing, got ${said}` : unsaidBy(expected, diagnosis);

  const [first] = diagnosis.rootCauses;
  if (first?.id !== expected.root) return `expected ${expected.root}, got ${said}`;
  const forbidden = diagnosis.rootCauses.find((cause) => expected.not?.includes(cause.id));
  if (forbidden) return `${forbidden.id} must not be named as a cause, got ${said}`;
  return flawOf(expected, first) ?? missingFrom(expected, diagnosis) ?? unsaidBy(expected, diagnosis);
}

/** What is said otherwise about the right cause. */
function flawOf(expected: Expectation, cause: Cause): string | undefined {
  const { root, path, message, confidence, evidence } = expected;
  const objects = [expected.object ?? []].flat();
  if (objects.length > 0 && !objects.some((pattern) => reads(pattern, refOf(cause.object))))
    return `expected ${root} on ${objects.join(' or ')}, got ${refOf(cause.object)}`;
  if (path !== undefined && !reads(path, cause.path ?? ''))
    return `expected ${root} at ${path || 'no path'}, got ${cause.path ?? 'no path'}`;
  if (message !== undefined && !reads(message, cause.message))
    return `expected "${message}", got "${cause.message}"`;
  if (confidence !== undefined && cause.confidence !== confidence)
    return `expected ${root} to be ${confidence}, it is ${cause.confidence}`;
  const quoted = cause.evidence.map(({ source, path: at, text }) => `${source} ${at ?? ''} ${text}`);
  if (evidence !== undefined && !quoted.some((line) => new RegExp(evidence).test(line)))
    return `expected evidence like ${evidence}, got ${quoted.join(' | ')}`;
  return undefined;
}

/** The first consequence that the right cause should explain and does not. */
function missingFrom({ leadsTo = {} }: Expectation, { consequences }: Diagnosis): string | undefined {
  const explained = consequences.filter(({ rootCause }) => rootCause === 0);
  const missing = Object.entries(leadsTo).find(
    ([mode, message]) => !explained.some((found) => found.id === mode && reads(message, found.message)),
  );
  if (!missing) return undefined;
  const got = explained.map(({ id, message }) => `${id} "${message}"`).join(', ');
  return `expected it to lead to ${missing[0]} "${missing[1]}", got ${got || 'nothing'}`;
}

/** The first further cause or remark that should be there and is not. */
function unsaidBy({ also = {} }: Expectation, { rootCauses, alsoSeen }: Diagnosis): string | undefined {
  const others = [...rootCauses.slice(1), ...alsoSeen];
  const missing = Object.entries(also).find(
    ([mode, message]) => !others.some((found) => found.id === mode && reads(message, found.message)),
  );
  if (!missing) return undefined;
  const got = others.map(({ id, message }) => `${id} "${message}"`).join(', ');
  return `expected also ${missing[0]} "${missing[1]}", got ${got || 'nothing'}`;
}

const says =
  (pattern: string) =>
  ({ check, reason, detail }: Diagnosis['notChecked'][number]): boolean =>
    new RegExp(pattern).test(`${check}: ${reason}: ${detail}`);

const refOf = (object: Diagnosis['rootCauses'][number]['object']): string =>
  [object.kind, object.namespace, object.name].filter(Boolean).join('/');

/** Whether a text is the expected one; what * and ** stand for says `Expectation`. */
const reads = (expected: string, text: string): boolean =>
  new RegExp(`^${expected.split(/(\*+)/).map(patternOf).join('')}$`).test(text);

const DRAWN: Record<string, string> = { '*': '\\S+', '**': '.+' };
const patternOf = (part: string): string => DRAWN[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
