/** Finds and reads `.pod-triage.yaml`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type LintConfig, parseConfig } from '../core/lint/configFile.ts';
import { lineColumnOf } from '../core/yaml/position.ts';
import { t, translate } from '../l10n.ts';
import { type CliIO, UsageError } from './io.ts';

const NAME = '.pod-triage.yaml';

/** The named file, or the nearest one from the working directory upwards, or nothing. Problems are told, not fatal. */
export function readConfigFile(named: string | undefined, io: CliIO): LintConfig {
  const path = named === undefined ? nearest(io.cwd) : resolve(io.cwd, named);
  if (path === undefined) return {};
  if (!existsSync(path))
    throw new UsageError(t('The configuration file {path} is not there.', { path: named ?? path }));
  const text = readFileSync(path, 'utf8');
  const { config, problems } = parseConfig(text, { translate });
  const positionOf = lineColumnOf(text);
  for (const { message, start } of problems) {
    const { line, column } = positionOf(start);
    io.err(`${path}:${line}:${column}: ${message}`);
  }
  return { ...config, root: dirname(path), cwd: io.cwd };
}

function nearest(folder: string): string | undefined {
  const path = join(folder, NAME);
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}
