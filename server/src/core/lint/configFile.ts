/** Reads the text of `.pod-triage.yaml`. What is unknown or wrong in it is told and left out; the rest counts. */
import { fillTemplate, type MessageData, type Translate } from '../finding.ts';
import { nearest } from '../nearest.ts';
import { type MapEntry, type MapNode, type Node, toData } from '../yaml/node.ts';
import { parseFile } from '../yaml/parse.ts';
import type { Range } from '../yaml/range.ts';
import { syntaxText } from '../yaml/syntax.ts';
import {
  isParamLike,
  type LintConfig,
  type Override,
  PROFILES,
  parseVersion,
  type RuleSetting,
} from './config.ts';
import type { Params, Rule } from './rule.ts';
import { RULES } from './rules/index.ts';

export type { LintConfig } from './config.ts';

export interface ConfigProblem {
  message: string;
  /** Offsets in the text. */
  start: number;
  end: number;
}

export interface ParseConfigOptions {
  /** The rules whose ids and parameters are known; default: all. */
  rules?: readonly Rule[];
  translate?: Translate;
}

export const CONFIG_MESSAGES = {
  syntax: 'The configuration is not sound YAML and is left out: {detail}',
  notMap: 'The configuration takes keys and values: profile, kubernetesVersion, rules, overrides, ignore.',
  unknownKey: 'There is no key {key} here; it does nothing.',
  unknownKeyNear: 'There is no key {key} here; it does nothing. Did you mean {near}?',
  unknownRule: 'There is no rule {key}; its setting does nothing.',
  unknownRuleNear: 'There is no rule {key}; its setting does nothing. Did you mean {near}?',
  unknownParam: 'Rule {rule} has no parameter {key}; it does nothing.',
  unknownParamNear: 'Rule {rule} has no parameter {key}; it does nothing. Did you mean {near}?',
  wrongValue: '{key} takes {expected}, not {value}; it is left out.',
  noRules: 'The override names no rules and does nothing.',
  containerParams: 'Parameters cannot differ between the containers of one object; they are left out.',
} as const;

type MessageId = keyof typeof CONFIG_MESSAGES;

export const SETTING_VALUES = ['off', 'on', 'error', 'warning', 'info', 'hint'] as const;
const TOP_KEYS = ['profile', 'kubernetesVersion', 'rules', 'overrides', 'ignore'] as const;
export const OVERRIDE_LISTS = ['files', 'kinds', 'names', 'namespaces', 'containers'] as const;

/** The configuration of a text, and what in it is unknown or wrong, in the order of the text. Never throws. */
export function parseConfig(
  text: string,
  { rules = RULES, translate = (template) => template }: ParseConfigOptions = {},
): { config: LintConfig; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const placed = parseFile('.pod-triage.yaml', text).documents.find(
    ({ document }) => document.kind !== 'empty',
  );
  if (!placed) return { config: {}, problems };
  const tell = (id: MessageId, { start, end }: Range, data: MessageData = {}): void => {
    const message = fillTemplate(translate(CONFIG_MESSAGES[id]), data);
    problems.push({ message, start: placed.start + start, end: placed.start + end });
  };
  const { root, problems: syntax } = placed.document;
  if (root?.kind !== 'map') {
    const first = syntax[0];
    if (first) tell('syntax', first, { detail: syntaxText(first, translate) });
    else tell('notMap', { start: 0, end: placed.document.text.trimEnd().length });
    return { config: {}, problems };
  }
  const config = new ConfigReader(new Map(rules.map((rule) => [rule.id, rule])), tell).read(root);
  return { config, problems: problems.sort((a, b) => a.start - b.start) };
}

class ConfigReader {
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #tell: (id: MessageId, range: Range, data?: MessageData) => void;

  constructor(
    rules: ReadonlyMap<string, Rule>,
    tell: (id: MessageId, range: Range, data?: MessageData) => void,
  ) {
    this.#rules = rules;
    this.#tell = tell;
  }

  read(root: MapNode): LintConfig {
    const config: LintConfig = {};
    for (const entry of root.entries) {
      const { key, value } = entry;
      if (key === 'profile') {
        const profile = this.#oneOf(entry, PROFILES);
        if (profile) config.profile = profile;
      } else if (key === 'kubernetesVersion') {
        if (value.kind === 'scalar' && parseVersion(value.text)) config.kubernetesVersion = value.text;
        else this.#wrong(entry, '1.36');
      } else if (key === 'rules') {
        config.rules = this.#settings(entry);
      } else if (key === 'overrides') {
        config.overrides = this.#overrides(entry);
      } else if (key === 'ignore') {
        config.ignore = this.#texts(entry) ?? [];
      } else this.#unknown('unknownKey', entry, TOP_KEYS);
    }
    return config;
  }

  #overrides(entry: MapEntry): Override[] {
    if (entry.value.kind !== 'seq') {
      this.#wrong(entry, '[{ files, kinds, names, namespaces, containers, rules }]');
      return [];
    }
    return entry.value.items.flatMap((item) => this.#override(item) ?? []);
  }

  #override(item: Node): Override | undefined {
    if (item.kind !== 'map') {
      this.#tell('noRules', item);
      return undefined;
    }
    const override: Override = { rules: {} };
    let broken = false;
    for (const entry of item.entries) {
      const list = OVERRIDE_LISTS.find((name) => name === entry.key);
      if (list) {
        const globs = this.#texts(entry);
        // Without its condition an override would reach further than its author wants.
        if (globs) override[list] = globs;
        else broken = true;
      } else if (entry.key === 'rules') override.rules = this.#settings(entry);
      else {
        this.#unknown('unknownKey', entry, [...OVERRIDE_LISTS, 'rules']);
        broken = true;
      }
    }
    if (!item.entries.some(({ key }) => key === 'rules')) {
      const first = item.entries[0];
      this.#tell('noRules', first ? keyRange(first) : item);
    }
    if (override.containers) this.#refuseParams(item, override);
    return broken ? undefined : override;
  }

  #refuseParams(item: MapNode, override: Override): void {
    for (const [id, setting] of Object.entries(override.rules)) {
      if (typeof setting !== 'object' || !setting.params) continue;
      const rules = item.entries.find(({ key }) => key === 'rules')?.value;
      const entry = rules?.kind === 'map' ? rules.entries.find(({ key }) => key === id) : undefined;
      if (entry) this.#tell('containerParams', keyRange(entry));
      override.rules[id] = setting.severity ?? 'on';
    }
  }

  #settings(entry: MapEntry): Record<string, RuleSetting> {
    const settings: Record<string, RuleSetting> = {};
    if (entry.value.kind === 'scalar' && entry.value.value === null) return settings;
    if (entry.value.kind !== 'map') {
      this.#wrong(entry, '{ rule-id: off }');
      return settings;
    }
    for (const one of entry.value.entries) {
      const rule = this.#rules.get(one.key);
      if (!rule) this.#unknown('unknownRule', one, this.#rules.keys());
      else {
        const setting = this.#setting(one, rule);
        if (setting !== undefined) settings[rule.id] = setting;
      }
    }
    return settings;
  }

  #setting(entry: MapEntry, rule: Rule): RuleSetting | undefined {
    if (entry.value.kind !== 'map') return this.#severity(entry);
    const setting: Exclude<RuleSetting, string> = {};
    for (const one of entry.value.entries) {
      if (one.key === 'severity') {
        const severity = this.#severity(one);
        if (severity) setting.severity = severity;
      } else if (one.key === 'params') {
        setting.params = this.#params(one, rule);
      } else this.#unknown('unknownKey', one, ['severity', 'params']);
    }
    return setting;
  }

  /** YAML reads a bare `off` and `on` as booleans: here they are what they look like. */
  #severity(entry: MapEntry): (typeof SETTING_VALUES)[number] | undefined {
    const { value } = entry;
    if (value.kind === 'scalar' && value.value === false) return 'off';
    if (value.kind === 'scalar' && value.value === true) return 'on';
    return this.#oneOf(entry, SETTING_VALUES);
  }

  #params(entry: MapEntry, rule: Rule): Params {
    const known: Params = rule.params ?? {};
    const params: Params = {};
    if (entry.value.kind !== 'map') {
      this.#wrong(entry, '{ … }');
      return params;
    }
    for (const one of entry.value.entries) {
      const standard = known[one.key];
      if (standard === undefined) {
        this.#unknown('unknownParam', one, Object.keys(known), { rule: rule.id });
        continue;
      }
      const value = toData(one.value);
      if (isParamLike(value, standard)) params[one.key] = value;
      else this.#wrong(one, typeof standard === 'object' ? '[…]' : typeof standard);
    }
    return params;
  }

  /** A list of texts; one text stands for a list of one. */
  #texts(entry: MapEntry): string[] | undefined {
    const { value } = entry;
    if (value.kind === 'scalar' && value.text !== '') return [value.text];
    if (value.kind === 'seq' && value.items.every((item) => item.kind === 'scalar' && item.text !== ''))
      return value.items.map((item) => (item.kind === 'scalar' ? item.text : ''));
    this.#wrong(entry, '[…]');
    return undefined;
  }

  #oneOf<T extends string>(entry: MapEntry, allowed: readonly T[]): T | undefined {
    const { value } = entry;
    const found = value.kind === 'scalar' ? allowed.find((one) => one === value.text) : undefined;
    if (!found) this.#wrong(entry, allowed.join(', '));
    return found;
  }

  #wrong(entry: MapEntry, expected: string): void {
    const { value } = entry;
    const isScalar = value.kind === 'scalar' && value.end > value.start;
    this.#tell('wrongValue', isScalar ? value : keyRange(entry), {
      key: entry.key,
      expected,
      value: value.kind === 'scalar' ? value.text || 'null' : value.kind === 'seq' ? '[…]' : '{…}',
    });
  }

  #unknown(
    id: 'unknownKey' | 'unknownRule' | 'unknownParam',
    entry: MapEntry,
    names: Iterable<string>,
    data: MessageData = {},
  ): void {
    const near = nearest(entry.key, names);
    const said = { ...data, key: entry.key };
    if (near === undefined) this.#tell(id, keyRange(entry), said);
    else this.#tell(`${id}Near`, keyRange(entry), { ...said, near });
  }
}

const keyRange = ({ keyStart, keyEnd }: MapEntry): Range => ({ start: keyStart, end: keyEnd });
