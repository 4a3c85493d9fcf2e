/** Why a node does not take a pod: the scheduler's filters worked out again from specs, with figures. */
import { parseQuantity } from '../kube/quantity.ts';
import type { Resource } from '../kube/store.ts';
import type {
  KubeNode,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  Resources,
  Taint,
  Toleration,
} from '../kube/types.ts';
import { isFinished } from './containers.ts';
import type { Scene } from './scene.ts';

/** What a pod asks of a resource: the larger of its running containers together and its biggest init step. */
export function requestOf(spec: PodSpec | undefined, resource: string): number {
  const of = (resources: Resources | undefined): number =>
    parseQuantity(resources?.requests?.[resource] ?? resources?.limits?.[resource]) ?? 0;
  let running = 0;
  let largestInit = 0;
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') running += of(container.resources);
    else largestInit = Math.max(largestInit, of(container.resources) + running);
  }
  const main = (spec?.containers ?? []).reduce((sum, container) => sum + of(container.resources), 0);
  const overhead =
    parseQuantity((spec as { overhead?: Record<string, string> } | undefined)?.overhead?.[resource]) ?? 0;
  return Math.max(running + main, largestInit) + overhead;
}

export interface Room {
  node: string;
  allocatable: number;
  used: number;
  free: number;
}

/** What a node has left of a resource: allocatable minus the requests of the pods that are not done. */
export function roomOn(scene: Scene, node: Resource<KubeNode>, resource: string): Room {
  const allocatable = parseQuantity(node.object.status?.allocatable?.[resource]) ?? 0;
  const pods = scene.podsOnNode(node.ref.name).filter(({ object }) => !isFinished(object));
  const used =
    resource === 'pods'
      ? pods.length
      : pods.reduce((sum, { object }) => sum + requestOf(object.spec, resource), 0);
  return { node: node.ref.name, allocatable, used, free: allocatable - used };
}

/** Taints that keep the pod off a node, those of effect PreferNoSchedule aside. */
export const untolerated = (node: Resource<KubeNode>, pod: Pod): Taint[] =>
  (node.object.spec?.taints ?? []).filter(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' &&
      !(pod.spec?.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );

/** https://pkg.go.dev/k8s.io/api/core/v1#Toleration */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (!key) return operator === 'Exists';
  if (key !== taint.key) return false;
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
}

/** True when a node has the labels that a pod asks for, by nodeSelector and by required affinity. */
export function matchesPod(node: Resource<KubeNode>, { spec }: Pod): boolean {
  const { labels = {} } = node.object.metadata;
  const terms =
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value) &&
    (!terms || terms.some((term) => matchesTerm(term, node)))
  );
}

/** True for a ready node whose labels and taints do not keep the pod off. */
export const fitsNode = (node: Resource<KubeNode>, pod: Pod): boolean =>
  !node.object.spec?.unschedulable &&
  node.object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ===
    true &&
  matchesPod(node, pod) &&
  untolerated(node, pod).length === 0;

export const formatTaint = ({ key, value, effect }: Taint): string =>
  `${key}${value ? `=${value}` : ''}:${effect}`;

/** True when a term of a node selector holds for a node's labels; fields know metadata.name only. */
export function matchesTerm(term: NodeSelectorTerm, node: Resource<KubeNode>): boolean {
  const labels = node.object.metadata.labels ?? {};
  const holds = (has: string | undefined, operator: string, values: string[] = []): boolean => {
    switch (operator) {
      case 'In':
        return has !== undefined && values.includes(has);
      case 'NotIn':
        return has === undefined || !values.includes(has);
      case 'Exists':
        return has !== undefined;
      case 'DoesNotExist':
        return has === undefined;
      case 'Gt':
        return Number(has) > Number(values[0]);
      case 'Lt':
        return Number(has) < Number(values[0]);
      default:
        return false;
    }
  };
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every(({ key, operator, values }) => holds(labels[key], operator, values)) &&
    matchFields.every(({ operator, values }) => holds(node.ref.name, operator, values))
  );
}

/** `1200m`, `1.5Gi`: a figure of a resource as people write it. */
export function formatAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
  if (resource !== 'memory' && !resource.includes('storage')) return String(amount);
  const sign = amount < 0 ? '-' : '';
  const size = Math.abs(amount);
  for (const [unit, bits] of [
    ['Ti', 40],
    ['Gi', 30],
    ['Mi', 20],
    ['Ki', 10],
  ] as const) {
    if (size < 2 ** bits) continue;
    return `${sign}${Number((size / 2 ** bits).toFixed(1))}${unit}`;
  }
  return `${sign}${size}`;
}
