import { parseIntOrPercent, scaled } from '../../../kube/intOrPercent.ts';
import { SCALABLE_KINDS, scalerOf, wantedReplicas } from '../../../kube/scaling.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const pdbBlocksEviction = objectRule<PodDisruptionBudget>()({
  id: 'pdb-blocks-eviction',
  group: 'workloads',
  severity: 'warning',
  scope: 'workspace',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-blocks-drain',
  sources: [
    'kube-linter/pdb-max-unavailable',
    'kube-linter/pdb-min-available',
    'polaris/pdbDisruptionsIsZero',
  ],
  messages: {
    zero: 'maxUnavailable {value} never allows an eviction: every drain of a node with such a pod waits for ever.',
    all: 'minAvailable {value} never allows an eviction: every drain of a node with such a pod waits for ever.',
    replicas:
      'minAvailable {value} is all of the {replicas} {replicas:pod|pods} of {workload}, so no eviction is ever allowed: every drain of a node with such a pod waits for ever.',
    theReplicas: '{workload} has {replicas} {replicas:replica|replicas}',
    allowOne: 'Allow one at a time: maxUnavailable 1',
  },

  check({ object, ref }, { store, report }) {
    const { minAvailable, maxUnavailable, selector } = object.spec ?? {};
    const fixes = [
      {
        title: 'allowOne' as const,
        edits: [
          { op: 'set' as const, path: ['spec', 'maxUnavailable'], value: 1 },
          ...(minAvailable === undefined ? [] : [{ op: 'delete' as const, path: ['spec', 'minAvailable'] }]),
        ],
      },
    ];
    const most = parseIntOrPercent(maxUnavailable);
    if (most?.value === 0)
      report('zero', ['spec', 'maxUnavailable'], { data: { value: maxUnavailable }, fixes });

    const least = parseIntOrPercent(minAvailable);
    if (!least) return;
    const workloads = store
      .workloadsMatching(ref.namespace ?? DEFAULT_NAMESPACE, selector)
      .filter((workload) => SCALABLE_KINDS.includes(workload.ref.kind));
    // Budgets of autoscaled pods are judged at the autoscaler's lower bound by pdb-min-exceeds-hpa-min.
    if (workloads.some((workload) => scalerOf(store, workload))) return;
    const path = ['spec', 'minAvailable'];
    if (least.kind === 'percent' && least.value >= 100) {
      report('all', path, { data: { value: minAvailable }, fixes });
      return;
    }
    const replicas = workloads.reduce((sum, workload) => sum + (wantedReplicas(workload) ?? 0), 0);
    const [workload] = workloads;
    if (!workload || replicas === 0 || scaled(least, replicas, 'up') < replicas) return;
    const data = { value: minAvailable, replicas, workload: `${workload.ref.kind} ${workload.ref.name}` };
    report('replicas', path, {
      data,
      related: [{ resource: workload, path: ['spec', 'replicas'], message: 'theReplicas', data }],
      fixes,
    });
  },
});
