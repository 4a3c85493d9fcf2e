/** Which rules run on which object: the configuration with its overrides, resolved once for each kind of target. */
import type { Severity } from '../finding.ts';
import { matchesGlob, matchesPathGlob } from '../glob.ts';
import { groupOf, type ObjectRef } from '../kube/ref.ts';
import {
  type EffectiveRule,
  effectiveRule,
  type LintConfig,
  type Override,
  type RuleSetting,
  relativeTo,
} from './config.ts';
import type { Rule } from './rule.ts';

/** A rule on one target. Where `containers` speak, the answer depends on the container that is reported. */
export interface SelectedRule extends EffectiveRule {
  /** The rule outside of the containers that overrides name; undefined: it is off there. */
  elsewhere: EffectiveRule | undefined;
  containers: { globs: readonly string[]; effective: EffectiveRule | undefined }[];
}

export class RuleSelection {
  readonly #rules: readonly Rule[];
  readonly #config: LintConfig;
  readonly #overrides: readonly Override[];
  readonly #cache = new Map<string, readonly SelectedRule[]>();

  constructor(rules: readonly Rule[], config: LintConfig) {
    this.#rules = rules;
    this.#config = config;
    this.#overrides = config.overrides ?? [];
  }

  get hasOverrides(): boolean {
    return this.#overrides.length > 0;
  }

  /** Names the set of overrides that touch an object of a file: equal keys, equal rules. `''` when there are none. */
  key(file: string, ref: ObjectRef | undefined): string {
    if (this.#overrides.length === 0) return '';
    const path = relativeTo(this.#config, file);
    return this.#overrides
      .flatMap((override, index) => (appliesTo(override, path, ref) ? [index] : []))
      .join(',');
  }

  /** The rules for a key, in registry order. */
  rules(key: string): readonly SelectedRule[] {
    const known = this.#cache.get(key);
    if (known) return known;
    const overrides = key === '' ? [] : key.split(',').flatMap((i) => this.#overrides[Number(i)] ?? []);
    const selected = this.#rules.flatMap((rule) => this.#select(rule, overrides) ?? []);
    this.#cache.set(key, selected);
    return selected;
  }

  #select(rule: Rule, overrides: readonly Override[]): SelectedRule | undefined {
    const { profile, rules } = this.#config;
    const settings: (RuleSetting | undefined)[] = [rules?.[rule.id]];
    for (const override of overrides) if (!override.containers) settings.push(override.rules[rule.id]);
    const elsewhere = effectiveRule(rule, profile, settings);
    const containers = overrides.flatMap((override) => {
      const setting = override.rules[rule.id];
      if (!override.containers || setting === undefined) return [];
      return [
        { globs: override.containers, effective: effectiveRule(rule, profile, [...settings, setting]) },
      ];
    });
    const running = elsewhere ?? containers.find(({ effective }) => effective)?.effective;
    return running && { ...running, elsewhere, containers };
  }
}

/** The severity of a report inside `container` (undefined: outside of any); undefined when the rule is off there. */
export function severityAt(
  { elsewhere, containers }: SelectedRule,
  container: string | undefined,
  own: Severity | undefined,
): Severity | undefined {
  const named =
    container === undefined ? undefined : containers.findLast(({ globs }) => anyGlob(globs, container));
  const effective = named ? named.effective : elsewhere;
  if (!effective) return undefined;
  return effective.fixedSeverity ? effective.severity : (own ?? effective.severity);
}

function appliesTo(
  { files, kinds, names, namespaces }: Override,
  path: string,
  ref: ObjectRef | undefined,
): boolean {
  if (files && !files.some((glob) => matchesPathGlob(glob, path))) return false;
  if (!ref) return !kinds && !names && !namespaces;
  if (kinds && !anyGlob(kinds, ref.kind) && !anyGlob(kinds, `${groupOf(ref.apiVersion)}/${ref.kind}`))
    return false;
  if (names && !anyGlob(names, ref.name)) return false;
  return !namespaces || (ref.namespace !== undefined && anyGlob(namespaces, ref.namespace));
}

const anyGlob = (globs: readonly string[], text: string): boolean =>
  globs.some((glob) => matchesGlob(glob, text));
