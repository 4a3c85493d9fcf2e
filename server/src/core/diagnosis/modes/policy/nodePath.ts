/** Connections that time out although no policy forbids them: the way between nodes, or kube-proxy on the client's node. */
import type { Resource } from '../../../kube/store.ts';
import type { KubeNode, Pod, Service, WorkloadObject } from '../../../kube/types.ts';
import { isReady, isStruggling, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import type { FailedCall } from '../../dependencies.ts';
import { endpointsOf, targetPortOf } from '../../endpoints.ts';
import { fieldEvidence, kubectl, logEvidence, sourceOf } from '../../evidence.ts';
import { lastLines } from '../../logText.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';
import { callsInScene, WAITS } from '../service/remote.ts';
import { isBlocked } from './blocked.ts';

interface LostCall {
  call: FailedCall;
  service: Resource<Service>;
  client: string;
  /** Nodes with a ready endpoint. */
  targets: string[];
}

/** Timeouts that go on now, to a port that exists, with ready pods behind it, and that policies allow. */
function lostCalls(scene: Scene): LostCall[] {
  return remember(scene, 'lostCalls', () =>
    callsInScene(scene).flatMap((call): LostCall[] => {
      const { fact, error, resolution } = call;
      if (error.symptom !== 'timeout' || resolution.kind !== 'service' || !goesOn(scene, call)) return [];
      const { service } = resolution;
      const port = call.port ?? (error.port === undefined ? service.object.spec?.ports?.[0] : undefined);
      const client = fact.pod.object.spec?.nodeName;
      const backends = endpointsOf(scene, service).selected.filter(({ object }) => isReady(object));
      if (!port || !client || backends.length === 0 || scene.gapOf('NetworkPolicy', fact.pod.ref.namespace))
        return [];
      if (
        backends.some((pod) => targetPortOf(pod, port) === undefined) ||
        isBlocked(scene, fact.pod, service)
      )
        return [];
      const targets = [...new Set(backends.flatMap(({ object }) => object.spec?.nodeName ?? []))];
      return [{ call, service, client, targets }];
    }),
  );
}

/** One timeout of a start is noise; a pod that is held up by it, or one that repeats it, is not. */
function goesOn(scene: Scene, { fact, error, previous }: FailedCall): boolean {
  if (isStruggling(fact.pod, scene.now)) return true;
  const log = scene.logOf(fact.pod, fact.name, previous) ?? '';
  const target = error.ip ?? error.host ?? '';
  return (
    lastLines(log, 10).filter((line) => line.includes(target) && /time(?:d )?out/i.test(line)).length >= 3
  );
}

const proxyOn = (scene: Scene, node: string): Resource<Pod>[] =>
  scene.store
    .workloadsWithLabels('kube-system', { 'k8s-app': 'kube-proxy' })
    .flatMap(({ ref }) => (ref.kind === 'Pod' ? (scene.store.get<Pod>(ref) ?? []) : []))
    .filter(({ object }) => object.spec?.nodeName === node);

/** True when kube-proxy runs as pods here at all: seen as a pod, or by its DaemonSet, of which few pods are read. */
const proxyIsPods = ({ store }: Scene): boolean =>
  store
    .workloadsWithLabels('kube-system', { 'k8s-app': 'kube-proxy' })
    .some(
      ({ ref }) =>
        ref.kind === 'Pod' ||
        (store.get<WorkloadObject>(ref)?.object.status?.desiredNumberScheduled ?? 0) > 0,
    );

export const kubeProxyNotRunning = defineMode({
  id: 'kube-proxy-not-running-on-node',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'kube-proxy-down-or-stale',
  explains: [...WAITS, 'cross-node-overlay-blocked'],
  messages: {
    down: 'kube-proxy does not run on node {node}: {workload} there gets no answer from Service {service}.',
  },
  detect(scene, { report }) {
    if (!proxyIsPods(scene) || scene.gapOf('Pod', 'kube-system')) return;
    for (const { call, service, client } of lostCalls(scene)) {
      const proxies = proxyOn(scene, client);
      if (proxies.some(({ object }) => isReady(object))) continue;
      const { fact, error, previous } = call;
      const node = scene.find<KubeNode>('Node', undefined, client);
      report('down', node ?? topOwner(scene, fact.pod), {
        data: { node: client, workload: nameOf(topOwner(scene, fact.pod)), service: service.ref.name },
        evidence: [
          logEvidence(fact.pod, fact.name, previous, error.line),
          ...proxies.slice(0, 1).map((pod) => fieldEvidence(pod, ['status', 'phase'])),
        ],
        affects: [fact.pod, service],
        commands: kubectl('kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide'),
      });
    }
  },
});

export const crossNodeOverlayBlocked = defineMode({
  id: 'cross-node-overlay-blocked',
  step: 'policy',
  severity: 'error',
  confidence: 'likely',
  case: 'overlay-port-blocked',
  explains: WAITS,
  messages: {
    lost: 'Pods on node {client} get no answer from pods on node {targets}, where every ready endpoint of Service {service} is; no NetworkPolicy keeps them apart.',
  },
  detect(scene, { report }) {
    for (const { call, service, client, targets } of lostCalls(scene)) {
      const { fact, error, previous } = call;
      // An endpoint on the client's own node that does not answer is no matter of the way between nodes.
      if (targets.length === 0 || targets.includes(client)) continue;
      const [first = ''] = targets;
      const node = scene.find<KubeNode>('Node', undefined, first);
      report('lost', node ?? service, {
        data: { client, targets: listOf(targets.sort()), service: service.ref.name },
        evidence: [
          logEvidence(fact.pod, fact.name, previous, error.line),
          { source: sourceOf(fact.pod.ref), path: 'spec.nodeName', text: client },
          ...endpointsOf(scene, service)
            .slices.slice(0, 1)
            .map((slice) => fieldEvidence(slice, ['endpoints'])),
        ],
        affects: [fact.pod, service],
        commands: kubectl(undefined, 'get', 'nodes', '-o', 'wide'),
      });
    }
  },
});
