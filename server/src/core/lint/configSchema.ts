/** JSON schemas of the setting `podTriage.lint.rules` and of `.pod-triage.yaml`, derived from the registry. */
import { fillTemplate } from '../finding.ts';
import { PROFILES } from './config.ts';
import { OVERRIDE_LISTS, SETTING_VALUES } from './configFile.ts';
import type { ParamValue, Rule } from './rule.ts';

export type JsonSchema = Record<string, unknown>;

/** What a list of an override selects, for who writes one. */
const OVERRIDE_TEXT: Record<(typeof OVERRIDE_LISTS)[number], string> = {
  files: 'Globs of files, from the folder of this configuration.',
  kinds: 'Kinds, such as Deployment or argoproj.io/Rollout.',
  names: 'Names of objects.',
  namespaces: 'Namespaces.',
  containers: 'Names of containers: only what is reported inside them.',
};

/** The schema of the setting `podTriage.lint.rules`: rule id → severity, or severity and parameters. */
export const settingsSchema = (rules: readonly Rule[]): JsonSchema => rulesSchema(rules, SETTING_VALUES);

const rulesSchema = (rules: readonly Rule[], severities: readonly unknown[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule, severities)])),
});

/** The schema of `.pod-triage.yaml`. */
export const configFileSchema = (rules: readonly Rule[]): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: '.pod-triage.yaml',
  type: 'object',
  additionalProperties: false,
  properties: {
    profile: { enum: [...PROFILES], description: 'Which rules are on to begin with.' },
    kubernetesVersion: {
      type: ['string', 'number'],
      description: 'Version of the cluster that the manifests are for, such as 1.36.',
    },
    rules: { $ref: '#/definitions/rules' },
    overrides: {
      type: 'array',
      description: 'Settings for a part of the objects; the last one that matches wins.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['rules'],
        properties: {
          ...Object.fromEntries(
            OVERRIDE_LISTS.map((name) => [name, { ...TEXTS, description: OVERRIDE_TEXT[name] }]),
          ),
          rules: { $ref: '#/definitions/rules' },
        },
      },
    },
    ignore: { ...TEXTS, description: 'Globs of files that are not linted.' },
  },
  // YAML editors read a bare off as false.
  definitions: { rules: rulesSchema(rules, [...SETTING_VALUES, true, false]) },
});

const TEXTS = { type: ['array', 'string'], items: { type: 'string' } };

function ruleSchema(rule: Rule, severities: readonly unknown[]): JsonSchema {
  const params = Object.entries((rule.params ?? {}) as Record<string, ParamValue>);
  const standard = rule.enabled === false ? 'off' : rule.severity;
  const severity = { enum: [...severities] };
  return {
    description: `${fillTemplate(firstMessage(rule), {}, '…')} (${rule.group}, ${standard})`,
    default: standard,
    anyOf: [
      severity,
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          severity,
          ...(params.length === 0
            ? {}
            : {
                params: {
                  type: 'object',
                  additionalProperties: false,
                  properties: Object.fromEntries(params.map(([name, value]) => [name, paramSchema(value)])),
                },
              }),
        },
      },
    ],
  };
}

const firstMessage = (rule: Rule): string => Object.values(rule.messages as Record<string, string>)[0] ?? '';

const paramSchema = (value: ParamValue): JsonSchema =>
  typeof value === 'object'
    ? { type: 'array', items: { type: 'string' }, default: [...value] }
    : { type: typeof value, default: value };
