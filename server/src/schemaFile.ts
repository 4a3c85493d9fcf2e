/** Reads the generated schema data. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSchema, type Schema } from './core/schema/schema.ts';

/** The schema below the extension's (or the package's) folder; undefined when the data is not there. */
export function readSchema(root: string): Schema | undefined {
  const path = join(root, 'media', 'schema', 'kubernetes.json');
  return existsSync(path) ? loadSchema(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}
