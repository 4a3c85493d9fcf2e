import type { RoleBinding } from '../../../kube/types.ts';
import { allowsEverything, BINDINGS, BUILTIN_NAMES, boundRole, isExempt, rulesOf } from '../../rbac.ts';
import { objectRule } from '../../rule.ts';

export const rbacClusterAdminBinding = objectRule<RoleBinding>()({
  id: 'rbac-cluster-admin-binding',
  group: 'rbac',
  severity: 'warning',
  scope: 'workspace',
  kinds: BINDINGS,
  case: 'rbac-cluster-admin',
  sources: [
    'kube-linter/cluster-admin-role-binding',
    'polaris/clusterrolebindingClusterAdmin',
    'polaris/rolebindingClusterAdminClusterRole',
    'polaris/rolebindingClusterAdminRole',
  ],
  params: { exemptNames: BUILTIN_NAMES },
  messages: {
    admin: 'The subjects get cluster-admin: they may do everything in the whole cluster.',
    adminNamespace: 'The subjects get cluster-admin: they may do everything in namespace {namespace}.',
    everything: '{kind} {role} allows everything: the subjects may do everything in the whole cluster.',
    everythingNamespace:
      '{kind} {role} allows everything: the subjects may do everything in namespace {namespace}.',
    theRule: 'the rule of {kind} {role} that allows it',
  },

  check(resource, { store, params, report }) {
    const { object, ref } = resource;
    if (isExempt(ref.name, params.exemptNames)) return;
    const path = ['roleRef', 'name'];
    const whole = ref.kind === 'ClusterRoleBinding';
    const { namespace } = ref;
    if (object.roleRef?.kind === 'ClusterRole' && object.roleRef.name === 'cluster-admin') {
      report(whole ? 'admin' : 'adminNamespace', path, { data: { namespace } });
      return;
    }
    const role = boundRole(store, resource);
    const index = role ? rulesOf(role.object).findIndex(allowsEverything) : -1;
    if (!role || index < 0) return;
    const data = { kind: role.ref.kind, role: role.ref.name, namespace };
    report(whole ? 'everything' : 'everythingNamespace', path, {
      data,
      related: [{ resource: role, path: ['rules', index, 'resources'], message: 'theRule', data }],
    });
  },
});
