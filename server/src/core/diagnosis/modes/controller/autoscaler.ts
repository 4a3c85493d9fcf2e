/** Autoscalers that do not scale, budgets that hold drains up, namespaces that do not go, aggregated APIs that are down. */
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Condition, HorizontalPodAutoscaler, Pod, PodDisruptionBudget } from '../../../kube/types.ts';
import { ageOf, conditionOf, isReady } from '../../containers.ts';
import { describeCommand, fieldEvidence, kubectl, sourceOf } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { listOf } from '../name.ts';

type Hpa = Resource<HorizontalPodAutoscaler>;

/** The autoscaler that is asked about, or those of the workloads in the scene. */
function autoscalers(scene: Scene): Hpa[] {
  if (scene.object?.ref.kind === 'HorizontalPodAutoscaler') return [scene.object as Hpa];
  const targets = new Set(scene.owners.map(({ ref }) => `${ref.namespace}/${ref.kind}/${ref.name}`));
  return scene.store.list<HorizontalPodAutoscaler>('HorizontalPodAutoscaler').filter(({ ref, object }) => {
    const target = object.spec?.scaleTargetRef;
    return (
      targets.has(`${ref.namespace}/${target?.kind}/${target?.name}`) ||
      (scene.subject.kind === 'Namespace' && ref.namespace === scene.subject.name)
    );
  });
}

interface Row {
  id: string;
  case: string;
  severity: 'error' | 'warning' | 'info';
  when(condition: (type: string) => Condition | undefined): Condition | undefined;
  message: string;
  path: string[];
}

const METRICS = /^FailedGet|^FailedCompute|^InvalidMetric/;

const ROWS: readonly Row[] = [
  {
    id: 'hpa-target-missing',
    case: 'hpa-no-metrics',
    severity: 'error',
    when: (get) => pick(get('AbleToScale'), 'False', /FailedGetScale/),
    message: 'HorizontalPodAutoscaler {name} cannot find its target {target}: {reason}.',
    path: ['spec', 'scaleTargetRef'],
  },
  {
    id: 'hpa-missing-requests',
    case: 'hpa-no-metrics',
    severity: 'warning',
    when: (get) => {
      const active = get('ScalingActive');
      return active?.status === 'False' && /missing request for/.test(active.message ?? '')
        ? active
        : undefined;
    },
    message: 'HorizontalPodAutoscaler {name} cannot work out utilization of {target}: {reason}.',
    path: ['spec', 'metrics'],
  },
  {
    id: 'hpa-no-metrics',
    case: 'hpa-no-metrics',
    severity: 'warning',
    when: (get) => pick(get('ScalingActive'), 'False', METRICS),
    message: 'HorizontalPodAutoscaler {name} gets no metrics and does not scale {target}: {reason}.',
    path: ['spec', 'metrics'],
  },
  {
    id: 'hpa-ambiguous-selector',
    case: 'hpa-no-metrics',
    severity: 'warning',
    when: (get) => pick(get('ScalingActive'), 'False', /^(?:AmbiguousSelector|InvalidSelector)$/),
    message: 'HorizontalPodAutoscaler {name} does not scale {target}: {reason}.',
    path: ['spec', 'scaleTargetRef'],
  },
  {
    id: 'hpa-scaling-disabled',
    case: 'workload-switched-off',
    severity: 'info',
    when: (get) => pick(get('ScalingActive'), 'False', /^ScalingDisabled$/),
    message: 'HorizontalPodAutoscaler {name} is off because {target} has 0 replicas.',
    path: ['spec', 'scaleTargetRef'],
  },
  {
    id: 'hpa-at-max',
    case: 'hpa-bounds',
    severity: 'info',
    when: (get) => pick(get('ScalingLimited'), 'True', /^TooManyReplicas$/),
    message: 'HorizontalPodAutoscaler {name} wants more than its maxReplicas {max} for {target}.',
    path: ['spec', 'maxReplicas'],
  },
];

const pick = (condition: Condition | undefined, status: string, reason: RegExp): Condition | undefined =>
  condition?.status === status && reason.test(condition.reason ?? '') ? condition : undefined;

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'controller',
    severity: row.severity,
    confidence: 'certain',
    case: row.case,
    messages: { found: row.message },
    detect(scene, { report }) {
      for (const hpa of autoscalers(scene)) {
        const get = (type: string): Condition | undefined => conditionOf(hpa.object as Pod, type);
        const first = ROWS.find(({ when }) => when(get));
        const condition = row.when(get);
        if (first !== row || !condition) continue;
        const ref = hpa.object.spec?.scaleTargetRef;
        const target = scene.find(ref?.kind ?? '', hpa.ref.namespace, ref?.name ?? '');
        report('found', hpa, {
          data: {
            name: hpa.ref.name,
            target: `${ref?.kind} ${ref?.name}`,
            reason: (condition.message ?? condition.reason ?? '').replace(/\.$/, ''),
            max: hpa.object.spec?.maxReplicas,
          },
          path: row.path,
          evidence: [
            {
              source: sourceOf(hpa.ref),
              path: `status.conditions[${condition.type}]`,
              text: [condition.reason, condition.message].filter(Boolean).join(': '),
            },
          ],
          affects: target ? [target] : [],
          commands: kubectl(hpa.ref.namespace, 'describe', 'hpa', hpa.ref.name),
        });
      }
    },
  });

export const autoscalerModes: readonly FailureMode[] = ROWS.map(modeOf);

/** A budget as it is written; or a sign, where its pods are not ready and have a reason of their own. */
export const pdbBlocksEviction = defineMode({
  id: 'pdb-blocks-eviction',
  step: 'controller',
  severity: 'warning',
  confidence: 'certain',
  case: 'pdb-blocks-drain',
  symptom: true,
  messages: {
    spec: 'PodDisruptionBudget {name} needs {desired} healthy {desired:pod|pods} of {expected}: no pod may ever be evicted, so drains wait.',
    now: 'PodDisruptionBudget {name} needs {desired} healthy {desired:pod|pods} and has {current}: drains wait until the others are ready.',
  },
  detect(scene, { report }) {
    const asked =
      scene.object?.ref.kind === 'PodDisruptionBudget' ? [scene.object as Resource<PodDisruptionBudget>] : [];
    // A cordoned node is a drain that may be waiting.
    const drains = scene.nodes.some(({ object }) => object.spec?.unschedulable);
    const budgets =
      asked.length > 0 || !drains ? asked : scene.store.list<PodDisruptionBudget>('PodDisruptionBudget');
    for (const budget of budgets) {
      const { status } = budget.object;
      if (!status || (status.expectedPods ?? 0) === 0 || (status.disruptionsAllowed ?? 1) > 0) continue;
      const { desiredHealthy = 0, currentHealthy = 0, expectedPods = 0 } = status;
      const isWritten = desiredHealthy >= expectedPods;
      report(isWritten ? 'spec' : 'now', budget, {
        data: {
          name: budget.ref.name,
          desired: desiredHealthy,
          expected: expectedPods,
          current: currentHealthy,
        },
        path: ['spec', budget.object.spec?.maxUnavailable === undefined ? 'minAvailable' : 'maxUnavailable'],
        evidence: [fieldEvidence(budget, ['status'])],
        affects: [
          ...(scene.object?.ref.kind === 'Node' ? [scene.object] : []),
          ...(isWritten ? [] : unreadyOf(scene, budget)),
        ],
        commands: kubectl(budget.ref.namespace, 'describe', 'pdb', budget.ref.name),
      });
    }
  },
});

const unreadyOf = ({ store }: Scene, { ref, object }: Resource<PodDisruptionBudget>): Resource<Pod>[] =>
  store
    .workloadsMatching(ref.namespace ?? DEFAULT_NAMESPACE, object.spec?.selector)
    .flatMap((found) => (found.ref.kind === 'Pod' ? (store.get<Pod>(found.ref) ?? []) : []))
    .filter((pod) => !isReady(pod.object));

const CONTENT = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
];

export const namespaceStuckTerminating = defineMode({
  id: 'namespace-stuck-terminating',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'namespace-stuck-terminating',
  explains: ['namespace-terminating-blocks-create'],
  messages: {
    stuck: 'Namespace {name} has been terminating for {minutes} min: {reason}.',
    held: 'Namespace {name} is being deleted and cannot go: {reason}.',
  },
  detect(scene, { report }) {
    const name = scene.subject.kind === 'Namespace' ? scene.subject.name : scene.subject.namespace;
    const namespace = scene.find('Namespace', undefined, name ?? '');
    const deleted = namespace?.object.metadata.deletionTimestamp;
    if (!namespace || !deleted) return;
    const age = ageOf(scene.now, deleted);
    const conditions = CONTENT.flatMap((type) => {
      const condition = conditionOf(namespace.object as Pod, type);
      return condition?.status === 'True' ? [condition] : [];
    });
    if (age < 60_000 && conditions.length === 0) return;
    report(age < 60_000 ? 'held' : 'stuck', namespace, {
      data: {
        name: namespace.ref.name,
        minutes: Math.round(age / 60_000),
        reason:
          listOf(
            conditions.slice(0, 2).map(({ message, reason }) => (message ?? reason ?? '').replace(/\.$/, '')),
          ) || 'Terminating',
      },
      path: ['metadata', 'deletionTimestamp'],
      evidence: [
        fieldEvidence(namespace, ['metadata', 'deletionTimestamp']),
        ...conditions.map(({ type, message = '' }) => ({
          source: sourceOf(namespace.ref),
          path: `status.conditions[${type}]`,
          text: message,
        })),
      ],
      affects: scene.owners.filter(({ ref }) => ref.namespace === namespace.ref.name),
      commands: kubectl(undefined, 'get', 'namespace', namespace.ref.name, '-o', 'yaml'),
    });
  },
});

/** An aggregated API that is down takes with it what reads it: the metrics of autoscalers, the end of namespaces. */
export const apiServiceUnavailable = defineMode({
  id: 'apiservice-unavailable',
  step: 'controller',
  severity: 'error',
  confidence: 'certain',
  case: 'namespace-stuck-terminating',
  explains: ['hpa-no-metrics', 'namespace-stuck-terminating'],
  messages: { down: 'APIService {name} is not available ({reason}): {message}.' },
  detect(scene, { report }) {
    const hpas = autoscalers(scene);
    const namespace = scene.find('Namespace', undefined, scene.subject.name);
    for (const service of scene.store.list('APIService')) {
      const available = conditionOf(service.object as Pod, 'Available');
      if (available?.status !== 'False') continue;
      const isMetrics = service.ref.name.endsWith('metrics.k8s.io');
      const affects: Resource[] = [
        ...(isMetrics ? hpas : []),
        ...(namespace?.object.metadata.deletionTimestamp ? [namespace] : []),
      ];
      if (affects.length === 0 && scene.object?.object !== service.object) continue;
      report('down', service, {
        data: {
          name: service.ref.name,
          reason: available.reason,
          message: (available.message ?? '').replace(/\.$/, ''),
        },
        path: ['spec', 'service'],
        evidence: [
          {
            source: sourceOf(service.ref),
            path: 'status.conditions[Available]',
            text: [available.reason, available.message].filter(Boolean).join(': '),
          },
        ],
        affects,
        commands: [...describeCommand(service.ref)],
      });
    }
  },
});
