import type { PodDisruptionBudget } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

/** Beta, and on by default, since 1.27: https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
const SINCE = 27;

export const pdbUnhealthyEvictionPolicy = objectRule<PodDisruptionBudget>()({
  id: 'pdb-unhealthy-eviction-policy',
  group: 'workloads',
  severity: 'hint',
  enabled: false,
  scope: 'object',
  kinds: ['PodDisruptionBudget'],
  case: 'pdb-blocks-drain',
  sources: ['kube-linter/pdb-unhealthy-pod-eviction-policy'],
  messages: {
    missing:
      'Without unhealthyPodEvictionPolicy pods that are not ready cannot be evicted while the budget is short of ready ones: broken pods block drains.',
    always: 'Let pods that are not ready be evicted always',
  },

  check({ object }, { kubernetesVersion: [major, minor], report }) {
    if (object.spec?.unhealthyPodEvictionPolicy || (major === 1 && minor < SINCE)) return;
    const path = ['spec', 'unhealthyPodEvictionPolicy'];
    report('missing', path, {
      at: 'key',
      fixes: [{ title: 'always', edits: [{ op: 'set', path, value: 'AlwaysAllow' }] }],
    });
  },
});
