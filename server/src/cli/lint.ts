/** `pod-triage lint`: manifests in, findings out. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { atLeast, type Finding, type Severity } from '../core/finding.ts';
import { resourcesOf, Store } from '../core/kube/store.ts';
import type { LintConfig, Profile } from '../core/lint/config.ts';
import { isIgnoredFile, parseVersion } from '../core/lint/config.ts';
import { Linter } from '../core/lint/engine.ts';
import { fixAll } from '../core/lint/fixAll.ts';
import { RULES } from '../core/lint/rules/index.ts';
import type { SourceFile } from '../core/yaml/document.ts';
import { parseFile } from '../core/yaml/parse.ts';
import { lineColumnOf } from '../core/yaml/position.ts';
import { t, translate } from '../l10n.ts';
import { readSchema } from '../schemaFile.ts';
import { readConfigFile } from './configFile.ts';
import { manifestFiles, readManifest } from './files.ts';
import { FORMATS, type Format, printFindings } from './formats.ts';
import { type CliIO, oneOf, UsageError } from './io.ts';

/** A manifest above this size is generated data; linting it would only delay the rest. */
const MAX_BYTES = 16 * 1024 * 1024;
const STDIN = '-';
const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const;
const PROFILES = ['default', 'strict', 'pss-restricted'] as const;

/** Runs the command. 0: nothing at or above --fail-on, 1: something is. Usage errors are thrown. */
export async function lint(args: string[], io: CliIO): Promise<number> {
  const { values, positionals } = readArgs(args);
  if (positionals.length === 0)
    throw new UsageError(t('lint needs a file or folder: pod-triage lint PATH, or - for standard input.'));
  const format = oneOf<Format>('format', values.format, FORMATS, 'text');
  const failOn = oneOf<Severity>('fail-on', values['fail-on'], SEVERITIES, 'error');
  const config = readConfig(values, io);
  const files = await readFiles(positionals, config, io);
  if (values.fix) applyFixes(files, config, io);
  const findings = lintFiles(files, config, io);
  printFindings(format, findings, files, io);
  return findings.some(({ severity }) => atLeast(severity, failOn)) ? 1 : 0;
}

function readArgs(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        profile: { type: 'string' },
        enable: { type: 'string', multiple: true },
        disable: { type: 'string', multiple: true },
        config: { type: 'string' },
        'kubernetes-version': { type: 'string' },
        fix: { type: 'boolean' },
        'fail-on': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Configuration file first, options over it. */
function readConfig(values: ReturnType<typeof readArgs>['values'], io: CliIO): LintConfig {
  const config = readConfigFile(values.config, io);
  const rules = { ...config.rules };
  const ids = new Set(RULES.map(({ id }) => id));
  const named = (lists: string[] | undefined) =>
    (lists ?? []).flatMap((list) => list.split(',')).filter(Boolean);
  for (const id of named(values.enable)) {
    if (id !== 'all' && !ids.has(id)) io.err(t('There is no rule {id}; --enable leaves it out.', { id }));
    for (const each of id === 'all' ? ids : [id]) if (rules[each] === undefined) rules[each] = 'on';
  }
  for (const id of named(values.disable)) {
    if (!ids.has(id)) io.err(t('There is no rule {id}; --disable leaves it out.', { id }));
    rules[id] = 'off';
  }
  const version = values['kubernetes-version'];
  if (version !== undefined && !parseVersion(version))
    throw new UsageError(
      t('--kubernetes-version takes a version such as 1.36, not {value}.', { value: version }),
    );
  return {
    ...config,
    rules,
    ...(values.profile ? { profile: oneOf<Profile>('profile', values.profile, PROFILES, 'default') } : {}),
    ...(version ? { kubernetesVersion: version } : {}),
  };
}

async function readFiles(paths: string[], config: LintConfig, io: CliIO): Promise<SourceFile[]> {
  const schema = readSchema(io.root);
  const files: SourceFile[] = [];
  if (paths.includes(STDIN)) files.push(parseFile('<stdin>', await io.readStdin(), schema));
  for (const { file, path } of manifestFiles(
    paths.filter((each) => each !== STDIN),
    io.cwd,
    (each) => isIgnoredFile(config, each),
  )) {
    const text = readManifest(path, MAX_BYTES);
    if (text === undefined)
      io.err(
        t('{file} is not linted: it is binary or larger than {limit} MiB.', {
          file,
          limit: MAX_BYTES / 1024 / 1024,
        }),
      );
    else files.push(parseFile(file, text, schema));
  }
  return files;
}

/** The findings of all files, with positions, in the order of files and text. */
function lintFiles(files: SourceFile[], config: LintConfig, io: CliIO): Finding[] {
  const store = new Store();
  for (const file of files) store.setFile(file.file, resourcesOf(file));
  const linter = new Linter(RULES, config, {
    translate,
    onRuleError: (id, error) =>
      io.err(
        t('Rule {id} failed and is left out: {error}', {
          id,
          error: error instanceof Error ? error.message : String(error),
        }),
      ),
  });
  return files.flatMap((file) => {
    const position = lineColumnOf(file.text);
    return linter.lintFile(file, store).map((finding) => {
      const start = position(finding.start ?? 0);
      const end = position(finding.end ?? 0);
      return { ...finding, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    });
  });
}

/** Applies the safe fixes until none is left, and writes the files that changed. */
function applyFixes(files: SourceFile[], config: LintConfig, io: CliIO): void {
  for (const [index, file] of files.entries()) {
    if (file.file === '<stdin>') continue;
    const fixed = fixAll(file, files, new Linter(RULES, config, { translate }), readSchema(io.root));
    if (fixed.text === file.text) continue;
    const path = resolve(io.cwd, file.file);
    // A file that changed since it was read is not ours to overwrite.
    if (readFileSync(path, 'utf8') !== file.text)
      throw new UsageError(
        t('{file} changed while it was linted; run the command again.', { file: file.file }),
      );
    writeFileSync(path, fixed.text);
    files[index] = fixed;
    io.err(t('{file} is fixed.', { file: file.file }));
  }
}
