/** The steps of the ladder for the report, and the facts that were found in order. */
import type { Resource } from '../kube/store.ts';
import type { Job, PersistentVolumeClaim, Pod, WorkloadObject } from '../kube/types.ts';
import { ageOf, conditionOf, factsOf, isReady, livePods } from './containers.ts';
import type { Say } from './diagnose.ts';
import { endpointsOf } from './endpoints.ts';
import { STEPS, type Step, type StepResult } from './report.ts';
import type { Scene } from './scene.ts';
import type { Waiting } from './starting.ts';

/** Kinds that must have been read for a step to count as passed. */
const NEEDS: Partial<Record<Step, readonly string[]>> = {
  node: ['Node'],
  volumes: ['PersistentVolumeClaim'],
  service: ['Service', 'EndpointSlice'],
  ingress: ['Ingress'],
  policy: ['NetworkPolicy'],
};

const LAST_POD_STEP = STEPS.indexOf('probes');

/**
 * Each step with its outcome. `failed`: the steps at which some finding of the answer stands; `waiting`: pods that
 * stand on a step without a finding.
 */
export function describeSteps(
  scene: Scene,
  failed: ReadonlySet<Step>,
  waiting: readonly Waiting[],
  say: Say,
): StepResult[] {
  const firstFailed = STEPS.findIndex((step, at) => at <= LAST_POD_STEP && failed.has(step));
  const firstWaiting = Math.min(LAST_POD_STEP + 1, ...waiting.map(({ stage }) => STEPS.indexOf(stage.step)));
  const pods = [...scene.subjectPods].filter((pod) => livePods(scene).includes(pod));
  return STEPS.map((step, at): StepResult => {
    if (failed.has(step)) return { step, outcome: 'failed' };
    const isPodStep = at <= LAST_POD_STEP;
    if (isPodStep && firstFailed >= 0 && at > firstFailed) return { step, outcome: 'not-reached' };
    if (isPodStep && at >= firstWaiting && step !== 'probes') return { step, outcome: 'not-reached' };
    const gap = NEEDS[step]?.map((kind) => scene.gapOf(kind, scopeOf(kind, scene))).find((found) => found);
    if (gap) return { step, outcome: 'not-checked', detail: `${gap.kind}: ${gap.detail}` };
    return { step, ...stepFact(step, scene, pods, say) };
  });
}

const scopeOf = (kind: string, { subject }: Scene): string | undefined =>
  kind === 'Node' ? undefined : subject.namespace;

function stepFact(step: Step, scene: Scene, pods: Resource<Pod>[], say: Say): Omit<StepResult, 'step'> {
  const passed = (detail?: string): Omit<StepResult, 'step'> => ({
    outcome: 'passed',
    ...(detail ? { detail } : {}),
  });
  const facts = pods.flatMap((pod) => factsOf(pod).filter(({ role }) => role !== 'init'));
  const isPodStep = STEPS.indexOf(step) <= LAST_POD_STEP;
  if (isPodStep && step !== 'exists' && step !== 'node' && pods.length === 0)
    return { outcome: 'not-reached' };
  switch (step) {
    case 'scheduled': {
      const nodes = [...new Set(pods.flatMap(({ object }) => object.spec?.nodeName ?? []))];
      return nodes.length > 0
        ? passed(say('scheduledOn', { nodes: nodes.slice(0, 3).join(', ') }))
        : { outcome: 'not-reached' };
    }
    case 'started': {
      const started = facts.filter(({ status, ended }) => status?.state?.running || ended).length;
      return passed(say('containersStarted', { started, total: facts.length }));
    }
    case 'probes': {
      const ready = facts.filter(({ status }) => status?.ready).length;
      const detail = say('containersReady', { ready, total: facts.length });
      // Nobody has complained yet, and nothing has passed: a container in its first seconds.
      return ready < facts.length ? { outcome: 'not-reached', detail } : passed(detail);
    }
    case 'service':
      return passed(serviceFacts(scene, say)[0] ?? say('serviceNone'));
    case 'ingress':
      return passed(ingressFacts(scene, say)[0] ?? say('ingressNone'));
    case 'policy': {
      const count = scene.policies.length;
      return passed(count === 0 ? say('policyNone') : say('policySome', { count }));
    }
    case 'dns': {
      const dns = dnsPods(scene);
      if (dns.length === 0) return { outcome: 'not-checked', detail: say('dnsNotSeen') };
      return passed(say('dnsReady', { ready: dns.filter(({ object }) => isReady(object)).length }));
    }
    default:
      return passed();
  }
}

export const dnsPods = ({ store }: Scene): Resource<Pod>[] =>
  store
    .workloadsWithLabels('kube-system', { 'k8s-app': 'kube-dns' })
    .flatMap(({ ref }) => (ref.kind === 'Pod' ? (store.get<Pod>(ref) ?? []) : []));

/** Short facts about what was looked at and found in order. */
export function healthyFacts(scene: Scene, failed: ReadonlySet<Step>, say: Say): string[] {
  const facts: string[] = [];
  const all = [...scene.subjectPods];
  const done = all.filter(({ object }) => object.status?.phase === 'Succeeded');
  const live = livePods(scene).filter((pod) => scene.subjectPods.has(pod));
  const ready = live.filter(({ object }) => isReady(object));
  const [first] = live;
  if (first && all.length === 1 && ready.length === 1)
    facts.push(say('podReady', { name: first.ref.name, node: first.object.spec?.nodeName ?? '' }));
  else if (ready.length > 0) facts.push(say('podsReady', { ready: ready.length, total: live.length }));
  if (done.length === 1 && all.length === 1) facts.push(say('podDone', { name: done[0]?.ref.name ?? '' }));
  else if (done.length > 0) facts.push(say('podsDone', { count: done.length }));
  if (all.length === 0 && scene.object && failed.size === 0 && asksForNone(scene.object))
    facts.push(say('noPods', { kind: scene.object.ref.kind, name: scene.object.ref.name }));
  facts.push(...oldRestarts(scene, ready, say));
  facts.push(...nodeFacts(scene, say));
  if (!failed.has('service')) facts.push(...serviceFacts(scene, say));
  if (!failed.has('ingress') && !failed.has('service')) facts.push(...ingressFacts(scene, say));
  if (!failed.has('volumes')) facts.push(...claimFacts(scene, say));
  if (!failed.has('controller')) facts.push(...controllerFacts(scene, say));
  return facts.slice(0, 20);
}

const asksForNone = ({ object }: Resource): boolean => (object as WorkloadObject).spec?.replicas === 0;

function oldRestarts(scene: Scene, ready: readonly Resource<Pod>[], say: Say): string[] {
  let count = 0;
  let newest = 0;
  for (const pod of ready)
    for (const { status } of factsOf(pod)) {
      count += status?.restartCount ?? 0;
      newest = Math.max(newest, Date.parse(status?.lastState?.terminated?.finishedAt ?? '') || 0);
    }
  if (count === 0 || newest === 0) return [];
  return [say('restartsOld', { count, age: formatAge(scene.now - newest) })];
}

/** `4 s`, `12 min`, `3 h`, `5 d`: units that both languages read. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

export const ageText = (scene: Scene, time: string | undefined): string => formatAge(ageOf(scene.now, time));

function nodeFacts({ nodes, pods, subject }: Scene, say: Say): string[] {
  // While no pod has a node, those of the scene are all there are, and nobody's.
  if (subject.kind !== 'Node' && !pods.some(({ object }) => object.spec?.nodeName)) return [];
  const isUp = ({ object }: (typeof nodes)[number]): boolean =>
    object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  if (nodes.length === 0 || !nodes.every(isUp)) return [];
  const [only] = nodes;
  return [only && nodes.length === 1 ? say('nodeReady', { name: only.ref.name }) : say('nodesReady')];
}

/** Services of the subject itself; those that its pods call are another story. */
const serviceFacts = (scene: Scene, say: Say): string[] =>
  scene.services.flatMap((service) => {
    const { ready, selected } = endpointsOf(scene, service);
    const isOwn = service === scene.object || selected.some((pod) => scene.subjectPods.has(pod));
    return isOwn && ready > 0 ? [say('serviceReady', { name: service.ref.name, ready })] : [];
  });

const ingressFacts = ({ ingresses }: Scene, say: Say): string[] =>
  ingresses.map(({ ref }) => say('ingressRoutes', { name: ref.name }));

const claimFacts = ({ claims }: Scene, say: Say): string[] =>
  (claims as readonly Resource<PersistentVolumeClaim>[])
    .filter(({ object }) => object.status?.phase === 'Bound')
    .map(({ ref }) => say('claimBound', { name: ref.name }));

function controllerFacts({ owners, object }: Scene, say: Say): string[] {
  return owners
    .filter((owner) => owner.object === object?.object)
    .flatMap(({ ref, object: owner }) => {
      if (ref.kind === 'Job')
        return conditionOf(owner as Job as Pod, 'Complete')?.status === 'True'
          ? [say('jobDone', { name: ref.name })]
          : [];
      if (ref.kind === 'CronJob') return [];
      const { spec, status } = owner as WorkloadObject;
      const wanted = status?.desiredNumberScheduled ?? spec?.replicas ?? 1;
      const has = status?.numberReady ?? status?.availableReplicas ?? 0;
      return wanted > 0 && has >= wanted ? [say('rolloutDone', { kind: ref.kind, name: ref.name })] : [];
    });
}
