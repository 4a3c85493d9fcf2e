/** Findings of files under their settings: one linter a configuration, one result a generation of the workspace. */
import type { Finding } from './core/finding.ts';
import type { LintConfig } from './core/lint/config.ts';
import { Linter } from './core/lint/engine.ts';
import { RULES } from './core/lint/rules/index.ts';
import type { SourceFile } from './core/yaml/document.ts';
import type { Documents } from './documents.ts';
import { translate } from './l10n.ts';
import type { Settings } from './settings.ts';

export class Linting {
  readonly #documents: Documents;
  readonly #settings: Settings;
  readonly #onRuleError: (ruleId: string, error: unknown) => void;
  readonly #linters = new Map<string, Linter>();
  readonly #results = new Map<string, { generation: number; linter: Linter; findings: Finding[] }>();

  constructor(
    documents: Documents,
    settings: Settings,
    onRuleError: (ruleId: string, error: unknown) => void,
  ) {
    this.#documents = documents;
    this.#settings = settings;
    this.#onRuleError = onRuleError;
  }

  /** The findings of a file as it is now; none when linting is off there or the file is no manifest. */
  async findings(uri: string): Promise<{ file?: SourceFile; findings: Finding[] }> {
    const { enabled, config } = await this.#settings.of(uri);
    const state = this.#documents.get(uri);
    if (!enabled || state?.kind !== 'parsed') return { findings: [] };
    const linter = this.linterFor(config);
    const known = this.#results.get(uri);
    const { generation } = this.#documents;
    if (known?.generation === generation && known.linter === linter)
      return { file: state.file, findings: known.findings };
    const findings = linter.lintFile(state.file, this.#documents.store);
    this.#results.set(uri, { generation, linter, findings });
    return { file: state.file, findings };
  }

  linterFor(config: LintConfig): Linter {
    const key = JSON.stringify(config);
    const linter =
      this.#linters.get(key) ?? new Linter(RULES, config, { translate, onRuleError: this.#onRuleError });
    this.#linters.set(key, linter);
    return linter;
  }
}
