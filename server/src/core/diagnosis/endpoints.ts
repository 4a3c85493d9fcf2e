/** The endpoints of a Service: what its EndpointSlices hold, and what its selected pods should give. */
import type { Resource } from '../kube/store.ts';
import { DEFAULT_NAMESPACE } from '../kube/store.ts';
import type { ContainerPort, EndpointSlice, Pod, Service, ServicePort } from '../kube/types.ts';
import { longRunning } from '../kube/workload.ts';
import { isFinished, isReady, remember } from './containers.ts';
import type { Scene } from './scene.ts';

export interface EndpointState {
  /** Pods of the Service's namespace that carry every label of its selector. */
  selected: Resource<Pod>[];
  slices: Resource<EndpointSlice>[];
  /** Different pods or addresses that take traffic: ready, or serving while they terminate when no other is ready. */
  ready: number;
  /** Those that are listed and take none. */
  notReady: number;
  /** False when no slice of the namespace was read: `ready` then comes from the pods alone. */
  fromSlices: boolean;
}

export const SERVICE_LABEL = 'kubernetes.io/service-name';

export const hasSelector = ({ object: { spec } }: Resource<Service>): boolean =>
  Object.keys(spec?.selector ?? {}).length > 0;

export function endpointsOf(scene: Scene, service: Resource<Service>): EndpointState {
  const { name, namespace = DEFAULT_NAMESPACE } = service.ref;
  return remember(scene, `endpoints|${namespace}|${name}`, () => {
    const selected = selectedPods(scene, service);
    const byService = slicesByService(scene, namespace);
    const slices = byService.get(name) ?? [];
    const fromSlices = byService.size > 0 && !scene.gapOf('EndpointSlice', namespace);
    if (!fromSlices) {
      const usable = selected.filter(({ object }) => object.status?.podIP && !isFinished(object));
      const ready = usable.filter(
        ({ object }) =>
          !object.metadata.deletionTimestamp &&
          (isReady(object) || service.object.spec?.publishNotReadyAddresses),
      );
      return { selected, slices, ready: ready.length, notReady: usable.length - ready.length, fromSlices };
    }
    const ready = new Set<string>();
    const serving = new Set<string>();
    const all = new Set<string>();
    for (const { object } of slices)
      for (const { addresses = [], conditions = {}, targetRef } of object.endpoints ?? [])
        for (const address of addresses) {
          // A dual-stack pod is in one slice for each family, and is one endpoint.
          const who = targetRef?.name ? `${targetRef.kind}/${targetRef.name}` : address;
          all.add(who);
          // Absent conditions mean ready and serving: https://pkg.go.dev/k8s.io/api/discovery/v1#EndpointConditions
          if (conditions.ready !== false) ready.add(who);
          else if (conditions.terminating && conditions.serving !== false) serving.add(who);
        }
    const taking = ready.size > 0 ? ready : serving;
    return { selected, slices, ready: taking.size, notReady: all.size - taking.size, fromSlices };
  });
}

export const selectedPods = (scene: Scene, service: Resource<Service>): Resource<Pod>[] => {
  const selector = service.object.spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return [];
  return scene.store
    .workloadsWithLabels(service.ref.namespace ?? DEFAULT_NAMESPACE, selector)
    .flatMap(({ ref }) => (ref.kind === 'Pod' ? (scene.store.get<Pod>(ref) ?? []) : []));
};

function slicesByService(scene: Scene, namespace: string): Map<string, Resource<EndpointSlice>[]> {
  return remember(scene, `slices|${namespace}`, () => {
    const map = new Map<string, Resource<EndpointSlice>[]>();
    for (const slice of scene.store.list<EndpointSlice>('EndpointSlice', namespace)) {
      const name = slice.object.metadata.labels?.[SERVICE_LABEL];
      if (!name) continue;
      const list = map.get(name);
      if (list) list.push(slice);
      else map.set(name, [slice]);
    }
    return map;
  });
}

const protocolOf = ({ protocol }: { protocol?: string }): string => protocol ?? 'TCP';

/** Ports of the containers that run as long as the pod, restartable init containers included. */
export const declaredPorts = (pod: Resource<Pod>): ContainerPort[] =>
  longRunning(pod.object).flatMap(({ container }) => container.ports ?? []);

/** The pod port behind a Service port, by number or by name and protocol; undefined when the pod has no such name. */
export function targetPortOf(pod: Resource<Pod>, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  return declaredPorts(pod).find((known) => known.name === target && protocolOf(known) === protocolOf(port))
    ?.containerPort;
}

/** `http (8080), metrics (9090)`: the ports pods offer, for a sentence. */
export function offeredPorts(pods: readonly Resource<Pod>[]): string {
  const names = new Set(
    pods.flatMap((pod) =>
      declaredPorts(pod).map((port) => {
        const number = `${port.containerPort ?? ''}${protocolOf(port) === 'TCP' ? '' : `/${protocolOf(port)}`}`;
        return port.name ? `${port.name} (${number})` : number;
      }),
    ),
  );
  return [...names].join(', ');
}
