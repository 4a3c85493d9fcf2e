/** What roles allow, for rules about access. */
import { matchesGlob } from '../glob.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../kube/store.ts';
import type { PolicyRule, Role, RoleBinding } from '../kube/types.ts';

export const ROLES = ['Role', 'ClusterRole'] as const;
export const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'] as const;

/** Objects that come with the cluster, and one that a provider adds. */
export const BUILTIN_NAMES: readonly string[] = [
  'cluster-admin',
  'system:*',
  'gce:podsecuritypolicy:calico-sa',
];

export const isExempt = (name: string, globs: readonly string[]): boolean =>
  globs.some((glob) => matchesGlob(glob, name));

/** The role that a binding refers to, when it is declared. */
export function boundRole(store: Store, { object, ref }: Resource<RoleBinding>): Resource<Role> | undefined {
  const { kind, name } = object.roleRef ?? {};
  if (!name || (kind !== 'Role' && kind !== 'ClusterRole')) return undefined;
  const namespace = kind === 'Role' ? (ref.namespace ?? DEFAULT_NAMESPACE) : undefined;
  return store.find<Role>(kind, namespace, name);
}

const includes = (list: unknown, ...wanted: string[]): boolean =>
  Array.isArray(list) && wanted.some((one) => list.includes(one));

/** Opening a shell asks for `create`; a web socket is opened with `get`. */
export const allowsExec = ({ apiGroups, resources, verbs }: PolicyRule): boolean =>
  includes(apiGroups, '', '*') &&
  includes(resources, '*', '*/*', 'pods/*', 'pods/exec', 'pods/attach', '*/exec', '*/attach') &&
  includes(verbs, '*', 'create', 'get');

const ALL_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

export const allowsEverything = ({ apiGroups, resources, verbs }: PolicyRule): boolean =>
  includes(apiGroups, '*') &&
  includes(resources, '*') &&
  (includes(verbs, '*') || ALL_VERBS.every((verb) => includes(verbs, verb)));

export const rulesOf = ({ rules }: Role): PolicyRule[] =>
  Array.isArray(rules) ? rules.map((rule) => rule ?? {}) : [];
