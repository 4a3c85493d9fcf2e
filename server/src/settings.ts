/** Settings of a resource: the editor's and the nearest `.pod-triage.yaml`, cached until one of them changes. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type LintConfig, mergeConfigs, type Profile, type RuleSetting } from './core/lint/config.ts';
import { parseConfig } from './core/lint/configFile.ts';

/** The `podTriage` section as the editor sends it. */
export interface EditorSettings {
  lint?: {
    enabled?: boolean;
    profile?: Profile;
    kubernetesVersion?: string;
    scope?: 'openFiles' | 'workspace';
    rules?: Record<string, RuleSetting>;
  };
}

export interface ResourceSettings {
  enabled: boolean;
  scope: 'openFiles' | 'workspace';
  config: LintConfig;
}

export const CONFIG_NAME = '.pod-triage.yaml';

export class Settings {
  readonly #ask: (uri: string) => Promise<EditorSettings | null>;
  readonly #cache = new Map<string, Promise<ResourceSettings>>();

  /** `ask` gets the editor's settings for a resource; null when the editor has none. */
  constructor(ask: (uri: string) => Promise<EditorSettings | null>) {
    this.#ask = ask;
  }

  of(uri: string): Promise<ResourceSettings> {
    const cached = this.#cache.get(uri) ?? this.#read(uri);
    this.#cache.set(uri, cached);
    return cached;
  }

  changed(): void {
    this.#cache.clear();
  }

  async #read(uri: string): Promise<ResourceSettings> {
    const { lint = {} } = (await this.#ask(uri)) ?? {};
    const file = configOf(uri);
    return {
      enabled: lint.enabled !== false,
      scope: lint.scope ?? 'openFiles',
      config: mergeConfigs(
        // The YAML support of the editor owns syntax errors; saying them twice is noise.
        mergeConfigs({ rules: { 'yaml-syntax': 'off' } }, file),
        {
          ...(lint.profile && lint.profile !== 'default' ? { profile: lint.profile } : {}),
          ...(lint.kubernetesVersion ? { kubernetesVersion: lint.kubernetesVersion } : {}),
          rules: lint.rules ?? {},
        },
      ),
    };
  }
}

/** The nearest configuration file from the resource upwards; problems in it are shown where it is open. */
function configOf(uri: string): LintConfig {
  if (!uri.startsWith('file:')) return {};
  for (let folder = dirname(fileURLToPath(uri)); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_NAME);
    if (existsSync(path))
      return { ...parseConfig(readFileSync(path, 'utf8')).config, root: pathToFileURL(folder).href };
    if (dirname(folder) === folder) return {};
  }
}
