/** The schema data that tests lint with: the one that ships. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSchema, type Schema } from '../../server/src/core/schema/schema.ts';

let schema: Schema | undefined;

export const testSchema = (): Schema => {
  const path = join(import.meta.dirname, '..', '..', 'media', 'schema', 'kubernetes.json');
  schema ??= loadSchema(JSON.parse(readFileSync(path, 'utf8')));
  return schema;
};
