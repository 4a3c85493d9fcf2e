import type { Expectation } from './fault.ts';

/** What this runner reads of a diagnosis in JSON. */
export interface Diagnosis {
  rootCauses: {
    id: string;
    confidence: string;
    object: { kind: string; namespace?: string; name: string };
    path?: string;
    evidence: { source: string; path?: string; text: string }[];
  }[];
  notChecked: { check: string; reason: string; detail: string }[];
  probe?: { tests: { test: string; outcome: string; text: string }[] };
}

/** Why a diagnosis is not the one that a fault expects; undefined when it is. */
export function mistake(expected: Expectation, diagnosis: Diagnosis): string | undefined {
  const found = diagnosis.rootCauses.map((cause) => `${cause.id} on ${refOf(cause.object)}`);
  const said = found.length > 0 ? found.join(', ') : 'nothing';
  const missing = expected.notChecked?.find((pattern) => !diagnosis.notChecked.some(says(pattern)));
  if (missing !== undefined) return `expected "${missing}" among what was not checked`;
  if (expected.root === null) return found.length > 0 ? `expected nothing, got ${said}` : undefined;

  const [first] = diagnosis.rootCauses;
  const objects = [expected.object ?? []].flat();
  if (first?.id !== expected.root) return `expected ${expected.root}, got ${said}`;
  if (objects.length > 0 && !objects.some((pattern) => matchesPattern(pattern, refOf(first.object)))) {
    return `expected ${expected.root} on ${objects.join(' or ')}, got ${said}`;
  }
  if (expected.path !== undefined && !first.path?.includes(expected.path))
    return `expected ${expected.root} at ${expected.path}, got ${first.path ?? 'no path'}`;
  if (expected.confidence && first.confidence !== expected.confidence)
    return `expected ${expected.root} to be ${expected.confidence}, it is ${first.confidence}`;
  const quoted = first.evidence.map(({ source, path, text }) => `${source} ${path ?? ''} ${text}`);
  if (expected.evidence && !quoted.some((line) => new RegExp(expected.evidence ?? '').test(line)))
    return `expected evidence like ${expected.evidence}, got ${quoted.join(' | ')}`;
  const forbidden = diagnosis.rootCauses.find((cause) => expected.not?.includes(cause.id));
  return forbidden ? `${forbidden.id} must not be named as a cause, got ${said}` : undefined;
}

const says =
  (pattern: string) =>
  ({ check, reason, detail }: Diagnosis['notChecked'][number]): boolean =>
    new RegExp(pattern).test(`${check}: ${reason}: ${detail}`);

const refOf = (object: Diagnosis['rootCauses'][number]['object']): string =>
  [object.kind, object.namespace, object.name].filter(Boolean).join('/');

const matchesPattern = (pattern: string, ref: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(ref);
