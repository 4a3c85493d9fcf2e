/** Every string a user sees has its Chinese, and the Chinese keeps the places of the English. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DIAGNOSIS_MESSAGES } from '../../server/src/core/diagnosis/messages.ts';
import { MODES } from '../../server/src/core/diagnosis/modes/index.ts';
import { CONFIG_MESSAGES } from '../../server/src/core/lint/configFile.ts';
import { RULES } from '../../server/src/core/lint/rules/index.ts';
import { PROBE_MESSAGES } from '../../server/src/core/probe/messages.ts';
import { ROOT } from '../tools/paths.ts';

const read = (path: string): Record<string, string> =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, string>;
const bundle: Record<string, string> = Object.assign(
  {},
  ...globSync('l10n/zh-cn/*.json', { cwd: ROOT }).sort().map(read),
);

const STRING = `'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)"|\`([^\`$]*)\``;
const CALL = new RegExp(`\\b(?:l10n\\.t|[^.\\w]t)\\(\\s*(?:${STRING})`, 'g');

/** Templates of `l10n.t('…')` and `t('…')` calls. */
function templatesOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(CALL)].map((match) =>
    (match[1] ?? match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1'),
  );
}

const placesOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([place]) => place))].sort();

describe('localisation', () => {
  const sources = globSync('{client,server}/src/**/*.ts', { cwd: ROOT });
  const called = new Set(sources.flatMap(templatesOf));
  const declared = new Set([
    ...Object.values(CONFIG_MESSAGES),
    ...Object.values(DIAGNOSIS_MESSAGES),
    ...Object.values(PROBE_MESSAGES),
    ...[...RULES, ...MODES].flatMap(({ messages }) => Object.values(messages as Record<string, string>)),
  ]);

  it('finds the strings it checks', () => {
    assert.ok(called.size > 50, `${called.size} called`);
    assert.ok(declared.size > 100, `${declared.size} declared`);
  });

  it('translates every template', () => {
    const missing = [...called, ...declared].filter((template) => bundle[template] === undefined);
    assert.deepEqual(missing, []);
  });

  it('keeps the places', () => {
    const broken = Object.entries(bundle).filter(
      ([english, chinese]) => placesOf(english).join() !== placesOf(chinese).join(),
    );
    assert.deepEqual(broken, []);
  });

  it('translates package.json as a whole', () => {
    const english = read('package.nls.json');
    const chinese = read('package.nls.zh-cn.json');
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
    const used = [...readFileSync(join(ROOT, 'package.json'), 'utf8').matchAll(/%([\w.-]+)%/g)].map(
      (match) => match[1],
    );
    assert.deepEqual(
      [...new Set(used)].filter((key) => key !== undefined && english[key] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(english).filter((key) => !used.includes(key)),
      [],
    );
  });
});
