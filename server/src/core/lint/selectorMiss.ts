/** What rules about selectors that match nothing have in common. */

import type { MessageData } from '../finding.ts';
import {
  type LabelDifference,
  type NearMiss,
  nearestByLabels,
  RUNTIME_LABELS,
} from '../kube/nearestLabels.ts';
import { isBuiltinGroup } from '../kube/object.ts';
import { formatRef, groupOf } from '../kube/ref.ts';
import { isEmptySelector, type LabelSelector, type Labels, matchesSelector } from '../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Store, type Workload } from '../kube/store.ts';
import { templatePath } from '../kube/workload.ts';
import type { Path } from '../path.ts';
import type { EditOp } from '../yaml/edit.ts';
import type { ReportOptions } from './rule.ts';

/** A selector without the labels that only exist at run time; undefined when nothing is left to compare. */
export function declaredPart(
  selector: Labels,
  ignored: readonly string[] = RUNTIME_LABELS,
): Labels | undefined {
  const entries = Object.entries(selector).filter(([key]) => !ignored.includes(key));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/**
 * True when a custom resource of the namespace may make the selected pods: its kind is among the labels
 * (`app.kubernetes.io/name: prometheus` beside a Prometheus), or a label's key is of the domain of its group
 * (`cnpg.io/cluster` beside postgresql.cnpg.io). No manifest has the pods that an operator makes.
 */
export function isMadeByOperator(store: Store, namespace: string, labels: Labels): boolean {
  const entries = Object.entries(labels);
  return store.resources().some(({ ref }) => {
    const group = groupOf(ref.apiVersion);
    if (ref.namespace !== namespace || isBuiltinGroup(group)) return false;
    const kind = ref.kind.toLowerCase();
    return entries.some(([key, value]) => {
      const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : undefined;
      return value === kind || (domain !== undefined && `.${group}`.endsWith(`.${domain}`));
    });
  });
}

export const nearestWorkload = (
  store: Store,
  namespace: string,
  selector: Labels,
  ownerName: string,
): NearMiss<Workload> | undefined =>
  nearestByLabels(
    selector,
    store.workloads(namespace),
    ({ template, ref }) => ({ labels: template.metadata?.labels, name: ref.name }),
    ownerName,
  );

/** Path of the labels that a workload gives to its pods. */
export const podLabelsPath = ({ ref }: Workload): Path => [
  ...(templatePath(ref.kind) ?? []),
  'metadata',
  'labels',
];

/** `app=web,tier=front`: the labels that the object has where the selector wants others. */
export const formatHas = (differences: readonly LabelDifference[]): string =>
  differences.flatMap(({ key, has }) => (has === undefined ? [] : [`${key}=${has}`])).join(',');

export const formatWanted = (differences: readonly LabelDifference[]): string =>
  differences.map(({ key, wanted }) => `${key}=${wanted}`).join(',');

/** Edits that make a map of labels at `path` agree with the object: other values, and no keys that it lacks. */
export const agreeWith = (path: Path, differences: readonly LabelDifference[]): EditOp[] =>
  differences.map(({ key, has }) =>
    has === undefined
      ? { op: 'delete', path: [...path, key] }
      : { op: 'set', path: [...path, key], value: has },
  );

/** The smallest place that is wrong: the one label that differs, else the whole selector. */
export const missPath = (path: Path, differences: readonly LabelDifference[]): Path =>
  differences.length === 1 && differences[0] ? [...path, differences[0].key] : path;

export type SelectorMiss =
  | { kind: 'none' }
  | { kind: 'near'; near: NearMiss<Workload> }
  | { kind: 'elsewhere'; workload: Workload };

/**
 * How a selector of pods misses every workload of its namespace; undefined when it matches one, or when the
 * workspace holds no workloads that it could be compared with.
 */
export function missOf(
  store: Store,
  namespace: string,
  selector: LabelSelector,
  ownerName: string,
  needWorkloads: boolean,
): SelectorMiss | undefined {
  const written = selector.matchLabels ?? {};
  const matchLabels = declaredPart(written) ?? {};
  const compared: LabelSelector = { ...selector, matchLabels };
  // Nothing but run-time labels: no manifest can tell.
  if (isEmptySelector(compared) && !isEmptySelector(selector)) return undefined;
  if (store.workloadsMatching(namespace, compared).length > 0) return undefined;
  if (isMadeByOperator(store, namespace, matchLabels)) return undefined;
  if (needWorkloads && store.workloads(namespace).length === 0) {
    if (isEmptySelector(compared)) return undefined;
    const workload = store
      .workloads()
      .find(({ template }) => matchesSelector(compared, template.metadata?.labels));
    return workload && { kind: 'elsewhere', workload };
  }
  const near = nearestWorkload(store, namespace, matchLabels, ownerName);
  return near ? { kind: 'near', near } : { kind: 'none' };
}

/** Path and options of a report about a missed selector at `path`. */
export function missOptions(
  miss: SelectorMiss,
  path: Path,
  data: MessageData,
): [Path, ReportOptions<'theLabels' | 'useLabels'>] {
  if (miss.kind === 'none') return [path, { at: 'key', data }];
  const target = miss.kind === 'near' ? miss.near.target : miss.workload;
  const workload = formatWorkload(target);
  const related = [
    { resource: target, path: podLabelsPath(target), message: 'theLabels' as const, data: { workload } },
  ];
  if (miss.kind === 'elsewhere')
    return [
      path,
      { at: 'key', data: { ...data, other: target.ref.namespace ?? DEFAULT_NAMESPACE }, related },
    ];
  const { differences } = miss.near;
  const labels = [path, 'matchLabels'].flat();
  const has = formatHas(differences) || differences.map(({ key }) => `!${key}`).join(',');
  return [
    missPath(labels, differences),
    {
      data: { ...data, workload, labels: has },
      related,
      fixes: differences.some(({ has }) => has !== undefined)
        ? [{ title: 'useLabels', data: { workload }, edits: agreeWith(labels, differences) }]
        : [],
    },
  ];
}

/** `Deployment/web`. */
export const formatWorkload = ({ ref }: Workload): string => formatRef({ kind: ref.kind, name: ref.name });
