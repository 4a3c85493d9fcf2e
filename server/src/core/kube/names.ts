/** Names that the API server accepts, by kind. */
import { isBuiltinGroup } from './object.ts';
import { groupOf, type ObjectRef } from './ref.ts';

/**
 * subdomain: lower-case letters, digits, hyphens and dots, at most 253. label: without dots, at most 63.
 * label1035: a label that starts with a letter. segment: anything that can stand between two slashes of a URL.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
export type NameRule = 'subdomain' | 'label' | 'label1035' | 'segment';

const RULES: Record<string, NameRule> = {
  Service: 'label1035',
  Namespace: 'label',
  Role: 'segment',
  ClusterRole: 'segment',
  RoleBinding: 'segment',
  ClusterRoleBinding: 'segment',
  Event: 'segment',
};

/** Kinds whose names follow rules of their own: addresses, and OpenShift's user names. */
const FREE = new Set(['IPAddress', 'Identity', 'User', 'Group', 'Image', 'ImageStreamTag', 'ImageTag']);

export function nameRuleOf({
  apiVersion,
  kind,
}: Pick<ObjectRef, 'apiVersion' | 'kind'>): NameRule | undefined {
  if (FREE.has(kind)) return undefined;
  return isBuiltinGroup(groupOf(apiVersion))
    ? (Object.hasOwn(RULES, kind) && RULES[kind]) || 'subdomain'
    : 'subdomain';
}

export const MAX_NAME: Record<NameRule, number> = { subdomain: 253, label: 63, label1035: 63, segment: 253 };

const PATTERN: Record<NameRule, RegExp> = {
  subdomain: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  label: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  label1035: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  segment: /^(?!\.\.?$)[^/%]+$/,
};

export type NameProblem = 'tooLong' | 'characters';

/** What is wrong with a name; undefined when it is legal. */
export function nameProblem(name: string, rule: NameRule): NameProblem | undefined {
  if (!PATTERN[rule].test(name)) return 'characters';
  return name.length > MAX_NAME[rule] ? 'tooLong' : undefined;
}

/** The closest legal name; undefined when nothing usable is left. */
export function legalName(name: string, rule: NameRule): string | undefined {
  const dots = rule === 'subdomain' || rule === 'segment';
  const legal = name
    .toLowerCase()
    .replace(dots ? /[^a-z0-9.-]+/g : /[^a-z0-9-]+/g, '-')
    .replace(/-*\.[-.]*/g, '.')
    .replace(rule === 'label1035' ? /^[^a-z]+/ : /^[^a-z0-9]+/, '')
    .slice(0, MAX_NAME[rule])
    .replace(/[^a-z0-9]+$/, '');
  return nameProblem(legal, rule) ? undefined : legal;
}
