import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { RoleBinding } from '../../../kube/types.ts';
import { nearest } from '../../../nearest.ts';
import { objectRule } from '../../rule.ts';

/** Roles that every cluster has; those with the prefix are the control plane's own. */
const BUILT_IN = ['cluster-admin', 'admin', 'edit', 'view'];
const SYSTEM = 'system:';
const PATH = ['roleRef', 'name'];

export const roleRefMissing = objectRule<RoleBinding>()({
  id: 'role-ref-missing',
  group: 'references',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['RoleBinding', 'ClusterRoleBinding'],
  case: 'rbac-role-missing',
  sources: ['popeye/1300'],
  params: { needAny: true },
  messages: {
    missing: '{kind} {name} is not declared; the binding grants nothing.',
    missingNear: '{kind} {name} is not declared, {near} is; the binding grants nothing.',
    otherKind: '{name} is a {actual} and no {kind}; the binding grants nothing.',
    useName: 'Bind {kind} {near}',
    useKind: 'Bind the {actual}',
  },

  check({ object, ref }, { store, params, report }) {
    const { kind, name } = object.roleRef ?? {};
    if (!name || (kind !== 'Role' && kind !== 'ClusterRole')) return;
    // A ClusterRoleBinding cannot name a Role at all.
    if (ref.kind === 'ClusterRoleBinding' && kind === 'Role') return;
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const home = kind === 'Role' ? namespace : undefined;
    if (isBuiltIn(kind, name) || store.find(kind, home, name)) return;

    const actual = kind === 'Role' ? 'ClusterRole' : 'Role';
    const otherHome = actual === 'Role' ? namespace : undefined;
    const canBind =
      ref.kind === 'RoleBinding' && (isBuiltIn(actual, name) || store.find(actual, otherHome, name));
    if (canBind) {
      report('otherKind', ['roleRef', 'kind'], {
        data: { name, kind, actual },
        fixes: [
          {
            title: 'useKind',
            data: { actual },
            edits: [{ op: 'set', path: ['roleRef', 'kind'], value: actual }],
          },
        ],
      });
      return;
    }
    const names = store.list(kind, home).map((role) => role.ref.name);
    const near = nearest(name, kind === 'ClusterRole' ? [...names, ...BUILT_IN] : names);
    if (near === undefined && params.needAny && names.length === 0) return;
    report(near === undefined ? 'missing' : 'missingNear', PATH, {
      data: { kind, name, near },
      fixes:
        near === undefined
          ? []
          : [{ title: 'useName', data: { kind, near }, edits: [{ op: 'set', path: PATH, value: near }] }],
    });
  },
});

const isBuiltIn = (kind: string, name: string): boolean =>
  name.startsWith(SYSTEM) || (kind === 'ClusterRole' && BUILT_IN.includes(name));
