/** Connections that time out although no policy forbids them: the way between nodes, or kube-proxy on the client's node. */
import type { Confidence } from '../../../finding.ts';
import type { Resource } from '../../../kube/store.ts';
import type { KubeNode, Pod, Service, WorkloadObject } from '../../../kube/types.ts';
import type { ProbeCheck, ProbeResult, ProbeRun } from '../../../probe/check.ts';
import { isReady, isStruggling, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import type { FailedCall } from '../../dependencies.ts';
import { endpointsOf, targetPortOf } from '../../endpoints.ts';
import { fieldEvidence, kubectl, logEvidence, sourceOf } from '../../evidence.ts';
import { lastLines } from '../../logText.ts';
import { defineMode, type ModeContext } from '../../mode.ts';
import { probedLookups, probedPorts, probeEvidence, probeOf, probeSource, probingPod } from '../../probed.ts';
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
      // A Service that keeps to the pods of the own node drops what it has none for: no way is lost.
      if (service.object.spec?.internalTrafficPolicy === 'Local' && !targets.includes(client)) return [];
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

/** A Service whose pods answer on their own addresses while its address does not, as an active test saw it. */
interface Untranslated {
  run: ProbeRun;
  client?: Resource<Pod>;
  node: string;
  service: Resource<Service>;
  results: ProbeResult[];
  /** The health port of the node's kube-proxy; absent when it says nothing. */
  health?: ProbeResult;
}

const isLost = ({ outcome, symptom }: ProbeResult): boolean =>
  outcome === 'failed' && (symptom === 'timeout' || symptom === 'no-route' || symptom === 'refused');

function untranslated(scene: Scene): Untranslated[] {
  const run = probeOf(scene);
  const { node } = run?.from ?? {};
  if (!run || !node) return [];
  const health = run.results.find(
    ({ check, outcome }) =>
      check.kind === 'connect' && check.target.role === 'proxy' && outcome !== 'inconclusive',
  );
  const client = probingPod(scene);
  const base = { run, node, ...(client ? { client } : {}), ...(health ? { health } : {}) };
  const ports = probedPorts(scene).flatMap(({ service, byService, direct }): Untranslated[] => {
    // Local keeps to the endpoints of the node: others that answer prove nothing.
    if (!byService || !isLost(byService) || service.object.spec?.internalTrafficPolicy === 'Local') return [];
    if (direct.length === 0 || !direct.every(({ outcome }) => outcome === 'ok')) return [];
    return [{ ...base, service, results: [byService, ...direct.slice(0, 1)] }];
  });
  const dns = scene.find<Service>('Service', 'kube-system', 'kube-dns');
  const lookups = [...probedLookups(scene, 'UDP'), ...probedLookups(scene, 'TCP')].filter(
    ({ via }) => via?.server === dns?.object.spec?.clusterIP,
  );
  const asked = run.results.filter(({ check }) => check.kind === 'ask');
  const isDnsLost =
    lookups.length > 0 &&
    lookups.every(isLost) &&
    asked.length > 0 &&
    asked.every(({ outcome }) => outcome === 'ok');
  if (dns && isDnsLost)
    ports.push({ ...base, service: dns, results: [...lookups.slice(0, 1), ...asked.slice(0, 1)] });
  return ports;
}

const reportUntranslated = <M extends string>(
  scene: Scene,
  { report }: ModeContext<M>,
  message: M,
  { run, client, node, service, results, health }: Untranslated,
  confidence: Confidence,
): void =>
  report(message, scene.find<KubeNode>('Node', undefined, node) ?? service, {
    data: {
      node,
      service: service.ref.name,
      workload: client ? nameOf(topOwner(scene, client)) : probeSource(run),
    },
    confidence,
    evidence: [...results, ...(health ? [health] : [])].map((result) => probeEvidence(run, result)),
    affects: [service, ...(client ? [client] : [])],
    commands: kubectl('kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide'),
  });

/** Pods answer, their Service does not, and kube-proxy of that node is there: its rules are old. */
export const kubeProxyStaleRules = defineMode({
  id: 'kube-proxy-stale-rules',
  step: 'service',
  severity: 'error',
  confidence: 'likely',
  case: 'kube-proxy-down-or-stale',
  explains: [...WAITS, 'cross-node-overlay-blocked'],
  messages: {
    stale:
      'kube-proxy on node {node} runs and does not lead to Service {service}: its pods answer there, its address does not, so the rules of that node are old.',
  },
  detect(scene, context) {
    for (const lost of untranslated(scene))
      if (lost.health?.outcome === 'ok') reportUntranslated(scene, context, 'stale', lost, 'likely');
  },
});

export const kubeProxyNotRunning = defineMode({
  id: 'kube-proxy-not-running-on-node',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'kube-proxy-down-or-stale',
  explains: [...WAITS, 'cross-node-overlay-blocked'],
  messages: {
    down: 'kube-proxy does not run on node {node}: {workload} there gets no answer from Service {service}.',
    closed:
      'kube-proxy does not run on node {node}: the pods of Service {service} answer there, the address of the Service does not, and the health port of kube-proxy is closed.',
    suspected:
      'Service {service} does not answer on node {node} while its pods do: kube-proxy of that node is down, or its rules are old.',
  },
  detect(scene, context) {
    const { report } = context;
    for (const lost of untranslated(scene)) {
      if (lost.health?.outcome === 'failed') reportUntranslated(scene, context, 'closed', lost, 'certain');
      else if (!lost.health) reportUntranslated(scene, context, 'suspected', lost, 'likely');
    }
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

const nodeOf = (check: ProbeCheck): string | undefined =>
  check.kind === 'connect' && check.target.role === 'endpoint' ? check.target.node : undefined;

const isSilent = ({ outcome, symptom }: ProbeResult): boolean =>
  outcome === 'failed' && (symptom === 'timeout' || symptom === 'no-route');

export const crossNodeOverlayBlocked = defineMode({
  id: 'cross-node-overlay-blocked',
  step: 'policy',
  severity: 'error',
  confidence: 'likely',
  case: 'overlay-port-blocked',
  explains: WAITS,
  messages: {
    tested:
      'Pods on node {client} get no answer from pods on node {targets} (Service {service}); no NetworkPolicy keeps them apart.',
    lost: 'Pods on node {client} get no answer from pods on node {targets}, where every ready endpoint of Service {service} is; no NetworkPolicy keeps them apart.',
  },
  detect(scene, { report }) {
    for (const { run, client, service, direct } of probedPorts(scene)) {
      const { node } = run.from;
      const far = direct.filter(({ check }) => nodeOf(check) !== undefined && nodeOf(check) !== node);
      if (!node || far.length === 0 || !far.every(isSilent)) continue;
      // A pod of the same node that is silent too is no matter of the way between nodes.
      if (direct.some((result) => !far.includes(result) && result.outcome !== 'ok')) continue;
      if (
        scene.gapOf('NetworkPolicy', service.ref.namespace) ||
        (client && isBlocked(scene, client, service))
      )
        continue;
      const targets = [...new Set(far.flatMap(({ check }) => nodeOf(check) ?? []))].sort();
      report('tested', scene.find<KubeNode>('Node', undefined, targets[0] ?? '') ?? service, {
        data: { client: node, targets: listOf(targets), service: service.ref.name },
        evidence: direct.slice(0, 3).map((result) => probeEvidence(run, result)),
        affects: [service, ...(client ? [client] : [])],
        commands: kubectl(undefined, 'get', 'nodes', '-o', 'wide'),
      });
    }
    for (const { call, service, client, targets } of lostCalls(scene)) {
      const { fact, error, previous } = call;
      // What a test reached over this way is no lost way.
      if (
        probedPorts(scene).some(
          (tried) =>
            tried.service === service &&
            tried.run.from.node === client &&
            tried.direct.some(({ outcome }) => outcome === 'ok'),
        )
      )
        continue;
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
