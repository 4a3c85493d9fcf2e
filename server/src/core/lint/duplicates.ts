/** Items of lists that share a name they must not share. */
import type { KubeObject } from '../kube/object.ts';
import type { Resource } from '../kube/store.ts';
import type { Path } from '../path.ts';
import { type ObjectContext, objectRule, type Params, type ReportOptions, type Rule } from './rule.ts';

export interface Named {
  name: string | undefined;
  /** Where the name stands. */
  path: Path;
}

export interface Duplicate {
  name: string;
  first: Named;
  /** The second and later ones. */
  again: Named[];
}

/** Names that more than one item has, in the order of their first item. */
export function duplicatesIn(items: readonly Named[]): Duplicate[] {
  const byName = new Map<string, Duplicate>();
  for (const item of items) {
    if (item.name === undefined || item.name === '') continue;
    const known = byName.get(item.name);
    if (known) known.again.push(item);
    else byName.set(item.name, { name: item.name, first: item, again: [] });
  }
  return [...byName.values()].filter(({ again }) => again.length > 0);
}

/** `web-2`, or the first number that is free. */
function freeName(name: string, taken: readonly (string | undefined)[]): string {
  for (let n = 2; ; n++) if (!taken.includes(`${name}-${n}`)) return `${name}-${n}`;
}

/** Reports each name that an earlier item has, with that item beside it and a free name as the fix. */
export function tellDuplicates<M extends string>(
  resource: Resource,
  names: readonly Named[],
  message: M,
  report: ObjectContext<M | 'theFirst' | 'rename', Params>['report'],
  { data = {}, ...options }: Pick<ReportOptions, 'data' | 'severity'> = {},
): void {
  for (const { name, first, again } of duplicatesIn(names))
    for (const { path } of again) {
      const free = freeName(
        name,
        names.map((other) => other.name),
      );
      report(message, path, {
        ...options,
        data: { name, ...data },
        related: [{ resource, path: first.path, message: 'theFirst', data: { name } }],
        fixes: [{ title: 'rename', data: { free }, edits: [{ op: 'set', path, value: free }] }],
      });
    }
}

export interface UniqueNames {
  id: string;
  messages: { duplicate: string; theFirst: string };
  /** The names that a pod may have once, in the order of the text. */
  namesOf(object: KubeObject): Named[];
}

/** A rule about names of a pod that the API server takes once only. */
export const uniqueNameRule = ({ id, messages, namesOf }: UniqueNames): Rule =>
  objectRule()({
    id,
    group: 'schema',
    severity: 'error',
    scope: 'object',
    kinds: 'pods',
    case: 'duplicate-list-entries',
    messages: { ...messages, rename: 'Rename the second to {free}' },
    check: (resource, { report }) => tellDuplicates(resource, namesOf(resource.object), 'duplicate', report),
  });
