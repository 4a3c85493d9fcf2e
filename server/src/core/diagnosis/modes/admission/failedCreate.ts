/** Pods that were never created: the owner's FailedCreate says who refused them and why. */
import type { Evidence, MessageData } from '../../../finding.ts';
import type { Resource } from '../../../kube/store.ts';
import type { Job, WorkloadObject } from '../../../kube/types.ts';
import { templatePath } from '../../../kube/workload.ts';
import { type Path, valueAt } from '../../../path.ts';
import { conditionOf, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { eventEvidence, messageOf } from '../../eventFacts.ts';
import { describeCommand, fieldEvidence, kubectl, sourceOf } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { webhookServices } from '../../webhookCalls.ts';
import { nameOf } from '../name.ts';
import { quotaSums } from './quotaSums.ts';

interface Refusal {
  /** Who tried: ReplicaSet, Job, StatefulSet, DaemonSet. */
  owner: Resource;
  /** Whose template it is. */
  top: Resource;
  text: string;
  evidence: Evidence[];
  row: Row | undefined;
}

interface Row {
  id: string;
  case: string;
  pattern: RegExp;
  message: string;
  /** Path in the pod template that is at fault. */
  field?: Path;
  /** Where it was not the pod that was refused: another sentence, and a path of the owner itself. */
  variant?: { pattern: RegExp; message: string; path: Path };
  /** More places for the message, and more evidence. */
  data?(refusal: Refusal, groups: Record<string, string | undefined>, scene: Scene): MessageData;
  evidence?(refusal: Refusal, groups: Record<string, string | undefined>, scene: Scene): Evidence[];
  commands?(namespace: string | undefined): string[];
  explains?: readonly string[];
}

const PSA = /violates PodSecurity "(?<level>[^"]+)": (?<violations>[^\n]*)/;

/** First match wins: the special before the general. Texts of the API server 1.36 and its admission plugins. */
const ROWS: readonly Row[] = [
  {
    id: 'resource-quota-exceeded',
    case: 'resource-quota-exceeded',
    pattern:
      /exceeded quota: (?<quota>[^,]+), requested: (?<requested>.*), used: (?<used>.*), limited: (?<limited>[^\n]*)/,
    message: 'ResourceQuota {quota} refuses new pods of {workload}: {sums}.',
    // A StatefulSet makes the claims of a pod before the pod.
    variant: {
      pattern: /persistentvolumeclaims "(?<claim>[^"]+)" is forbidden/,
      message: 'ResourceQuota {quota} refuses PersistentVolumeClaim {claim} of {workload}: {sums}.',
      path: ['spec', 'volumeClaimTemplates'],
    },
    data: (_, groups) => ({ quota: groups.quota, sums: quotaSums(groups) }),
    evidence: ({ owner }, { quota = '' }, scene) => {
      const found = scene.find('ResourceQuota', owner.ref.namespace, quota);
      return found
        ? [fieldEvidence(found, ['status', 'used']), fieldEvidence(found, ['status', 'hard'])]
        : [];
    },
    commands: (namespace) => kubectl(namespace, 'describe', 'resourcequota'),
  },
  {
    id: 'resource-quota-missing-requests',
    case: 'resource-quota-exceeded',
    pattern: /failed quota: (?<quota>[^:]+): must specify (?<fields>[^\n]*)/,
    message: 'ResourceQuota {quota} refuses pods of {workload} that do not say {fields}.',
    data: (_, { quota, fields }) => ({ quota, fields }),
    commands: (namespace) => kubectl(namespace, 'describe', 'resourcequota'),
  },
  {
    id: 'limitrange-violation',
    case: 'limitrange-violation',
    pattern:
      /(?<limit>(?:(?:maximum|minimum) \S+ usage per \S+ is [^,\]]+, but (?:no )?(?:limit|request)[^,\]\n]*)|(?:\S+ max limit to request ratio per \S+ is [^,]+, but provided ratio is [\d.]+))/,
    message: 'A LimitRange of namespace {namespace} refuses pods of {workload}: {limit}.',
    data: (_, { limit }) => ({ limit }),
    evidence: ({ owner }, _, { store }) =>
      store
        .list('LimitRange', owner.ref.namespace)
        .slice(0, 2)
        .map((range) => fieldEvidence(range, ['spec', 'limits'])),
    commands: (namespace) => kubectl(namespace, 'describe', 'limitrange'),
  },
  {
    id: 'pod-security-violation',
    case: 'podsecurity-rejects-pod',
    pattern: PSA,
    message:
      'Namespace {namespace} enforces Pod Security {level} and refuses pods of {workload}: {violations}.',
    field: ['spec'],
    data: (_, { level, violations = '' }) => ({ level, violations: violations.replace(/\.$/, '') }),
    evidence: ({ owner }, _, scene) => {
      const namespace = scene.find('Namespace', undefined, owner.ref.namespace ?? '');
      const path = ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'];
      return namespace && valueAt(namespace.object, path) !== undefined
        ? [fieldEvidence(namespace, path)]
        : [];
    },
  },
  {
    id: 'scc-denied',
    case: 'podsecurity-rejects-pod',
    pattern: /unable to validate against any security context constraint: (?<reason>[^\n]*)/,
    message: 'No SecurityContextConstraint admits pods of {workload}: {reason}.',
    field: ['spec'],
    data: (_, { reason }) => ({ reason }),
  },
  {
    id: 'admission-webhook-denied',
    case: 'admission-webhook-denied',
    pattern: /admission webhook "(?<webhook>[^"]+)" denied the request(?:: (?<reason>[\s\S]*))?/,
    message: 'Webhook {webhook} refuses pods of {workload}: {reason}.',
    field: ['spec'],
    data: (_, { webhook, reason = 'no reason given' }) => ({
      webhook,
      reason: reason.trim().replace(/\.$/, ''),
    }),
  },
  {
    id: 'validating-admission-policy-denied',
    case: 'admission-webhook-denied',
    pattern: /ValidatingAdmissionPolicy '(?<policy>[^']+)'.* denied request: (?<reason>[^\n]*)/,
    message: 'ValidatingAdmissionPolicy {policy} refuses pods of {workload}: {reason}.',
    field: ['spec'],
    data: (_, { policy, reason = '' }) => ({ policy, reason: reason.replace(/\.$/, '') }),
  },
  {
    id: 'webhook-ca-bundle-invalid',
    case: 'admission-webhook-outage',
    pattern:
      /failed calling webhook "(?<webhook>[^"]+)".*?(?<reason>x509: [^\n]*?)(?= \(possibly because of |\n|$)/,
    message: 'Webhook {webhook} cannot be called, so no pod of {workload} is admitted: {reason}.',
    data: (_, { webhook, reason = '' }) => ({ webhook, reason: reason.replace(/\.$/, '') }),
    commands: () =>
      kubectl(undefined, 'get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations'),
  },
  {
    id: 'admission-webhook-no-endpoints',
    case: 'admission-webhook-outage',
    pattern:
      /failed calling webhook "(?<webhook>[^"]+)".*no endpoints available for service "(?<service>[^"]+)"/,
    message:
      'Webhook {webhook} has no endpoint behind Service {service}, so no pod of {workload} is admitted.',
    data: (_, { webhook, service }) => ({ webhook, service }),
    commands: () =>
      kubectl(undefined, 'get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations'),
  },
  {
    id: 'admission-webhook-unreachable',
    case: 'admission-webhook-outage',
    pattern: /failed calling webhook "(?<webhook>[^"]+)": (?<reason>[^\n]*)/,
    message: 'Webhook {webhook} does not answer, so no pod of {workload} is admitted: {reason}.',
    data: (_, { webhook, reason = '' }) => ({
      webhook,
      reason: reason.replace(/^failed to call webhook: /, '').replace(/\.$/, ''),
    }),
    commands: () =>
      kubectl(undefined, 'get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations'),
  },
  {
    id: 'service-account-missing',
    case: 'admission-reference-missing',
    pattern: /error looking up service account [^:]+: serviceaccount "(?<account>[^"]+)" not found/,
    message:
      'ServiceAccount {account} does not exist in namespace {namespace}; no pod of {workload} is created.',
    field: ['spec', 'serviceAccountName'],
    data: (_, { account }) => ({ account }),
    commands: (namespace) => kubectl(namespace, 'get', 'serviceaccounts'),
  },
  {
    id: 'priority-class-missing',
    case: 'admission-reference-missing',
    pattern: /no PriorityClass with name (?<name>\S+) was found/,
    message: 'PriorityClass {name} does not exist; no pod of {workload} is created.',
    field: ['spec', 'priorityClassName'],
    data: (_, { name }) => ({ name }),
    commands: () => kubectl(undefined, 'get', 'priorityclasses'),
  },
  {
    id: 'runtime-class-missing',
    case: 'admission-reference-missing',
    pattern: /RuntimeClass "(?<name>[^"]+)" not found/,
    message: 'RuntimeClass {name} does not exist; no pod of {workload} is created.',
    field: ['spec', 'runtimeClassName'],
    data: (_, { name }) => ({ name }),
    commands: () => kubectl(undefined, 'get', 'runtimeclasses'),
  },
  {
    id: 'pod-node-selector-conflict',
    case: 'node-selector-mismatch',
    pattern: /pod node label selector conflicts with its namespace node label selector/,
    message:
      'The nodeSelector of {workload} contradicts the node selector of namespace {namespace}; no pod is created.',
    field: ['spec', 'nodeSelector'],
  },
  {
    id: 'namespace-terminating-blocks-create',
    case: 'namespace-stuck-terminating',
    pattern: /because it is being terminated/,
    message: 'Namespace {namespace} is being deleted and takes no new pods of {workload}.',
    commands: () => kubectl(undefined, 'get', 'namespaces'),
  },
];

/** Owners in the scene that want more pods than they have and were refused the last time they tried. */
export function refusals(scene: Scene): Refusal[] {
  return remember(scene, 'refusals', () =>
    scene.owners.flatMap((owner): Refusal[] => {
      if (!wantsMore(owner)) return [];
      const condition = conditionOf(owner.object as never, 'ReplicaFailure');
      const event = scene.eventsOf(owner).find(({ reason }) => reason === 'FailedCreate');
      const isFailing = condition?.status === 'True';
      if (!event && !isFailing) return [];
      // A condition is the state of now; an event may be older than the last try that worked.
      const text = isFailing && condition.message ? condition.message : event ? messageOf(event) : '';
      const evidence: Evidence[] = event ? [eventEvidence(event)] : [];
      if (isFailing)
        evidence.push({
          source: sourceOf(owner.ref),
          path: 'status.conditions[ReplicaFailure]',
          text: condition.message ?? condition.reason ?? '',
          ...(condition.lastTransitionTime ? { at: condition.lastTransitionTime } : {}),
        });
      const row = ROWS.find(({ pattern }) => pattern.test(text));
      return [{ owner, top: topOwner(scene, owner), text, evidence, row }];
    }),
  );
}

/** True when a controller of pods has fewer than it asks for. */
function wantsMore({ ref, object }: Resource): boolean {
  if (ref.kind === 'Job') {
    const { spec, status } = object as Job;
    const isOver = status?.conditions?.some(
      ({ type, status: is }) => is === 'True' && ['Complete', 'Failed', 'Suspended'].includes(type),
    );
    return !isOver && (status?.active ?? 0) === 0 && spec?.suspend !== true;
  }
  const { spec, status } = object as WorkloadObject;
  if (ref.kind === 'DaemonSet')
    return (status?.desiredNumberScheduled ?? 0) > (status?.currentNumberScheduled ?? 0);
  if (ref.kind !== 'ReplicaSet' && ref.kind !== 'StatefulSet' && ref.kind !== 'ReplicationController')
    return false;
  return (spec?.replicas ?? 1) > (status?.replicas ?? 0);
}

const modeOf = (row: Row): FailureMode =>
  defineMode({
    id: row.id,
    step: 'exists',
    severity: 'error',
    confidence: 'certain',
    case: row.case,
    ...(row.explains ? { explains: row.explains } : {}),
    messages: { refused: row.message, variant: row.variant?.message ?? row.message },
    detect(scene, { report }) {
      for (const refusal of refusals(scene)) {
        if (refusal.row !== row) continue;
        const { owner, top } = refusal;
        const groups = row.pattern.exec(refusal.text)?.groups ?? {};
        const base = templatePath(top.ref.kind);
        const other = row.variant?.pattern.exec(refusal.text);
        const path = other ? row.variant?.path : row.field && base && [...base, ...row.field];
        report(other ? 'variant' : 'refused', top, {
          data: {
            workload: nameOf(top),
            namespace: owner.ref.namespace,
            ...other?.groups,
            ...row.data?.(refusal, groups, scene),
          },
          ...(path ? { path } : {}),
          evidence: [...refusal.evidence, ...(row.evidence?.(refusal, groups, scene) ?? [])],
          affects: [owner, ...webhookServices(scene, owner)],
          commands: [...describeCommand(owner.ref), ...(row.commands?.(owner.ref.namespace) ?? [])],
        });
      }
    },
  });

/** One mode for each reason in the table. */
export const failedCreateModes: readonly FailureMode[] = ROWS.map(modeOf);
