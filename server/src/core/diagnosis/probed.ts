/** What an active test saw, in the terms of modes: which connections of the scene were tried, and how they went. */
import type { Evidence } from '../finding.ts';
import { judgeSide, type PolicyEnd } from '../kube/policy.ts';
import { refKey } from '../kube/ref.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../kube/store.ts';
import type { Pod, Service, ServicePort } from '../kube/types.ts';
import { hostPort, type ProbeResult, type ProbeRun } from '../probe/check.ts';
import { remember } from './containers.ts';
import { topOwner } from './declared.ts';
import { dnsPods } from './ladder.ts';
import { listOf } from './modes/name.ts';
import { isEnforced, policyPod } from './modes/policy/sides.ts';
import type { Scene } from './scene.ts';

/** A Service's port as it was tried: by its address, and past it by those of its endpoints. */
export interface ProbedPort {
  run: ProbeRun;
  /** The pod that tried; undefined for one that was made for the test. */
  client?: Resource<Pod>;
  service: Resource<Service>;
  port: ServicePort;
  byService?: ProbeResult;
  direct: ProbeResult[];
}

/** `Probe from Pod shop/web-1`, with what was tried as its place and the tool's words as its text. */
export const probeEvidence = (run: ProbeRun, result: ProbeResult): Evidence => ({
  source: probeSource(run),
  path: stepOf(result),
  text: result.text,
  at: run.at,
});

export const probeSource = ({ from }: ProbeRun): string =>
  `Probe from Pod ${from.pod.namespace}/${from.pod.name}`;

/** What was done, in the words of the tools. */
function stepOf({ check, via }: ProbeResult): string {
  switch (check.kind) {
    case 'lookup':
      return `lookup ${check.name}${via ? ` @${via.server} ${via.protocol}` : ''}`;
    case 'ask':
      return `lookup ${check.name} @${check.address}:${check.port} UDP`;
    case 'connect':
      return `connect ${hostPort(check.address, check.port)}`;
    case 'http':
      return `GET ${check.url}`;
    case 'packets':
      return `ping ${check.address}`;
  }
}

/**
 * The run with its results weighed: what policies keep from a pod that was made for the test, they may let through for
 * others, so it says nothing. Undefined without a run.
 */
export const probeOf = (scene: Scene): ProbeRun | undefined =>
  scene.probe &&
  remember(scene, 'probe', () => {
    const run = scene.probe as ProbeRun;
    return run.from.made
      ? { ...run, results: run.results.map((result) => weighed(scene, run, result)) }
      : run;
  });

function weighed(scene: Scene, run: ProbeRun, result: ProbeResult): ProbeResult {
  if (result.outcome !== 'failed' || !isEnforced(scene)) return result;
  const policies = targetsOf(scene, result).map((target) =>
    foreign(scene, run, target.end, target.port, target.protocol),
  );
  const [first] = policies;
  if (!first || policies.some((names) => names === undefined)) return result;
  return { ...result, outcome: 'inconclusive', symptom: 'policy', text: listOf(first) };
}

interface Target {
  end: PolicyEnd;
  port: number;
  protocol: string;
}

/** The pods that a result is about, with the port that policies see. */
function targetsOf(scene: Scene, { check, via }: ProbeResult): Target[] {
  if (check.kind === 'lookup' || check.kind === 'ask')
    return dnsPods(scene).map((pod) => ({ end: policyPod(pod), port: 53, protocol: via?.protocol ?? 'UDP' }));
  if (check.target.role === 'endpoint' && check.kind === 'connect')
    return [endOf(scene, check.target.pod, check)];
  if (check.target.role !== 'service') return [];
  const { service, port } = check.target;
  return (scene.probe?.results ?? []).flatMap(({ check: other }): Target[] =>
    other.kind === 'connect' &&
    other.target.role === 'endpoint' &&
    refKey(other.target.service) === refKey(service) &&
    other.target.port === port
      ? [endOf(scene, other.target.pod, other)]
      : [],
  );
}

function endOf(
  scene: Scene,
  ref: { namespace?: string; name: string } | undefined,
  { address, port }: { address: string; port: number },
): Target {
  const pod = ref && scene.find<Pod>('Pod', ref.namespace, ref.name);
  return { end: pod ? policyPod(pod) : { kind: 'address', ip: address }, port, protocol: 'TCP' };
}

/** The policies that keep the test's own pod from it; undefined when none does. */
function foreign(
  scene: Scene,
  { from }: ProbeRun,
  end: PolicyEnd,
  port: number,
  protocol: string,
): string[] | undefined {
  const client: PolicyEnd = {
    kind: 'pod',
    namespace: from.pod.namespace ?? DEFAULT_NAMESPACE,
    labels: from.labels,
  };
  const query = { port, protocol };
  const sides = [
    judgeSide(scene.store, client, 'egress', end, query),
    ...(end.kind === 'pod' ? [judgeSide(scene.store, end, 'ingress', client, query)] : []),
  ];
  const denying = sides.find(({ allowed }) => !allowed);
  return denying?.isolating.map(({ ref }) => ref.name);
}

/** The pod of the scene that the test ran in. */
export const probingPod = (scene: Scene): Resource<Pod> | undefined =>
  scene.probe && !scene.probe.from.made
    ? scene.find<Pod>('Pod', scene.probe.from.pod.namespace, scene.probe.from.pod.name)
    : undefined;

/** True when the test ran in this pod or in one of the same template: what holds for one holds for all. */
export function isTestedFrom(scene: Scene, pod: Resource<Pod>): boolean {
  const tested = probingPod(scene);
  return tested !== undefined && (tested === pod || topOwner(scene, tested) === topOwner(scene, pod));
}

/** Every port of a Service that was tried. */
export const probedPorts = (scene: Scene): ProbedPort[] =>
  remember(scene, 'probedPorts', () => {
    const run = probeOf(scene);
    if (!run) return [];
    const client = probingPod(scene);
    const found = new Map<string, ProbedPort>();
    for (const result of run.results) {
      if (result.check.kind !== 'connect') continue;
      const { target } = result.check;
      if (target.role !== 'service' && target.role !== 'endpoint') continue;
      const service = scene.find<Service>('Service', target.service.namespace, target.service.name);
      const port = service?.object.spec?.ports?.find((entry) => entry.port === target.port);
      if (!service || !port) continue;
      const key = `${refKey(service.ref)}|${target.port}`;
      const known = found.get(key) ?? { run, ...(client ? { client } : {}), service, port, direct: [] };
      found.set(key, known);
      if (target.role === 'service') known.byService = result;
      else known.direct.push(result);
    }
    return [...found.values()];
  });

/** Lookups of a run by one protocol, those of the cluster's own resolvers. */
export const probedLookups = (scene: Scene, protocol: 'UDP' | 'TCP'): ProbeResult[] =>
  (probeOf(scene)?.results ?? []).filter(({ via }) => via?.protocol === protocol);
