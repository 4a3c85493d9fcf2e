/** What stands behind each reason of the scheduler, worked out again from the objects. */
import type { Evidence, MessageData } from '../../../finding.ts';
import { parseQuantity } from '../../../kube/quantity.ts';
import type { Resource } from '../../../kube/store.ts';
import type { ContainerPort, PersistentVolumeClaim, Pod } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { type Path, valueAt } from '../../../path.ts';
import { isFinished } from '../../containers.ts';
import { declared } from '../../declared.ts';
import { fieldEvidence, kubectl, sourceOf } from '../../evidence.ts';
import {
  formatAmount,
  formatTaint,
  matchesTerm,
  type Room,
  requestOf,
  roomOn,
  untolerated,
} from '../../nodeFit.ts';
import type { Scene } from '../../scene.ts';
import { listOf } from '../name.ts';
import type { SchedulerVerdict } from './verdict.ts';

export type Groups = Record<string, string | undefined>;

export interface Details {
  data?: MessageData;
  path?: Path;
  evidence?: Evidence[];
  /** The guilty object, when it is not the template. */
  guilty?: Resource;
  commands?: string[];
  /** True when the figures would need the pods of other namespaces, which were not read. */
  needsPods?: boolean;
}

export const spec = (...steps: Path): Path => ['spec', ...steps];

/** Resources that the scheduler counts: the table of what each node has left, and the container that asks for most. */
export function resourceDetails({ pod }: SchedulerVerdict, resource: string, scene: Scene): Details {
  const asks = requestOf(pod.object.spec, resource);
  const all = scene.nodes.map((node) => roomOn(scene, node, resource));
  const amount = (value: number): string => formatAmount(resource, value);
  // Where it is not known, a node with room to spare that the scheduler found full has pods that were not read.
  const isPartial = all.some(({ free }) => free >= (resource === 'pods' ? 1 : asks));
  const isKnown = ({ node }: Room): boolean => scene.knowsPodsOn(node) ?? !isPartial;
  const rooms = all.sort((a, b) => Number(isKnown(b)) - Number(isKnown(a)) || b.free - a.free);
  const table = rooms.map(
    (room) => `${room.node} ${isKnown(room) ? amount(room.free) : '?'} / ${amount(room.allocatable)}`,
  );
  const containers = pod.object.spec?.containers ?? [];
  const sizes = containers.map(
    ({ resources }) => parseQuantity(resources?.requests?.[resource] ?? resources?.limits?.[resource]) ?? 0,
  );
  const largest = Math.max(sizes.indexOf(Math.max(...sizes, 0)), 0);
  // Where only a limit is written the API server gives the pod a request of that size, which no template has.
  const places = ['requests', 'limits'].map((field) =>
    spec('containers', largest, 'resources', field, resource),
  );
  const written = places.filter((place) => valueAt(pod.object, place) !== undefined);
  return {
    data: { resource, asks: amount(asks), table: listOf(table) || '?' },
    path:
      written.find((place) => declared(scene, pod, place).guilty !== pod) ??
      written[0] ??
      spec('containers', largest),
    evidence: rooms.slice(0, 3).map((room) => ({
      source: `Node ${room.node}`,
      path: `status.allocatable.${resource}`,
      text: isKnown(room)
        ? `${amount(room.allocatable)}; ${amount(room.used)} requested by its pods`
        : amount(room.allocatable),
    })),
    needsPods: !rooms.some(isKnown),
    commands: kubectl(undefined, 'describe', 'nodes'),
  };
}

/** `disktype=ssd is on 0 of 3 nodes` for every term a pod asks of nodes. */
export function selectorDetails({ pod }: SchedulerVerdict, scene: Scene): Details {
  const wanted = pod.object.spec?.nodeSelector ?? {};
  const terms =
    pod.object.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      ?.nodeSelectorTerms ?? [];
  const total = scene.nodes.length;
  const on = (test: (labels: Record<string, string>) => boolean): number =>
    scene.nodes.filter(({ object }) => test(object.metadata.labels ?? {})).length;
  const parts = Object.entries(wanted).map(([key, value]) => {
    const count = on((labels) => labels[key] === value);
    const values = new Set(scene.nodes.flatMap(({ object }) => object.metadata.labels?.[key] ?? []));
    const keys = new Set(scene.nodes.flatMap(({ object }) => Object.keys(object.metadata.labels ?? {})));
    const hint =
      count > 0
        ? ''
        : values.size > 0
          ? ` (${key}: ${listOf([...values].sort(), 3)})`
          : nearest(key, keys)
            ? ` (${nearest(key, keys)}?)`
            : '';
    return `${key}=${value} ${count}/${total}${hint}`;
  });
  for (const term of terms) {
    const matching = scene.nodes.filter((node) => matchesTerm(term, node)).length;
    const words = [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])].map(
      ({ key, operator, values }) =>
        values?.length ? `${key} ${operator} (${values.join(', ')})` : `${key} ${operator}`,
    );
    parts.push(`${words.join(' + ')} ${matching}/${total}`);
  }
  const hasSelector = Object.keys(wanted).length > 0;
  const path = hasSelector ? spec('nodeSelector') : spec('affinity', 'nodeAffinity');
  return {
    data: { terms: listOf(parts) || '?' },
    path,
    evidence: [fieldEvidence(pod, path)],
    commands: kubectl(undefined, 'get', 'nodes', '--show-labels'),
  };
}

export function taintDetails({ pod }: SchedulerVerdict, scene: Scene): Details {
  const tainted = scene.nodes
    .map((node) => ({ node, taints: untolerated(node, pod.object) }))
    .filter(({ taints }) => taints.length > 0);
  const table = tainted.map(({ node, taints }) => `${node.ref.name} ${taints.map(formatTaint).join(' + ')}`);
  return {
    data: { taints: listOf(table) || '?' },
    evidence: tainted.slice(0, 3).map(({ node }) => fieldEvidence(node, ['spec', 'taints'])),
    commands: kubectl(undefined, 'describe', 'nodes'),
  };
}

export function cordonDetails(scene: Scene): Details {
  const cordoned = scene.nodes.filter(({ object }) => object.spec?.unschedulable);
  const [first] = cordoned;
  return {
    data: { nodes: listOf(cordoned.map(({ ref }) => ref.name)) || '?' },
    ...(first
      ? {
          guilty: first,
          path: spec('unschedulable'),
          evidence: [fieldEvidence(first, ['spec', 'unschedulable'])],
        }
      : {}),
    commands: kubectl(undefined, 'get', 'nodes'),
  };
}

export function hostPortDetails({ pod }: SchedulerVerdict, scene: Scene): Details {
  const ports = (object: Pod): ContainerPort[] =>
    (object.spec?.containers ?? []).flatMap((container) =>
      (container.ports ?? []).filter(({ hostPort }) => hostPort),
    );
  const wanted = ports(pod.object).map(({ hostPort }) => hostPort);
  const holders = scene.nodes.flatMap((node) =>
    scene
      .podsOnNode(node.ref.name)
      .filter(
        ({ object }) =>
          !isFinished(object) && ports(object).some(({ hostPort }) => wanted.includes(hostPort)),
      )
      .map(({ ref }) => `${node.ref.name}: ${ref.namespace}/${ref.name}`),
  );
  const at = (pod.object.spec?.containers ?? []).findIndex(({ ports: own }) =>
    own?.some(({ hostPort }) => hostPort),
  );
  return {
    data: { ports: wanted.join(', '), holders: listOf(holders) || '?' },
    path: spec('containers', Math.max(at, 0), 'ports'),
    evidence: [fieldEvidence(pod, spec('containers', Math.max(at, 0), 'ports'))],
  };
}

export function claimDetails({ pod }: SchedulerVerdict, { name }: Groups, scene: Scene): Details {
  const volumes = pod.object.spec?.volumes ?? [];
  const at = volumes.findIndex(({ persistentVolumeClaim: claim }) =>
    name ? claim?.claimName === name : claim !== undefined,
  );
  const claims = volumes.flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
  const objects = claims.map((claim) =>
    scene.find<PersistentVolumeClaim>('PersistentVolumeClaim', pod.ref.namespace, claim),
  );
  const pending = objects.flatMap((claim) =>
    claim && claim.object.status?.phase !== 'Bound' ? [claim] : [],
  );
  const near =
    name &&
    nearest(
      name,
      scene.store.list('PersistentVolumeClaim', pod.ref.namespace).map(({ ref }) => ref.name),
    );
  return {
    data: {
      name: name ?? (listOf(pending.map(({ ref }) => ref.name)) || claims.join(', ')),
      namespace: pod.ref.namespace,
      near: near ? ` (${near}?)` : '',
    },
    path: at < 0 ? spec('volumes') : spec('volumes', at, 'persistentVolumeClaim', 'claimName'),
    evidence: pending.slice(0, 2).map((claim) => ({
      source: sourceOf(claim.ref),
      path: 'status.phase',
      text: claim.object.status?.phase ?? 'Pending',
    })),
    commands: kubectl(pod.ref.namespace, 'get', 'pvc'),
  };
}
