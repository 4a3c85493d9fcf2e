/** Which rules run, how strict, with which parameters: from settings, `.pod-triage.yaml` and the command line. */
import type { Severity } from '../finding.ts';
import { matchesPathGlob } from '../glob.ts';
import { isPeerDefault } from './peers.ts';
import type { Params, ParamValue, Rule } from './rule.ts';

/** What can be said of one rule in settings and in `.pod-triage.yaml`. */
export type RuleSetting =
  | Severity
  | 'off'
  | 'on'
  | { severity?: Severity | 'off' | 'on'; params?: Record<string, ParamValue> };

/**
 * default: what is wrong or very likely an outage. strict: as well as that, all that the peers check by default.
 * pss-restricted: default, and the rules that report what the Pod Security Standards refuse at their restricted level,
 * as errors.
 */
export const PROFILES = ['default', 'strict', 'pss-restricted'] as const;
export type Profile = (typeof PROFILES)[number];

/** Settings for a part of the objects. All keys that are given must match; each takes a list of globs. */
export interface Override {
  files?: string[];
  kinds?: string[];
  names?: string[];
  namespaces?: string[];
  /** Names of containers: what is reported inside others, or outside of containers, is not touched. */
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
  /** Path or URI of the folder that globs starting with `/` count from, filled in by whoever read the configuration. */
  root?: string;
  /** Absolute path of the folder that file names count from where they are not absolute. */
  cwd?: string;
}

export interface EffectiveRule {
  rule: Rule;
  severity: Severity;
  params: Params;
  /** The severity was asked for by name, so that a rule's own choice for one report does not change it. */
  fixedSeverity: boolean;
}

export const LATEST_KUBERNETES: readonly [number, number] = [1, 36];

/** `1.36`, `v1.36.2` → `[1, 36]`; undefined when it is no version. */
export function parseVersion(text: string): readonly [number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** The rules that run on objects that no override names, in registry order. */
export function effectiveRules(rules: readonly Rule[], config: LintConfig): EffectiveRule[] {
  return rules.flatMap((rule) => effectiveRule(rule, config.profile, [config.rules?.[rule.id]]) ?? []);
}

/** A rule under a profile and settings, the last one winning; undefined when it is off. */
export function effectiveRule(
  rule: Rule,
  profile: Profile | undefined,
  settings: readonly (RuleSetting | undefined)[],
): EffectiveRule | undefined {
  let wanted: Severity | 'off' | 'on' | undefined;
  let params: Params = rule.params ?? {};
  for (const setting of settings) {
    const { severity, params: given } = fullSetting(setting);
    if (given) params = { ...params, ...soundParams(rule, given) };
    // Parameters alone say that the rule is wanted.
    wanted = severity ?? (given ? (wanted ?? 'on') : wanted);
  }
  if (wanted === 'off' || (wanted === undefined && !isOn(rule, profile))) return undefined;
  if (wanted !== undefined && wanted !== 'on') return { rule, severity: wanted, params, fixedSeverity: true };
  const refused = profile === 'pss-restricted' && rule.podSecurity !== undefined;
  return { rule, severity: refused ? 'error' : rule.severity, params, fixedSeverity: refused };
}

function isOn(rule: Rule, profile: Profile | undefined): boolean {
  if (rule.enabled !== false) return true;
  if (profile === 'strict') return isPeerDefault(rule);
  return profile === 'pss-restricted' && rule.podSecurity !== undefined;
}

/** `over` wins where both speak; overrides and ignored files of both count, those of `over` last. */
export function mergeConfigs(base: LintConfig, over: LintConfig): LintConfig {
  const rules: Record<string, RuleSetting> = { ...base.rules };
  for (const [id, setting] of Object.entries(over.rules ?? {})) rules[id] = mergeSettings(rules[id], setting);
  const profile = over.profile ?? base.profile;
  const kubernetesVersion = over.kubernetesVersion ?? base.kubernetesVersion;
  const root = over.root ?? base.root;
  const cwd = over.cwd ?? base.cwd;
  return {
    ...(profile ? { profile } : {}),
    ...(kubernetesVersion ? { kubernetesVersion } : {}),
    ...(root ? { root } : {}),
    ...(cwd ? { cwd } : {}),
    rules,
    overrides: [...(base.overrides ?? []), ...(over.overrides ?? [])],
    ignore: [...(base.ignore ?? []), ...(over.ignore ?? [])],
  };
}

/** Parameters that the rule has, of the type it expects: an editor passes on what its user wrote. */
function soundParams({ params = {} }: Rule, given: Params): Params {
  const standard: Params = params;
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => isParamLike(value, standard[name])),
  );
}

/** True when a parameter's value has the type of its standard value. */
export function isParamLike(value: unknown, standard: ParamValue | undefined): value is ParamValue {
  if (typeof standard !== 'object') return typeof value === typeof standard && value !== undefined;
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

const SEVERITIES: readonly unknown[] = ['off', 'on', 'error', 'warning', 'info', 'hint'];

/** A bare `off` of YAML is false; words that are no severity say nothing. */
function soundSeverity(value: unknown): FullSetting['severity'] {
  if (value === false) return 'off';
  if (value === true) return 'on';
  return SEVERITIES.includes(value) ? (value as NonNullable<FullSetting['severity']>) : undefined;
}

type FullSetting = Exclude<RuleSetting, string>;

function fullSetting(setting: RuleSetting | undefined): FullSetting {
  const full: FullSetting = typeof setting === 'object' && setting !== null ? setting : {};
  const severity = soundSeverity(typeof setting === 'object' ? full.severity : setting);
  const { params } = full;
  return { ...(severity ? { severity } : {}), ...(typeof params === 'object' && params ? { params } : {}) };
}

function mergeSettings(base: RuleSetting | undefined, over: RuleSetting): RuleSetting {
  const low = fullSetting(base);
  const high = fullSetting(over);
  const severity = high.severity ?? low.severity;
  const params = { ...low.params, ...high.params };
  if (Object.keys(params).length === 0) return severity ?? {};
  return { ...(severity ? { severity } : {}), params };
}

/** True when the configuration leaves a file out. */
export const isIgnoredFile = (config: LintConfig, file: string): boolean =>
  config.ignore?.some((pattern) => matchesPathGlob(pattern, relativeTo(config, file))) === true;

/** A file below `root` as a path from there, others as they are. URIs are decoded: globs are written in plain text. */
export function relativeTo({ root, cwd }: Pick<LintConfig, 'root' | 'cwd'>, file: string): string {
  const written = decoded(file).replaceAll('\\', '/');
  const isAbsolute = /^(\/|[A-Za-z]:\/|[\w-]{2,}:\/\/)/.test(written);
  const plain = cwd === undefined || isAbsolute ? written : joined(cwd.replaceAll('\\', '/'), written);
  const base = root === undefined ? '' : decoded(root).replaceAll('\\', '/').replace(/\/$/, '');
  return base !== '' && plain.startsWith(`${base}/`) ? plain.slice(base.length + 1) : plain;
}

/** `/a/b` and `../c/./d` → `/a/c/d`. */
function joined(folder: string, path: string): string {
  const steps = folder.replace(/\/$/, '').split('/');
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}

function decoded(path: string): string {
  if (!/^[\w-]{2,}:\/\//.test(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray percent sign: the path is no URI after all.
    return path;
  }
}
