/** Finds and reads `.pod-triage.yaml`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type LintConfig, parseConfig } from '../core/lint/configFile.ts';
import { t } from '../l10n.ts';
import { type CliIO, UsageError } from './io.ts';

const NAME = '.pod-triage.yaml';

/** The named file, or the nearest one from the working directory upwards, or nothing. Problems are told, not fatal. */
export function readConfigFile(named: string | undefined, io: CliIO): LintConfig {
  const path = named === undefined ? nearest(io.cwd) : resolve(io.cwd, named);
  if (path === undefined) return {};
  if (!existsSync(path))
    throw new UsageError(t('The configuration file {path} is not there.', { path: named ?? path }));
  const { config, problems } = parseConfig(readFileSync(path, 'utf8'));
  for (const problem of problems) io.err(`${path}: ${problem.message}`);
  return config;
}

function nearest(folder: string): string | undefined {
  const path = join(folder, NAME);
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}
