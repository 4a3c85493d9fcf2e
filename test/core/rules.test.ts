/**
 * Every rule against its examples (test/fixtures/rules/<rule-id>.md), each in every variant.
 * UPDATE=1 rewrites the markers from what the rules say, UPDATE=fixed the fixed blocks as well; read the difference
 * before committing it.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Rule } from '../../server/src/core/lint/rule.ts';
import { RULES } from '../../server/src/core/lint/rules/index.ts';
import { type Example, type FixedBlock, type Marker, parseExamples, renderFiles } from '../tools/markers.ts';
import { applyFix, lint, type Text, type Told } from '../tools/ruleRun.ts';
import { FILLER_KIND, VARIANTS, type Variant } from '../tools/variants.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const fixtures = join(root, 'test', 'fixtures', 'rules');
const rulesFolder = join(root, 'server', 'src', 'core', 'lint', 'rules');
const UPDATE = process.env.UPDATE !== undefined;
const UPDATE_FIXED = process.env.UPDATE === 'fixed';
const ONLY = process.env.RULE;

/** Message ids that the examples of a rule have shown: of findings, fix titles and related places. */
interface Seen {
  findings: Set<string>;
  fixes: Set<string>;
  related: Set<string>;
}

for (const rule of RULES) if (!ONLY || ONLY.split(',').includes(rule.id)) checkRule(rule);

function checkRule(rule: Rule): void {
  const path = join(fixtures, `${rule.id}.md`);
  if (!existsSync(path)) {
    test(`${rule.id} has examples`, () => assert.fail(`${basename(path)} is missing.`));
    return;
  }
  const markdown = readFileSync(path, 'utf8');
  const examples = parseExamples(markdown);
  const seen: Seen = { findings: new Set(), fixes: new Set(), related: new Set() };
  const run = (files: readonly Text[], example: Example) =>
    lint([rule], files, example.options, [rule.id]).filter((told) => told.rule === rule.id);
  const rewrites: { start: number; end: number; lines: string[] }[] = [];

  for (const [index, example] of examples.entries()) {
    const name = `${rule.id} ${index + 1} (${example.kind}): ${example.title}`;
    test(name, () => {
      const told = run(example.files, example);
      for (const { message, fixes, related } of told) {
        seen.findings.add(message);
        for (const { title } of fixes) seen.fixes.add(title);
        for (const message of related) seen.related.add(message);
      }
      if (example.kind === 'good') return assert.deepEqual(told.map(oneLine), []);
      if (UPDATE) rewrites.push({ ...example.block, lines: renderFiles(withMarkers(example, told)) });
      else
        assert.deepEqual(
          told.map(placed).sort(),
          example.files.flatMap((file) => file.markers.map((marker) => place(file.name, marker))).sort(),
          `expected the markers:\n\n${renderFiles(withMarkers(example, told)).join('\n')}\n`,
        );
      if (!UPDATE) assert.ok(told.length > 0, 'A bad example has a finding.');
      for (const { text, finding } of told) {
        assert.match(text, /^\S.*\S$/s, 'A message is a sentence.');
        assert.ok((finding.end ?? 0) >= (finding.start ?? 0));
      }
    });
    for (const fixed of example.fixed)
      test(`${name}, fixed by ${fixed.fix}`, () => {
        const files = checkFix(rule, example, fixed);
        if (UPDATE_FIXED) rewrites.push({ ...fixed.block, lines: renderFiles(files) });
      });
    if (!UPDATE)
      for (const variant of VARIANTS)
        if (!example.options.skip?.includes(variant.name))
          test(`${name}, ${variant.name}`, () => checkVariant(rule, example, variant, run));
  }

  if (UPDATE)
    test(`${rule.id} update`, () => {
      const lines = markdown.split('\n');
      for (const { start, end, lines: replacement } of rewrites.sort((a, b) => b.start - a.start))
        lines.splice(start, end - start, ...replacement);
      writeFileSync(path, lines.join('\n'));
    });
  else
    test(`${rule.id} is shown whole by its examples`, () => {
      assert.ok(examples.some(({ kind }) => kind === 'bad') && examples.some(({ kind }) => kind === 'good'));
      const fixed = new Set(examples.flatMap((example) => example.fixed.map(({ fix }) => fix)));
      assert.deepEqual([...seen.fixes].sort(), [...fixed].sort(), 'one fixed block for every fix title');
      assert.deepEqual(
        [...new Set([...seen.findings, ...seen.fixes, ...seen.related])].sort(),
        Object.keys(rule.messages).sort(),
        'every message appears in some example',
      );
      assert.match(rule.case, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    });
}

/** Applies the fix and compares; the finding must be gone and nothing new may be said. Gives the files it makes. */
function checkFix(rule: Rule, example: Example, fixed: FixedBlock): (Text & { markers: Marker[] })[] {
  const on = [rule.id];
  const before = lint(RULES, example.files, example.options, on);
  const offers = before
    .filter((told) => told.rule === rule.id)
    .flatMap((told) => told.fixes.filter(({ title }) => title === fixed.fix).map((fix) => ({ told, fix })));
  const offer = offers[fixed.nth - 1];
  assert.ok(offer, `Fix ${fixed.fix} is offered ${offers.length} times.`);
  const after = applyFix(example.files, offer.fix.edits);
  const changed = after.filter(({ text }, index) => text !== example.files[index]?.text);
  if (UPDATE_FIXED) return changed.map((file) => ({ ...file, markers: [] }));
  for (const { name, text } of after) {
    const expected =
      fixed.files.find((file) => file.name === name) ?? example.files.find((f) => f.name === name);
    assert.equal(text, expected?.text, `${name} after the fix`);
  }
  const now = lint(RULES, after, example.options, on);
  // By message id: a rename changes the texts of findings that stay.
  const had = counts(before, kindOf);
  const left = counts(now, kindOf);
  for (const [key, count] of left)
    assert.ok(count <= (had.get(key) ?? 0), `The fix brings a finding: ${key}`);
  const key = identity(offer.told);
  const stays = (told: readonly Told[]) => counts(told, identity).get(key) ?? 0;
  assert.ok(stays(now) < stays(before), `The fix leaves its finding: ${key}`);
  return [];
}

function checkVariant(
  rule: Rule,
  example: Example,
  variant: Variant,
  run: (files: readonly Text[], example: Example) => Told[],
): void {
  const plain = run(example.files, example);
  const files = variant.dress(rule, example.files, plain);
  if (!files) return;
  const told = run(files, example).filter(({ finding }) => finding.object.kind !== FILLER_KIND);
  const show = () => files.map(({ name, text }) => `# file: ${name}\n${text}`).join('');
  if (variant.expect === 'none') {
    assert.deepEqual(told.map(placed), [], show());
    return;
  }
  if (variant.expect === 'count') {
    assert.deepEqual(told.map((t) => t.message).sort(), plain.map((t) => t.message).sort(), show());
    return;
  }
  const textOf = new Map(example.files.map(({ name, text }) => [name, text]));
  const moved = plain.map(({ finding, marker }) => {
    const name = finding.file ?? '';
    const move = variant.move ?? ((_, line, column) => [line, column]);
    const [line, column] = move(textOf.get(name) ?? '', marker.line, marker.column);
    const [endLine, endColumn] = move(textOf.get(name) ?? '', marker.endLine, marker.endColumn);
    return place(name, { message: marker.message, line, column, endLine, endColumn });
  });
  assert.deepEqual(told.map(placed).sort(), moved.sort(), show());
}

const place = (file: string, { message, line, column, endLine, endColumn }: Marker): string =>
  `${file}:${line + 1}:${column + 1}-${endLine + 1}:${endColumn + 1} ${message}`;
const placed = (told: Told): string => place(told.finding.file ?? '', told.marker);
const oneLine = (told: Told): string => `${placed(told)} ${told.text}`;
const identity = ({ rule, message, text }: Told): string => `${rule} ${message}: ${text}`;

const kindOf = ({ rule, message }: Told): string => `${rule} ${message}`;

function counts(told: readonly Told[], by: (told: Told) => string): Map<string, number> {
  const map = new Map<string, number>();
  for (const one of told) map.set(by(one), (map.get(by(one)) ?? 0) + 1);
  return map;
}

const withMarkers = (example: Example, told: readonly Told[]) =>
  example.files.map(({ name, text }) => ({
    name,
    text,
    markers: told.filter(({ finding }) => finding.file === name).map(({ marker }) => marker),
  }));

test('the registry is sorted by group and id, and equals the folder', () => {
  const GROUPS = [
    'schema',
    'apiversion',
    'metadata',
    'references',
    'networking',
    'probes',
    'workloads',
    'resources',
    'images',
    'security',
    'rbac',
    'storage',
  ];
  const names = RULES.map(({ group, id }) => `${group}/${id}`);
  const sorted = [...names].sort((a, b) => {
    const [groupA = '', idA = ''] = a.split('/');
    const [groupB = '', idB = ''] = b.split('/');
    return GROUPS.indexOf(groupA) - GROUPS.indexOf(groupB) || (idA < idB ? -1 : 1);
  });
  assert.deepEqual(names, sorted);
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  const files = globSync('*/*.ts', { cwd: rulesFolder }).map((path) => path.replace(/\.ts$/, ''));
  assert.deepEqual([...names].sort(), files.sort());
});

test('every example file belongs to a rule', () => {
  const ids = new Set(RULES.map(({ id }) => id));
  const orphans = globSync('*.md', { cwd: fixtures }).filter((path) => !ids.has(path.replace(/\.md$/, '')));
  assert.deepEqual(orphans, []);
});

test('one wrong text gets one finding of the schema rules', () => {
  const twice: string[] = [];
  for (const path of globSync('*.md', { cwd: fixtures }).sort())
    for (const example of parseExamples(readFileSync(join(fixtures, path), 'utf8'))) {
      const schemaRules = RULES.filter(({ group }) => group === 'schema');
      const seen = new Map<string, string>();
      for (const told of lint(schemaRules, example.files, { ...example.options, params: {} }, [])) {
        const at = place(told.finding.file ?? '', { ...told.marker, message: '' });
        const other = seen.get(at);
        if (other) twice.push(`${path} "${example.title}" ${at}: ${other} and ${told.rule}`);
        seen.set(at, told.rule);
      }
    }
  assert.deepEqual(twice, []);
});
