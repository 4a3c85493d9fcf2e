import { type Api, type KubeObject, pathOf } from '../api.ts';
import type { Condition, Fault, Match } from './fault.ts';

interface List {
  items: KubeObject[];
}

/** API versions of the kinds that conditions and acts name. */
const VERSIONS: Record<string, string> = {
  CronJob: 'batch/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  Job: 'batch/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
};

/** The path of `Kind/name` in a namespace, or of `Kind/namespace/name`. */
export function pathOfRef(ref: string, namespace: string): string {
  const parts = ref.split('/');
  const [kind = '', ...rest] = parts;
  const [inside = namespace, name = ''] = rest.length === 2 ? rest : [namespace, rest[0]];
  return pathOf({ apiVersion: VERSIONS[kind] ?? 'v1', kind, metadata: { name, namespace: inside } });
}

const podsPath = (namespace: string, selector: string): string =>
  `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;

/** The conditions that do not hold, in words; an empty list means that the symptom is there. */
export async function unmet(fault: Fault, api: Api, plantedAt: number): Promise<string[]> {
  const answers = await Promise.all(
    fault.wait.map(async (condition) =>
      (await holds(condition, fault.id, api, plantedAt)) ? [] : [condition],
    ),
  );
  return answers.flat().map((condition) => JSON.stringify(condition));
}

export async function holds(
  condition: Condition,
  namespace: string,
  api: Api,
  plantedAt: number,
): Promise<boolean> {
  switch (condition.kind) {
    case 'pods': {
      const list = await api.get<List>(podsPath(namespace, condition.selector));
      return (list?.items ?? []).filter((pod) => matches(pod, condition)).length >= (condition.count ?? 1);
    }
    case 'object': {
      const object = await api.get(pathOfRef(condition.object, namespace));
      return object !== undefined && matches(object, condition);
    }
    case 'event': {
      const list = await api.get<List>(
        `/api/v1/namespaces/${namespace}/events?fieldSelector=reason=${condition.reason}`,
      );
      const wanted = new RegExp(condition.matches ?? '');
      return (list?.items ?? []).some((event) => wanted.test(String(event.message ?? '')));
    }
    case 'log':
      return logMatches(condition, namespace, api);
    case 'time':
      return Date.now() - plantedAt >= condition.seconds * 1000;
    default:
      return condition satisfies never;
  }
}

async function logMatches(
  condition: Extract<Condition, { kind: 'log' }>,
  namespace: string,
  api: Api,
): Promise<boolean> {
  const list = await api.get<List>(podsPath(namespace, condition.selector));
  for (const pod of list?.items ?? []) {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log?tailLines=50&previous=${condition.previous ?? false}`;
    const { status, body } = await api.send('GET', path);
    if (status === 200 && new RegExp(condition.matches, 'm').test(body)) return true;
  }
  return false;
}

function matches(object: KubeObject, match: Match): boolean {
  return valuesAt(object, match.path).some((value) => {
    if (match.is !== undefined) return value === match.is;
    if (match.matches !== undefined) return new RegExp(match.matches).test(String(value));
    return value !== null && value !== undefined;
  });
}

/** Values at a path such as `status.conditions[type=Ready].status` or `status.containerStatuses[].ready`. */
export function valuesAt(root: unknown, path: string): unknown[] {
  let found = [root];
  for (const step of path.split('.')) {
    const [, name = '', filter] = /^([^[]+)(?:\[(.*)\])?$/.exec(step) ?? [];
    found = found.flatMap((value) => (isRecord(value) && name in value ? [value[name]] : []));
    if (filter !== undefined)
      found = found.flatMap((value) => (Array.isArray(value) ? value.filter(byFilter(filter)) : []));
  }
  return found;
}

function byFilter(filter: string): (item: unknown) => boolean {
  const [key = '', wanted] = filter.split('=');
  return (item) => key === '' || (isRecord(item) && item[key] === wanted);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
