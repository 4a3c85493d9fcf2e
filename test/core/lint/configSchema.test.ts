import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configFileSchema, settingsSchema } from '../../../server/src/core/lint/configSchema.ts';
import { objectRule } from '../../../server/src/core/lint/rule.ts';
import { CONFIG_SCHEMA_FILE, renderConfigSchema } from '../../tools/generateConfigSchema.ts';

test('media/schema/config.schema.json is up to date (node test/tools/generateConfigSchema.ts)', () => {
  assert.equal(readFileSync(CONFIG_SCHEMA_FILE, 'utf8'), renderConfigSchema());
});

const rule = objectRule()({
  id: 'one',
  group: 'images',
  severity: 'warning',
  enabled: false,
  scope: 'object',
  kinds: 'all',
  case: 'none',
  params: { most: 3, tags: ['latest'] as readonly string[], strict: true },
  messages: { first: 'First.', second: 'Second.' },
  check: () => {},
});

test('a rule offers its severities and its parameters with their types and standard values', () => {
  const { properties } = settingsSchema([rule]) as { properties: Record<string, Record<string, unknown>> };
  assert.equal(properties.one?.default, 'off');
  assert.equal(properties.one?.description, 'First. (images, off)');
  const [severity, full] = properties.one!.anyOf as Record<string, unknown>[];
  assert.deepEqual(severity, { enum: ['off', 'on', 'error', 'warning', 'info', 'hint'] });
  const { params } = full!.properties as Record<
    string,
    { properties: object; additionalProperties: boolean }
  >;
  assert.deepEqual(params?.properties, {
    most: { type: 'number', default: 3 },
    tags: { type: 'array', items: { type: 'string' }, default: ['latest'] },
    strict: { type: 'boolean', default: true },
  });
  assert.equal(params?.additionalProperties, false);
});

test('the file takes no key that the reader does not know', () => {
  const schema = configFileSchema([rule]) as { properties: object; additionalProperties: boolean };
  assert.deepEqual(Object.keys(schema.properties), [
    'profile',
    'kubernetesVersion',
    'rules',
    'overrides',
    'ignore',
  ]);
  assert.equal(schema.additionalProperties, false);
});

test('the file also takes a bare off and on, which YAML reads as booleans', () => {
  const { definitions } = configFileSchema([rule]) as {
    definitions: { rules: { properties: { one: { anyOf: { enum?: unknown[] }[] } } } };
  };
  const { anyOf } = definitions.rules.properties.one;
  assert.ok(anyOf[0]?.enum?.includes(false) && anyOf[0].enum.includes(true));
});
