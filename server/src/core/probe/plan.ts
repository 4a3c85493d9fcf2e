/** What is worth testing about a subject, and from where. Decides nothing about running it. */

import { activeContainers, isFinished, isReady, isStruggling, livePods } from '../diagnosis/containers.ts';
import { hostReferences, resolveHost } from '../diagnosis/dependencies.ts';
import { callsInScene } from '../diagnosis/modes/service/remote.ts';
import type { Scene } from '../diagnosis/scene.ts';
import type { Translate } from '../finding.ts';
import { backendsOf } from '../kube/backends.ts';
import { refKey } from '../kube/ref.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../kube/store.ts';
import type { Pod, Service } from '../kube/types.ts';
import { isSafe } from './argv.ts';
import type { PlannedCheck, ProbeCheck, ProbePlan, ProbeSource, Untested } from './check.ts';
import { type SayProbe, sayProbe } from './say.ts';
import { dependencyChecks, dnsChecks, serviceChecks } from './targets.ts';

/** A test of three seconds each that all time out must end within a minute and a half. */
export const MAX_CHECKS = 20;

const WORKLOADS = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
]);

/** The tests for the subject of a scene. Takes a diagnosed scene: its logs and specs name what the pods call. */
export function planProbe(scene: Scene, translate: Translate): ProbePlan {
  const say = sayProbe(translate);
  const { kind, name } = scene.subject;
  if (!scene.object) return { kind: 'none', reason: say('noPod', { kind, name }) };
  if (WORKLOADS.has(kind)) return fromPods(scene, say);
  if (kind === 'Service') return toServices(scene, [scene.object as Resource<Service>], say);
  if (kind === 'Ingress') return toServices(scene, backendServices(scene, scene.object), say);
  return { kind: 'none', reason: say('unsupported', { kind }) };
}

/** The pod that has trouble speaks for the others of its template. */
function fromPods(scene: Scene, say: SayProbe): ProbePlan {
  const pods = livePods(scene)
    .filter((pod) => scene.subjectPods.has(pod))
    .sort((a, b) => Number(isStruggling(b, scene.now)) - Number(isStruggling(a, scene.now)));
  const [first] = pods;
  const source = pods.find((pod) => obstacle(pod, say) === undefined);
  if (!source) {
    const { kind, name } = scene.subject;
    return { kind: 'none', reason: (first && obstacle(first, say)) ?? say('noPod', { kind, name }) };
  }
  const { checks, untested } = dependencyChecks(scene, source, say);
  return plan({ kind: 'pod', pod: source.ref }, [...dnsChecks(scene), ...checks], untested, say);
}

/** From a pod that calls the Service, whose policies and node then count; else from one made for the test. */
function toServices(scene: Scene, services: readonly Resource<Service>[], say: SayProbe): ProbePlan {
  const [first] = services;
  if (!first) return { kind: 'none', reason: say('nothing') };
  const client = clientOf(scene, first, say);
  const source: ProbeSource = client
    ? { kind: 'pod', pod: client.ref }
    : { kind: 'new', namespace: first.ref.namespace ?? DEFAULT_NAMESPACE };
  const untested: Untested[] = [];
  const checks = services.flatMap((service): ProbeCheck[] => {
    const own = serviceChecks(scene, service, undefined, say);
    untested.push(...own.untested);
    const { name, namespace = DEFAULT_NAMESPACE } = service.ref;
    return [{ kind: 'lookup', name: `${name}.${namespace}.svc`, service: service.ref }, ...own.checks];
  });
  return plan(source, [...dnsChecks(scene), ...checks], untested, say);
}

/** The Services that an Ingress sends to. */
const backendServices = (scene: Scene, ingress: Resource): Resource<Service>[] => {
  const names = new Set(backendsOf(ingress.object).map(({ service }) => service));
  return scene.services.filter(({ ref }) => ref.namespace === ingress.ref.namespace && names.has(ref.name));
};

function clientOf(scene: Scene, service: Resource<Service>, say: SayProbe): Resource<Pod> | undefined {
  if (scene.subject.kind === 'Ingress') return undefined;
  const can = (pod: Resource<Pod>): boolean => obstacle(pod, say) === undefined;
  const complaining = callsInScene(scene).find(
    ({ fact, resolution }) =>
      resolution.kind === 'service' && resolution.service === service && can(fact.pod),
  );
  if (complaining) return complaining.fact.pod;
  const namespace = service.ref.namespace ?? DEFAULT_NAMESPACE;
  return scene.store
    .list<Pod>('Pod', namespace)
    .find((pod) => can(pod) && isReady(pod.object) && names(scene, pod, service));
}

const names = (scene: Scene, pod: Resource<Pod>, service: Resource<Service>): boolean =>
  activeContainers(pod).some((fact) =>
    hostReferences(fact).some(({ host }) => {
      const found = resolveHost(scene, pod.ref.namespace ?? DEFAULT_NAMESPACE, host);
      return found.kind === 'service' && refKey(found.service.ref) === refKey(service.ref);
    }),
  );

/** Why a pod takes no ephemeral container, or has no network to test; undefined when it may do. */
export function obstacle({ ref, object }: Resource<Pod>, say: SayProbe): string | undefined {
  const { name } = ref;
  if (isFinished(object)) return say('podEnded', { name });
  if (object.metadata.annotations?.['kubernetes.io/config.mirror']) return say('podStatic', { name });
  if (object.metadata.deletionTimestamp) return say('podLeaving', { name });
  if (object.spec?.nodeSelector?.['kubernetes.io/os'] === 'windows') return say('podWindows', { name });
  if (!object.status?.podIP || !object.spec?.nodeName) return say('podNoNetwork', { name });
  return undefined;
}

function plan(source: ProbeSource, wanted: ProbeCheck[], untested: Untested[], say: SayProbe): ProbePlan {
  const seen = new Set<string>();
  const safe = wanted.filter((check) => {
    // Packets to one address are one test, whatever port leads there.
    const key = check.kind === 'packets' ? check.address : JSON.stringify(check);
    if (seen.has(key) || !isSafe(check)) return false;
    seen.add(key);
    return true;
  });
  const proxy = proxyChecks(safe);
  const checks = [...safe.slice(0, MAX_CHECKS - proxy.length), ...proxy];
  const more = safe.length + proxy.length - checks.length;
  const rest =
    more > 0
      ? [{ check: say('tooMany', { count: more }), detail: say('tooManyWhy', { most: MAX_CHECKS }) }]
      : [];
  return { kind: 'run', source, checks, untested: [...untested, ...rest] };
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/: healthzBindAddress */
const PROXY_HEALTH_PORT = 10_256;

/** Where a Service is tested, the kube-proxy that stands between it and the testing pod. */
const proxyChecks = (checks: readonly ProbeCheck[]): PlannedCheck[] =>
  checks.some((check) => check.kind === 'connect' && check.target.role === 'service')
    ? [{ kind: 'own-proxy', port: PROXY_HEALTH_PORT }]
    : [];

/** A plan once it is known where the testing pod runs. A node without an address leaves its test untested. */
export function onNode(
  plan: Extract<ProbePlan, { kind: 'run' }>,
  node: string,
  hostIP: string,
  say: SayProbe,
): { checks: ProbeCheck[]; untested: Untested[] } {
  const checks: ProbeCheck[] = [];
  const untested = [...plan.untested];
  for (const check of plan.checks) {
    if (check.kind !== 'own-proxy') {
      checks.push(check);
      continue;
    }
    const { port } = check;
    const placed: ProbeCheck = { kind: 'connect', address: hostIP, port, target: { role: 'proxy', node } };
    if (isSafe(placed)) checks.push(placed);
    else untested.push({ check: say('ownProxy', { port }), detail: say('noNodeAddress') });
  }
  return { checks, untested };
}
