import type { Role } from '../../../kube/types.ts';
import { allowsExec, BUILTIN_NAMES, isExempt, ROLES, rulesOf } from '../../rbac.ts';
import { objectRule } from '../../rule.ts';

export const rbacPodExec = objectRule<Role>()({
  id: 'rbac-pod-exec',
  group: 'rbac',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: ROLES,
  case: 'rbac-exec-access',
  sources: ['polaris/clusterrolePodExecAttach', 'polaris/rolePodExecAttach'],
  params: { exemptNames: [...BUILTIN_NAMES, 'admin', 'edit'] as readonly string[] },
  messages: {
    exec: 'The role lets its holders open shells in pods, with all that those pods may do and see.',
  },

  check({ object, ref }, { params, report }) {
    if (isExempt(ref.name, params.exemptNames)) return;
    for (const [index, rule] of rulesOf(object).entries())
      if (allowsExec(rule)) report('exec', ['rules', index, 'resources'], { at: 'key' });
  },
});
