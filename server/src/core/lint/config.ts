/** Which rules run, how strict, with which parameters: from settings, `.pod-triage.yaml` and the command line. */
import type { Severity } from '../finding.ts';
import type { ParamValue, Rule } from './rule.ts';

/** What can be said of one rule in settings and in `.pod-triage.yaml`. */
export type RuleSetting =
  | Severity
  | 'off'
  | 'on'
  | { severity?: Severity | 'off' | 'on'; params?: Record<string, ParamValue> };

export type Profile = 'default' | 'strict' | 'pss-restricted';

export interface Override {
  files?: string[];
  kinds?: string[];
  names?: string[];
  namespaces?: string[];
  containers?: string[];
  rules: Record<string, RuleSetting>;
}

export interface LintConfig {
  profile?: Profile;
  kubernetesVersion?: string;
  rules?: Record<string, RuleSetting>;
  overrides?: Override[];
  /** Globs of files that are not linted. */
  ignore?: string[];
}

export interface EffectiveRule {
  rule: Rule;
  severity: Severity;
  params: Record<string, ParamValue>;
}

export const LATEST_KUBERNETES: readonly [number, number] = [1, 36];

/** `1.36`, `v1.36.2` → `[1, 36]`; undefined when it is no version. */
export function parseVersion(text: string): readonly [number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** The rules that run, in registry order. */
export function effectiveRules(rules: readonly Rule[], config: LintConfig): EffectiveRule[] {
  return rules.flatMap((rule) => {
    const setting = config.rules?.[rule.id];
    const params = typeof setting === 'object' ? setting.params : undefined;
    const wanted = typeof setting === 'object' ? setting.severity : setting;
    const byDefault = config.profile === 'strict' || rule.enabled !== false;
    if (wanted === 'off' || (wanted === undefined && !byDefault && params === undefined)) return [];
    const severity = wanted === undefined || wanted === 'on' ? rule.severity : wanted;
    return [{ rule, severity, params: { ...rule.params, ...params } }];
  });
}
