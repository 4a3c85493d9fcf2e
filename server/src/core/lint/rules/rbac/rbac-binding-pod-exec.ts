import type { RoleBinding } from '../../../kube/types.ts';
import { allowsExec, BINDINGS, BUILTIN_NAMES, boundRole, isExempt, rulesOf } from '../../rbac.ts';
import { objectRule } from '../../rule.ts';

export const rbacBindingPodExec = objectRule<RoleBinding>()({
  id: 'rbac-binding-pod-exec',
  group: 'rbac',
  severity: 'info',
  enabled: false,
  scope: 'workspace',
  kinds: BINDINGS,
  case: 'rbac-exec-access',
  sources: [
    'polaris/clusterrolebindingPodExecAttach',
    'polaris/rolebindingClusterRolePodExecAttach',
    'polaris/rolebindingRolePodExecAttach',
  ],
  params: { exemptNames: BUILTIN_NAMES },
  messages: {
    exec: '{kind} {role} lets the subjects open shells in pods, with all that those pods may do and see.',
    theRule: 'the rule of {kind} {role} that allows it',
  },

  check(resource, { store, params, report }) {
    if (isExempt(resource.ref.name, params.exemptNames)) return;
    const role = boundRole(store, resource);
    const index = role ? rulesOf(role.object).findIndex(allowsExec) : -1;
    if (!role || index < 0) return;
    const data = { kind: role.ref.kind, role: role.ref.name };
    report('exec', ['roleRef', 'name'], {
      data,
      related: [{ resource: role, path: ['rules', index, 'resources'], message: 'theRule', data }],
    });
  },
});
