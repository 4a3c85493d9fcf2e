/** Label selectors, as apimachinery evaluates them. */

export interface LabelSelectorRequirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelSelectorRequirement[];
}

export type Labels = Readonly<Record<string, string>>;

/** True when every `key: value` of `selector` is on `labels`. An empty selector is true: callers decide what it means. */
export function matchesLabels(selector: Labels, labels: Labels | undefined): boolean {
  for (const key in selector) if (labels?.[key] !== selector[key]) return false;
  return true;
}

/**
 * An absent selector matches nothing, an empty one everything.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#LabelSelectorAsSelector
 */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (!selector) return false;
  if (selector.matchLabels && !matchesLabels(selector.matchLabels, labels)) return false;
  return (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels ?? {}));
}

/** NotIn and DoesNotExist also hold for labels that are absent. */
function meets({ key, operator, values = [] }: LabelSelectorRequirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

/** `app=web,tier in (a,b)`: the form kubectl takes with `-l`. */
export function formatSelector(selector: LabelSelector | Labels): string {
  // Selectors of kinds without a schema are what their author made of them.
  if (typeof selector !== 'object' || selector === null) return '';
  const isFull = 'matchLabels' in selector || 'matchExpressions' in selector;
  const { matchLabels = {}, matchExpressions = [] } = (
    isFull ? selector : { matchLabels: selector }
  ) as LabelSelector;
  const terms = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of matchExpressions) {
    if (operator === 'Exists') terms.push(key);
    else if (operator === 'DoesNotExist') terms.push(`!${key}`);
    else terms.push(`${key} ${String(operator).toLowerCase()} (${values.join(',')})`);
  }
  return terms.join(',');
}
