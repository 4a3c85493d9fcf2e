/** Writes media/schema/config.schema.json from the registry of rules. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configFileSchema } from '../../server/src/core/lint/configSchema.ts';
import { RULES } from '../../server/src/core/lint/rules/index.ts';

export const CONFIG_SCHEMA_FILE = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'media',
  'schema',
  'config.schema.json',
);

export const renderConfigSchema = (): string => `${JSON.stringify(configFileSchema(RULES), undefined, 1)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(CONFIG_SCHEMA_FILE), { recursive: true });
  writeFileSync(CONFIG_SCHEMA_FILE, renderConfigSchema());
}
