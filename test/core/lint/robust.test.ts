/** Half a manifest is a normal sight in an editor: no rule may throw on one, whatever stands where. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import { Linter } from '../../../server/src/core/lint/engine.ts';
import { RULES } from '../../../server/src/core/lint/rules/index.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';
import { parseExamples } from '../../tools/markers.ts';
import { ROOT } from '../../tools/paths.ts';
import { lint as tell } from '../../tools/ruleRun.ts';
import { testSchema } from '../../tools/schema.ts';

const WRONG = [null, 'x', 7, true, [], {}, [null], ['x'], [[]], { a: null }];
/** One of so many places of an example is made wrong; all of them take minutes. */
const EVERY = 17;

type Container = Record<string | number, unknown>;

/** Every place of a tree: what holds it, and under which key. */
function placesOf(value: unknown, places: { holder: Container; key: string }[] = []) {
  if (typeof value !== 'object' || value === null) return places;
  for (const key of Object.keys(value)) {
    places.push({ holder: value as Container, key });
    placesOf((value as Container)[key], places);
  }
  return places;
}

/** The documents of a text as data; alias bombs are no examples of a half-written manifest. */
function dataOf(text: string): unknown[] {
  try {
    return parseAllDocuments(text, { logLevel: 'silent' }).map((document) => document.toJS() as unknown);
  } catch {
    return [];
  }
}

const errors: string[] = [];
const rules = Object.fromEntries(RULES.map(({ id }) => [id, 'on' as const]));

function lint(text: string, what: string): void {
  const file = parseFile('a.yaml', text, testSchema());
  const store = new Store();
  store.setFile(file.file, resourcesOf(file));
  const onRuleError = (id: string, error: unknown) => errors.push(`${id} on ${what}: ${String(error)}`);
  new Linter(RULES, { rules }, { onRuleError }).lintFile(file, store);
}

test('no rule throws when a value of any example is something else', () => {
  let runs = 0;
  let count = 0;
  for (const path of globSync('test/fixtures/rules/*.md', { cwd: ROOT }).sort())
    for (const example of parseExamples(readFileSync(join(ROOT, path), 'utf8'))) {
      const documents = example.files.flatMap(({ text }) => dataOf(text));
      for (const { holder, key } of documents.flatMap((document) => placesOf(document))) {
        if (key === 'kind' || key === 'apiVersion' || ++count % EVERY !== 0) continue;
        const old = holder[key];
        const wrong = WRONG[(count / EVERY) % WRONG.length];
        holder[key] = wrong;
        lint(
          documents.map((document) => JSON.stringify(document)).join('\n---\n'),
          `${key}: ${JSON.stringify(wrong)} in ${path}`,
        );
        holder[key] = old;
        runs++;
      }
    }
  assert.deepEqual(errors, []);
  assert.ok(runs > 400, `${runs} runs`);
});

/** The tree without the names of its containers: what is being typed has none yet. */
function withoutContainerNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutContainerNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      /^(?:c|initC|ephemeralC)ontainers$/.test(key) && Array.isArray(inner)
        ? inner.map((container: unknown) => {
            const { name: _, ...rest } = { ...(container as Container) };
            return withoutContainerNames(rest);
          })
        : withoutContainerNames(inner),
    ]),
  );
}

test('a container without a name is called by its place', () => {
  const on = Object.keys(rules);
  let told = 0;
  for (const path of globSync('test/fixtures/rules/*.md', { cwd: ROOT }).sort())
    for (const { files, options } of parseExamples(readFileSync(join(ROOT, path), 'utf8'))) {
      const nameless = files.map(({ name, text }) => ({
        name,
        text: dataOf(text)
          .map((document) => JSON.stringify(withoutContainerNames(document)))
          .join('\n---\n'),
      }));
      // An empty place in a message throws.
      for (const { text } of tell(RULES, nameless, options, on))
        if (/(?:c|initC)ontainers\[\d+\]/.test(text)) told++;
    }
  assert.ok(told > 500, `${told} messages name a container by its place`);
});

test('an empty name shows as a dash, and an empty namespace is the default one', () => {
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: "", namespace: ""}\n';
  const pods = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: default}\nspec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}\n`;
  const text = `${service}spec: {selector: {app: web}, ports: [{port: 80}]}\n---\n${pods}`;
  const file = parseFile('a.yaml', text, testSchema());
  const store = new Store();
  store.setFile(file.file, resourcesOf(file));
  const messages = new Linter(RULES, {}).lintFile(file, store).map(({ message }) => message);
  assert.ok(
    messages.some((message) => message.includes('Service – sends requests')),
    messages.join('\n'),
  );
});
