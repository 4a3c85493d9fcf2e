import type { KubeObject } from '../../../kube/object.ts';
import { portPlaces } from '../../../kube/portPlaces.ts';
import { containersOf } from '../../../kube/workload.ts';
import type { Path } from '../../../path.ts';
import type { EditOp } from '../../../yaml/edit.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf } from '../../schemaProblems.ts';

const MAX_LENGTH = 15;

export const invalidPortName = objectRule()({
  id: 'invalid-port-name',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'port-numbers-and-names',
  sources: ['kube-score/container-ports-check', 'kube-linter/invalid-target-ports'],
  messages: {
    tooLong:
      'Port name {name} has {length} characters, and at most 15 are allowed; the API server refuses the object.',
    characters:
      'Port name {name} may only hold lower-case letters, digits and hyphens; the API server refuses the object.',
    hyphens:
      'Port name {name} may not start or end with a hyphen nor hold two in a row; the API server refuses the object.',
    noLetter: 'Port name {name} needs a letter; the API server refuses the object.',
    rename: 'Rename the port to {legal}',
    use: 'Use port name {legal}',
  },

  check({ object }, { report }) {
    const places = portPlaces(object);
    for (const { path, value, role } of places) {
      if (typeof value !== 'string' || (role !== 'name' && role !== 'reference')) continue;
      // Digits in the place of a number are told as such.
      if (role === 'reference' && /^\s*\d+\s*$/.test(value)) continue;
      const problem = problemOf(value);
      if (!problem) continue;
      const legal = legalName(value);
      const users = role === 'name' ? usersOf(object, path, value) : [];
      report(problem, path, {
        data: { name: value, length: value.length, field: fieldOf(path) },
        fixes:
          legal === undefined
            ? []
            : [
                {
                  title: role === 'name' ? 'rename' : 'use',
                  data: { legal },
                  edits: [path, ...users].map((at): EditOp => ({ op: 'set', path: at, value: legal })),
                },
              ],
      });
    }
  },
});

/** IANA_SVC_NAME, as the API server checks it (https://www.rfc-editor.org/rfc/rfc6335#section-5.1). */
function problemOf(name: string): 'tooLong' | 'characters' | 'hyphens' | 'noLetter' | undefined {
  if (!/^[a-z0-9-]*$/.test(name)) return 'characters';
  if (/^-|-$|--/.test(name)) return 'hyphens';
  if (!/[a-z]/.test(name)) return 'noLetter';
  return name.length > MAX_LENGTH ? 'tooLong' : undefined;
}

/** The name with what is not allowed taken out; undefined when nothing usable is left. */
function legalName(name: string): string | undefined {
  const legal = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  return problemOf(legal) ? undefined : legal;
}

/** Probes and hooks of the same container that name the port. */
function usersOf(object: KubeObject, path: Path, name: string): Path[] {
  const container = containersOf(object).find((candidate) =>
    candidate.path.every((step, index) => path[index] === step),
  );
  if (!container) return [];
  return portPlaces(object)
    .filter(
      (place) =>
        place.role === 'reference' &&
        place.value === name &&
        container.path.every((step, index) => place.path[index] === step),
    )
    .map((place) => place.path);
}
