/** Files: documents, templates, broken text, lists, and taking over what did not change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcesOf } from '../../server/src/core/kube/store.ts';
import type { SourceFile } from '../../server/src/core/yaml/document.ts';
import { toData } from '../../server/src/core/yaml/node.ts';
import { parseFile } from '../../server/src/core/yaml/parse.ts';
import { cpuMs } from '../tools/cpuTime.ts';

const parse = (text: string, before?: SourceFile): SourceFile => parseFile('a.yaml', text, undefined, before);
const kinds = (text: string): string[] => parse(text).documents.map(({ document }) => document.kind);
const data = (text: string): unknown[] =>
  parse(text).documents.map(({ document }) => document.root && toData(document.root));
const names = (text: string): unknown[] =>
  parse(text).documents.flatMap(({ document }) =>
    document.manifests.map(({ object }) => `${object.apiVersion} ${object.kind} ${object.metadata.name}`),
  );

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;

test('documents are cut at markers, and lie where the file has them', () => {
  const text = `# head\n---\n${pod('a')}---\n${pod('b')}...\n# between\n---\n${pod('c')}`;
  const { documents } = parse(text);
  assert.deepEqual(kinds(text), ['empty', 'ok', 'ok', 'empty', 'ok']);
  assert.deepEqual(names(text), ['v1 Pod a', 'v1 Pod b', 'v1 Pod c']);
  for (const { start, document } of documents)
    assert.equal(text.slice(start, start + document.text.length), document.text);
  assert.equal(documents.map(({ document }) => document.text).join(''), text);
});

test('what looks like a marker inside a line or a block scalar is none', () => {
  assert.deepEqual(data('a: |\n  ---\n  b\nc: ---\nd: --- x\n'), [{ a: '---\nb\n', c: '---', d: '--- x' }]);
  assert.deepEqual(data('---a: 1\n'), [{ '---a': 1 }]);
});

test('a marker at the start of a line ends what is open', () => {
  assert.deepEqual(kinds('a: |\n  x\n---\nb: "y\n---\nz: 1\n'), ['ok', 'broken', 'ok']);
});

test('byte order mark, directives, and every kind of line end', () => {
  assert.deepEqual(data(`\ufeff${pod('a')}`), [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]);
  assert.equal(parse('\ufeffa: 1').documents[0]?.start, 1);
  assert.deepEqual(kinds('%YAML 1.1\n# c\n---\na: 1\n---\nb: 2\n'), ['ok', 'ok']);
  assert.deepEqual(data('a: 1\r---\rb:\r  c: d\r'), [{ a: 1 }, { b: { c: 'd' } }]);
  assert.deepEqual(data('a: |\r\n  x\r\n  y\r\n---\r\nb: 1\r\n'), [{ a: 'x\ny\n' }, { b: 1 }]);
});

test('an empty file is one empty document', () => {
  assert.deepEqual(kinds(''), ['empty']);
  assert.deepEqual(kinds('---'), ['empty']);
  assert.deepEqual(kinds('---\n---\n'), ['empty', 'empty']);
});

test('a half-typed document keeps the others', () => {
  const text = `${pod('a')}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: [\n---\n${pod('c')}`;
  assert.deepEqual(kinds(text), ['ok', 'broken', 'ok']);
  assert.deepEqual(names(text), ['v1 Pod a', 'v1 Pod c']);
  assert.ok((parse(text).documents[1]?.document.problems.length ?? 0) > 0);
});

test('template markup outside quotes, block scalars and comments makes a template', () => {
  for (const text of [
    'a: {{ .Values.a }}\n',
    'a: x-{{ .Release.Name }}\n',
    '{{- if .Values.a }}\na: 1\n{{- end }}\n',
    'a:\n  {{- toYaml .Values.a | nindent 2 }}\nb: 1\n',
    '{{ .Values.key }}: 1\n',
    'a: "x" {{ b }}\n',
    '{% if a %}\nb: 1\n{% endif %}\n',
    'a: [{{ b }}]\n',
    'a: "{{ printf "%s" .Values.a }}"\n',
  ])
    assert.deepEqual(kinds(text), ['template'], text);
  for (const text of [
    'a: "{{ $labels.instance }} is down"\n',
    "a: '{{ $value }}'\n",
    'a: |\n  {{ define "x" }}\n',
    'a: >-\n  {{ x }}\n',
    'a: 1 # {{ x }}\n# {{- y }}\n',
    '"{{ x }}": 1\n',
    '# Source: chart/templates/pod.yaml\na: 1\n',
    'a: {b: {c: 1}}\n',
  ])
    assert.deepEqual(kinds(text), ['ok'], text);
  assert.deepEqual(kinds('a: "{{ x }}\n'), ['template']);
  assert.deepEqual(kinds('a: "{{ x }}"\nb: [\n'), ['broken']);
  assert.deepEqual(kinds(`a: {{ x }}\n---\n${pod('a')}`), ['template', 'ok']);
  assert.deepEqual(parse('a: {{ x }}\n').documents[0]?.document.problems, []);
});

test('lists are unfolded; items of typed lists get what the list is called after', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${pod('a').replaceAll('\n', '\n  ')}\n- null\n- x\n`;
  assert.deepEqual(names(list), ['v1 Pod a']);
  const typed = 'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n';
  assert.deepEqual(names(typed), ['v1 Pod a', 'v1 Pod b']);
  assert.deepEqual(
    parse(typed).documents[0]?.document.manifests.map(({ within }) => within),
    [
      ['items', 0],
      ['items', 1],
    ],
  );
  const nested = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: DeploymentList\n  items: [{metadata: {name: a}}]\n`;
  assert.deepEqual(names(nested), ['apps/v1 Deployment a']);
  assert.deepEqual(parse(nested).documents[0]?.document.manifests[0]?.within, ['items', 0, 'items', 0]);
  assert.deepEqual(names('apiVersion: a/v1\nkind: AllowList\nmetadata: {name: x}\n'), ['a/v1 AllowList x']);
  assert.deepEqual(
    names('{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod"}]}'),
    ['v1 Pod undefined'],
  );
});

test('what is no Kubernetes object has no manifests', () => {
  for (const text of ['a: 1\n', '- 1\n', 'text\n', 'apiVersion: v1\n', 'kind: Pod\napiVersion:\n', '[1]'])
    assert.deepEqual(names(text), [], text);
});

test('documents that did not change are taken over, each for one place', () => {
  const [a, b] = [pod('a'), pod('b')];
  const first = parse(`${a}---\n${b}`);
  const second = parse(`---\n${b}---\n${a}x: 1\n`, first);
  assert.notEqual(second.documents[1]?.document, first.documents[0]?.document);
  assert.equal(parse(`${a}---\n${b}# new\n`, first).documents[0]?.document, first.documents[0]?.document);
  const twins = parse(`---\n${a}---\n${a}`, parse(`---\n${a}`));
  const [one, two] = twins.documents.map(({ document }) => document.manifests[0]);
  assert.ok(one && two);
  assert.notEqual(one, two);
  const again = parse(twins.text, twins);
  assert.deepEqual(
    again.documents.map(({ document }) => document),
    twins.documents.map(({ document }) => document),
  );
  assert.notEqual(again.documents[0]?.document, again.documents[1]?.document);
});

test('a document that breaks while it is typed keeps its objects for others, without a place', () => {
  const sound = parse(`${pod('a')}---\n${pod('b')}`);
  const typing = parse(sound.text.replace('{name: b}', '{name: b'), sound);
  const further = parse(sound.text.replace('{name: b}', '{name: bc'), typing);
  for (const file of [typing, further]) {
    assert.deepEqual(
      file.documents.map(({ document }) => document.kind),
      ['ok', 'broken'],
    );
    assert.deepEqual(
      resourcesOf(file).map(({ ref, origin }) => [ref.name, origin !== undefined]),
      [
        ['a', true],
        ['b', false],
      ],
    );
  }
  const mended = parse(sound.text, further);
  assert.equal(mended.documents[1]?.document.remembered, undefined);
  assert.equal(resourcesOf(parse(further.text)).length, 1);
});

test('a file read with another schema is read anew', () => {
  const before = parse(pod('a'));
  const schema = { version: '1.36', kinds: new Map(), typeOf: () => ({ kind: 'any' }) as const };
  const after = parseFile('a.yaml', before.text, schema, before);
  assert.notEqual(after.documents[0]?.document, before.documents[0]?.document);
  assert.equal(after.schema, schema);
});

const limit = (text: string, ms: number): SourceFile => {
  let file = parse('');
  const took = cpuMs(() => {
    file = parse(text);
  });
  assert.ok(took < ms, `took ${took.toFixed(0)} ms: ${JSON.stringify(text.slice(0, 40))}`);
  return file;
};
const codes = (file: SourceFile): (string | undefined)[] =>
  file.documents.map(({ document }) => document.problems[0]?.code);

test('10,000 documents and 2 MB are read in no time', () => {
  const many = limit(`${pod('a')}---\n`.repeat(10_000), 3000);
  assert.equal(many.documents.length, 10_001);
  const large = `apiVersion: v1\nkind: ConfigMap\ndata:\n${'  key: some value\n'.repeat(120_000)}`;
  assert.equal(limit(large, 3000).documents[0]?.document.kind, 'ok');
  assert.equal(limit(`a: |\n${'  some text\n'.repeat(180_000)}`, 3000).documents[0]?.document.kind, 'ok');
});

test('deep nesting and alias bombs are told, not followed', () => {
  for (const text of ['['.repeat(50_000), '- '.repeat(20_000), '{a: '.repeat(5000)])
    assert.deepEqual(codes(limit(text, 5000)), ['depthLimit'], text.slice(0, 10));
  const stairs = Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
  assert.deepEqual(codes(limit(stairs, 5000)), ['depthLimit']);
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`)}]`);
  assert.deepEqual(codes(limit(lines.join('\n'), 3000)), ['aliasLimit']);
  assert.deepEqual(codes(limit('a: &a [*a]\n', 1000)), ['depthLimit']);
});

test('many aliases and merge keys of sound text stay cheap', () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `k${i}: {<<: *x, z: *y}`).join('\n');
  const file = limit(`x: &x {a: 1}\ny: &y b\n${keys}\n`, 3000);
  assert.deepEqual((data(file.text)[0] as Record<string, unknown>).k4999, { a: 1, z: 'b' });
});

test('what no reader can read is a problem with a place', () => {
  for (const [text, code] of [
    ['a: \0b\n', 'control'],
    ['a:\n\tb: 1\n', 'tabIndent'],
    ['a: *nope\n', 'unknownAlias'],
    ['"'.concat('x'.repeat(500_000)), 'openQuote'],
    ['{"a":1,'.repeat(3), 'openBracket'],
    [`${'\t'.repeat(1000)}x: 1\n`, 'tabIndent'],
    ['? [a]\n: b\n', 'keyKind'],
  ] as const) {
    const { documents } = limit(text, 3000);
    const problem = documents[0]?.document.problems[0];
    assert.equal(problem?.code, code, JSON.stringify(text.slice(0, 20)));
    assert.ok(problem && problem.start <= problem.end && problem.end <= text.length);
  }
  // Bytes that are no UTF-8 come as U+FFFD, which is a character like others.
  assert.deepEqual(data('a: \ufffd\n'), [{ a: '\ufffd' }]);
});

test('flow collections and quotes are read as the API server reads them, wherever their lines begin', () => {
  // Answers of sigs.k8s.io/yaml v1.6.0; YAML 1.2 refuses each of these texts.
  for (const [text, value] of [
    ['a:\n  b: [\n\t"c",\n\t\t"d"\n  ]\n', { a: { b: ['c', 'd'] } }],
    ['a:\n  b: {\nc: 1,\n"d": 2\n}\n', { a: { b: { c: 1, d: 2 } } }],
    ['a:\n  b: "c\nd"\n', { a: { b: 'c d' } }],
    ["a:\n  b: 'c\n\nd'\n", { a: { b: 'c\nd' } }],
    ['a:\n  b: [ "c\nd" ]\n', { a: { b: ['c d'] } }],
  ] as const)
    assert.deepEqual(data(text), [value], text);
  assert.deepEqual(kinds('a:\n  b: "c\nd: 1\n'), ['broken']);
  assert.deepEqual(kinds('a:\n  b: [\nd: 1\n'), ['broken']);
});

test('duplicate keys: the last one counts, both are in the tree', () => {
  const root = parse('a: 1\nb: 2\na: 3\n').documents[0]?.document.root;
  assert.deepEqual(root && toData(root), { a: 3, b: 2 });
  assert.equal(root?.kind === 'map' && root.entries.length, 3);
});
