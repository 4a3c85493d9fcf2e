/** Which API versions a cluster of a release serves. */
import type { KnownKind, Schema } from './schema.ts';

export type Release = readonly [number, number];

/** True when release `a` is `b` or later. A text that is no release is never reached. */
export function reaches(a: Release, b: string | undefined): boolean {
  const [major, minor] = (b ?? '').split('.').map(Number);
  if (major === undefined || minor === undefined) return false;
  return a[0] > major || (a[0] === major && a[1] >= minor);
}

/** True when a cluster of that release serves the kind at that version. */
export const isServed = ({ introduced, removed }: KnownKind, release: Release): boolean =>
  (introduced === undefined || reaches(release, introduced)) && !reaches(release, removed);

/** A kind with the name of its type in the schema. */
export type TypedKind = KnownKind & { type: string };

const cache = new WeakMap<Schema, Map<string, TypedKind[]>>();

/** Every version of a kind, whatever its group, the most stable first. */
export function versionsOf(schema: Schema, kind: string): readonly TypedKind[] {
  let byKind = cache.get(schema);
  if (!byKind) {
    byKind = new Map();
    for (const known of schema.kinds.values()) {
      const list = byKind.get(known.kind);
      if (list) list.push(known);
      else byKind.set(known.kind, [known]);
    }
    for (const list of byKind.values()) list.sort(byStability);
    cache.set(schema, byKind);
  }
  return byKind.get(kind) ?? [];
}

/** Names of all kinds. */
export function kindNames(schema: Schema): string[] {
  versionsOf(schema, '');
  return [...(cache.get(schema)?.keys() ?? [])];
}

const RANK = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** Order of versions: stable ones first, then beta, then alpha, higher numbers first. */
function byStability(a: KnownKind, b: KnownKind): number {
  const [majorA, levelA, minorA] = rank(a.apiVersion);
  const [majorB, levelB, minorB] = rank(b.apiVersion);
  return levelB - levelA || majorB - majorA || minorB - minorA;
}

function rank(apiVersion: string): [number, number, number] {
  const match = RANK.exec(apiVersion.slice(apiVersion.indexOf('/') + 1));
  const level = match?.[2] === 'alpha' ? 0 : match?.[2] === 'beta' ? 1 : 2;
  return [Number(match?.[1] ?? 0), level, Number(match?.[3] ?? 0)];
}

/** The versions of a kind that a cluster of that release serves, the best first. */
export const servedVersions = (schema: Schema, kind: string, release: Release): KnownKind[] =>
  versionsOf(schema, kind).filter((known) => isServed(known, release));

/**
 * What an API version that is going or gone becomes: the replacement that the API itself names when the release
 * serves it, else the best version that is served. Kinds change their group rarely, so the own group comes first.
 */
export function successorOf(schema: Schema, known: KnownKind, release: Release): KnownKind | undefined {
  const named = known.replacement === undefined ? undefined : schema.kinds.get(known.replacement);
  if (named && named.kind === known.kind && isServed(named, release)) return named;
  const others = servedVersions(schema, known.kind, release).filter(
    ({ apiVersion, deprecated }) => apiVersion !== known.apiVersion && !reaches(release, deprecated),
  );
  return others.find(({ apiVersion }) => groupPart(apiVersion) === groupPart(known.apiVersion)) ?? others[0];
}

const groupPart = (apiVersion: string): string => apiVersion.slice(0, Math.max(apiVersion.indexOf('/'), 0));
