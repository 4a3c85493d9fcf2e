/** Edits of block YAML, flow YAML and JSON: the exact text after, and that it reads back as what was asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits, type EditOp, editsFor } from '../../server/src/core/yaml/edit.ts';
import { type MapNode, toData } from '../../server/src/core/yaml/node.ts';
import { parseFile } from '../../server/src/core/yaml/parse.ts';
import { numbers } from './lib/random.ts';

function edit(text: string, ops: EditOp[]): string | undefined {
  const document = parseFile('a.yaml', text).documents[0]?.document;
  assert.ok(document?.root, `unreadable: ${JSON.stringify(text)} ${JSON.stringify(document?.problems)}`);
  const edits = editsFor(document, document.root as MapNode, ops);
  if (!edits) return undefined;
  for (const [i, { start, end }] of edits.entries()) {
    assert.ok(
      start <= end && start >= (edits[i - 1]?.end ?? 0),
      `sorted, no overlap: ${JSON.stringify(edits)}`,
    );
    assert.ok(end <= text.length);
  }
  return applyEdits(text, edits);
}

const dataOf = (text: string): unknown => {
  const root = parseFile('a.yaml', text).documents[0]?.document.root;
  return root && toData(root);
};

const set = (path: EditOp['path'], value: unknown): EditOp => ({ op: 'set', path, value });
const source = (path: EditOp['path'], text: string): EditOp => ({ op: 'text', path, text });
const remove = (...path: EditOp['path']): EditOp => ({ op: 'delete', path });
const rename = (path: EditOp['path'], key: string): EditOp => ({ op: 'rename', path, key });
const append = (path: EditOp['path'], value: unknown): EditOp => ({ op: 'append', path, value });

type Case = [name: string, before: string, ops: EditOp | EditOp[], after: string | undefined];

const CASES: Case[] = [
  // set: scalars
  ['a number', 'a: 1 # one\nb: 2\n', set(['a'], 3), 'a: 3 # one\nb: 2\n'],
  ['a value of no text', 'a:\nb: 2\n', set(['a'], 3), 'a: 3\nb: 2\n'],
  ['a value of no text beside a comment', 'a: # c\nb: 2\n', set(['a'], 3), 'a: 3 # c\nb: 2\n'],
  ['a value of no text at the end', 'b: 1\na:', set(['a'], 'x'), 'b: 1\na: x'],
  ['an item of no text', 'a:\n-\n- b\n', set(['a', 0], 'x'), 'a:\n- x\n- b\n'],
  ['double quotes stay', 'a: "x"\n', set(['a'], 'y z'), 'a: "y z"\n'],
  ['single quotes stay', "a: 'x'\n", set(['a'], "it's"), "a: 'it''s'\n"],
  ['quotes go with the string', 'a: "1"\n', set(['a'], 1), 'a: 1\n'],
  ['a string that reads as a number', 'a: 1\n', set(['a'], '1'), 'a: "1"\n'],
  ['a string that reads as a boolean', 'a: b\n', set(['a'], 'yes'), 'a: "yes"\n'],
  ['y', 'a: b\n', set(['a'], 'y'), 'a: "y"\n'],
  ['a string that reads as null', 'a: b\n', set(['a'], '~'), 'a: "~"\n'],
  ['the empty string', 'a: b\n', set(['a'], ''), 'a: ""\n'],
  ['a date', 'a: b\n', set(['a'], '2020-01-01'), 'a: "2020-01-01"\n'],
  ['a time of day', 'a: b\n', set(['a'], '12:30:00'), 'a: "12:30:00"\n'],
  ['an image needs no quotes', 'a: b\n', set(['a'], 'nginx:1.25'), 'a: nginx:1.25\n'],
  ['a quantity needs no quotes', 'a: b\n', set(['a'], '100Mi'), 'a: 100Mi\n'],
  ['a URL needs no quotes', 'a: b\n', set(['a'], 'http://a/b?c#d'), 'a: http://a/b?c#d\n'],
  ['a colon and blank', 'a: b\n', set(['a'], 'x: y'), 'a: "x: y"\n'],
  ['a hash after a blank', 'a: b\n', set(['a'], 'x #y'), 'a: "x #y"\n'],
  ['a backslash', 'a: b\n', set(['a'], 'x\\d'), 'a: x\\d\n'],
  ['a leading star', 'a: b\n', set(['a'], '*.example'), 'a: "*.example"\n'],
  ['a leading dash', 'a: b\n', set(['a'], '--flag=x'), 'a: --flag=x\n'],
  ['a leading document marker', 'a: b\n', set(['a'], '---x'), 'a: "---x"\n'],
  ['a block scalar', 'a: |\n  one\n  two\nb: 1\n', set(['a'], 'x'), 'a: x\nb: 1\n'],
  ['a plain scalar of two lines', 'a: one\n  two\nb: 1\n', set(['a'], 'x'), 'a: x\nb: 1\n'],
  ['a text of lines', 'a:\n  b: 1\n', set(['a', 'c'], 'x\ny\n'), 'a:\n  b: 1\n  c: |\n    x\n    y\n'],
  ['a text of lines in place of another', 'a: b\n', set(['a'], 'x\ny'), 'a: "x\\ny"\n'],
  ['an item', 'a:\n  - b # x\n  - c\n', set(['a', 1], 'd'), 'a:\n  - b # x\n  - d\n'],
  // set: missing keys
  ['a missing key', 'a:\n  b: 1\nc: 2\n', set(['a', 'x'], 5), 'a:\n  b: 1\n  x: 5\nc: 2\n'],
  [
    'a missing key behind a comment',
    'a:\n  b: 1 # c\n# d\nc: 2\n',
    set(['a', 'x'], 5),
    'a:\n  b: 1 # c\n  x: 5\n# d\nc: 2\n',
  ],
  ['a missing key at an end without line break', 'a:\n  b: 1', set(['a', 'x'], 5), 'a:\n  b: 1\n  x: 5'],
  ['missing parents', 'a:\n  b: 1\n', set(['a', 'x', 'w', 'z'], 5), 'a:\n  b: 1\n  x:\n    w:\n      z: 5\n'],
  ['four columns', 'a:\n    b: 1\n', set(['a', 'x', 'w'], 5), 'a:\n    b: 1\n    x:\n        w: 5\n'],
  [
    'a list at the column of its key',
    'a:\n- b: 1\n',
    set(['l'], [{ x: 1, w: 2 }]),
    'a:\n- b: 1\nl:\n- x: 1\n  w: 2\n',
  ],
  ['a list below its key', 'a:\n  - b: 1\n', set(['l'], ['x']), 'a:\n  - b: 1\nl:\n  - x\n'],
  [
    'the style of the nearest list',
    'a:\n  - b:\n    - c\n',
    set(['a', 0, 'd'], ['x']),
    'a:\n  - b:\n    - c\n    d:\n    - x\n',
  ],
  [
    'a key of a list item',
    'a:\n- b: 1\n- c: 2\n',
    set(['a', 0, 'x', 'w'], 5),
    'a:\n- b: 1\n  x:\n    w: 5\n- c: 2\n',
  ],
  ['a list through missing parents', 'a: 1\n', set(['b', 0, 'c'], 'x'), 'a: 1\nb:\n- c: x\n'],
  ['below null', 'a:\nb: 1\n', set(['a', 'x'], 5), 'a:\n  x: 5\nb: 1\n'],
  ['below a written null', 'a: null # c\nb: 1\n', set(['a', 'x'], 5), 'a: # c\n  x: 5\nb: 1\n'],
  ['below an empty map', 'a: {} # c\nb: 1\n', set(['a', 'x'], 5), 'a: # c\n  x: 5\nb: 1\n'],
  ['below an empty map, no comment', 'a:\n  b: {}\n', set(['a', 'b', 'x'], 5), 'a:\n  b:\n    x: 5\n'],
  [
    'behind a list',
    'a:\n  b:\n  - c\n  - d\ne: 1\n',
    set(['a', 'x'], 1),
    'a:\n  b:\n  - c\n  - d\n  x: 1\ne: 1\n',
  ],
  [
    'behind a block scalar',
    'a:\n  b: |\n    x\n\n\nc: 1\n',
    set(['a', 'x'], 1),
    'a:\n  b: |\n    x\n  x: 1\n\n\nc: 1\n',
  ],
  [
    'behind a block scalar that keeps its breaks',
    'a:\n  b: |+\n    x\n\n\nc: 1\n',
    set(['a', 'x'], 1),
    'a:\n  b: |+\n    x\n\n\n  x: 1\nc: 1\n',
  ],
  [
    'behind an empty value with a comment',
    'a:\n  b: # c\nc: 1\n',
    set(['a', 'x'], 1),
    'a:\n  b: # c\n  x: 1\nc: 1\n',
  ],
  ['a key that needs quotes', 'a:\n  b: 1\n', set(['a', 'on'], 1), 'a:\n  b: 1\n  "on": 1\n'],
  [
    'a label key',
    'a:\n  b: c\n',
    set(['a', 'app.kubernetes.io/name'], 'web'),
    'a:\n  b: c\n  app.kubernetes.io/name: web\n',
  ],
  ['before a document end', 'a:\n  b: 1\n...\n', set(['a', 'x'], 1), 'a:\n  b: 1\n  x: 1\n...\n'],
  ['no key below a scalar', 'a: 1\n', set(['a', 'b'], 1), undefined],
  ['no item beyond the end', 'a: [1]\n', set(['a', 3], 1), undefined],
  // set: collections
  ['a map in place of a scalar', 'a: 1 # c\nb: 2\n', set(['a'], { x: 1 }), 'a: # c\n  x: 1\nb: 2\n'],
  [
    'a map in place of a map',
    'a: # c\n  x: 1 # d\n  y: 2\nb: 2\n',
    set(['a'], { z: 1 }),
    'a: # c\n  z: 1\nb: 2\n',
  ],
  ['a scalar in place of a map', 'a: # c\n  x: 1\nb: 2\n', set(['a'], 5), 'a: 5 # c\nb: 2\n'],
  ['a list in place of a map', 'a:\n  x: 1\nb: 2\n', set(['a'], ['q']), 'a:\n- q\nb: 2\n'],
  ['a map in place of a list', 'a:\n- x\nb: 2\n', set(['a'], { q: 1 }), 'a:\n  q: 1\nb: 2\n'],
  ['an empty map in place of a list', 'a:\n- x\nb: 2\n', set(['a'], {}), 'a: {}\nb: 2\n'],
  [
    'a map in place of an item',
    'a:\n- x\n- y\n',
    set(['a', 0], { q: 1, r: [2] }),
    'a:\n- q: 1\n  r:\n  - 2\n- y\n',
  ],
  ['a scalar in place of an item map', 'a:\n- x: 1\n  y: 2\n- z\n', set(['a', 0], 'q'), 'a:\n- q\n- z\n'],
  ['a flow list stays one', 'a: ["x", "y"] # c\n', set(['a'], ['z']), 'a: [z] # c\n'],
  // flow
  ['a flow value', 'a: {b: 1, c: 2}\n', set(['a', 'b'], 'x'), 'a: {b: x, c: 2}\n'],
  ['a flow value of no text', 'a: {b: , c: 2}\n', set(['a', 'b'], 'x'), 'a: {b: x, c: 2}\n'],
  ['a flow key without a colon', 'a: {b, c: 2}\n', set(['a', 'b'], 'x'), undefined],
  ['a missing flow key', 'a: {b: 1}\n', set(['a', 'x', 'w'], [1]), 'a: {b: 1, x: {w: [1]}}\n'],
  ['a missing flow key among blanks', 'a: { b: 1 }\n', set(['a', 'x'], 'q, r'), 'a: { b: 1, x: "q, r" }\n'],
  ['a comma at the end', 'a: {b: 1,}\n', set(['a', 'x'], 1), 'a: {b: 1, x: 1,}\n'],
  ['an item of a flow list', 'a: [b, c] # d\n', append(['a'], 'e'), 'a: [b, c, e] # d\n'],
  [
    'an item of a flow list in lines',
    'a: [\n  b, # x\n  c # y\n]\n',
    append(['a'], 'e'),
    'a: [\n  b, # x\n  c,\n  e # y\n]\n',
  ],
  // JSON
  ['JSON: a value', '{"a": 1}\n', set(['a'], 'x'), '{"a": "x"}\n'],
  ['JSON: a key', '{"a": 1}\n', set(['b'], { c: [true] }), '{"a": 1, "b": {"c": [true]}}\n'],
  ['JSON: a key, tight', '{"a":1,"b":2}\n', set(['c'], [1, 'x']), '{"a":1,"b":2,"c":[1,"x"]}\n'],
  [
    'JSON: a key in lines',
    '{\n  "a": {\n    "b": 1\n  }\n}\n',
    set(['a', 'x', 'y'], 1),
    '{\n  "a": {\n    "b": 1,\n    "x": {\n      "y": 1\n    }\n  }\n}\n',
  ],
  [
    'JSON: into an empty map',
    '{\n    "a": {}\n}\n',
    set(['a', 'x'], 1),
    '{\n    "a": {\n        "x": 1\n    }\n}\n',
  ],
  ['JSON: an empty document', '{}', set(['x'], 1), '{"x": 1}'],
  [
    'JSON: an item in lines',
    '{\n  "a": [\n    1\n  ]\n}\n',
    append(['a'], { b: 2 }),
    '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ]\n}\n',
  ],
  ['JSON: a missing list', '{\n  "b": 1\n}', append(['a'], 'x'), '{\n  "b": 1,\n  "a": [\n    "x"\n  ]\n}'],
  ['JSON: the last key goes', '{\n  "a": 1,\n  "b": 2\n}', remove('b'), '{\n  "a": 1\n}'],
  ['JSON: the first key goes', '{\n  "a": 1,\n  "b": 2\n}', remove('a'), '{\n  "b": 2\n}'],
  ['JSON: the only key goes', '{"a": {"b": 1}}', remove('a', 'b'), '{"a": {}}'],
  ['JSON: a key renamed', '{"a": 1}', rename(['a'], 'b'), '{"b": 1}'],
  [
    'JSON: tabs',
    '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n',
    set(['a', 'x', 'w'], [1]),
    '{\n\t"a": {\n\t\t"b": 1,\n\t\t"x": {\n\t\t\t"w": [\n\t\t\t\t1\n\t\t\t]\n\t\t}\n\t}\n}\n',
  ],
  ['lines at an end without line break', 'a: 1\nc: 2', set(['b'], 'x\ny\n'), 'a: 1\nc: 2\nb: "x\\ny\\n"'],
  // delete
  ['an entry and its comment go', 'a: 1\nb: 2 # c\nd: 3\n', remove('b'), 'a: 1\nd: 3\n'],
  ['a comment above stays', 'a: 1\n# c\nb: 2\nd: 3\n', remove('b'), 'a: 1\n# c\nd: 3\n'],
  ['the last entry goes', 'a: 1\nb: 2', remove('b'), 'a: 1'],
  ['a block goes', 'a:\n  b:\n    c: |\n      x\n      y\n  d: 1\n', remove('a', 'b'), 'a:\n  d: 1\n'],
  ['the only entry leaves {}', 'a:\n  b: 1 # c\nd: 3\n', remove('a', 'b'), 'a: {}\nd: 3\n'],
  ['the only item leaves []', 'a: # c\n- b\nd: 3\n', remove('a', 0), 'a: [] # c\nd: 3\n'],
  ['the only entry of an item leaves {}', 'a:\n- b: 1\n- c\n', remove('a', 0, 'b'), 'a:\n- {}\n- c\n'],
  [
    'the first key of an item goes',
    'a:\n  - name: x\n    image: y\n  - z\n',
    remove('a', 0, 'name'),
    'a:\n  - image: y\n  - z\n',
  ],
  [
    'the first key of an item goes, comments stay',
    'a:\n- name: x # gone\n  # here\n  image: y\n',
    remove('a', 0, 'name'),
    'a:\n-\n  # here\n  image: y\n',
  ],
  [
    'the second key of an item goes',
    'a:\n- name: x\n  image: y\n- z\n',
    remove('a', 0, 'image'),
    'a:\n- name: x\n- z\n',
  ],
  ['an item goes', 'a:\n- name: x\n  image: y\n- z\n', remove('a', 0), 'a:\n- z\n'],
  ['the last item goes', 'a:\n- x\n- y\nb: 1\n', remove('a', 1), 'a:\n- x\nb: 1\n'],
  ['the first item of a list in a list goes', 'a:\n- - x\n  - y\n', remove('a', 0, 0), 'a:\n- - y\n'],
  ['a flow entry goes', 'a: {b: 1, c: 2, d: 3}\n', remove('a', 'c'), 'a: {b: 1, d: 3}\n'],
  ['the first flow item goes', 'a: [b, c]\n', remove('a', 0), 'a: [c]\n'],
  ['the last flow item goes', 'a: [b, c]\n', remove('a', 1), 'a: [b]\n'],
  ['the only flow item goes', 'a: [ b ]\n', remove('a', 0), 'a: []\n'],
  ['a missing entry', 'a: 1\n', remove('b'), undefined],
  ['of a key written twice the one that counts', 'a: 1\nb: 2\na: 3\n', remove('a'), 'a: 1\nb: 2\n'],
  // append
  ['an item', 'a:\n- b\n# c\nd: 1\n', append(['a'], 'x'), 'a:\n- b\n- x\n# c\nd: 1\n'],
  [
    'an item of keys',
    'a:\n  - b: 1\n',
    append(['a'], { x: 1, w: { z: 2 } }),
    'a:\n  - b: 1\n  - x: 1\n    w:\n      z: 2\n',
  ],
  [
    'an item behind wide dashes',
    'a:\n-   b: 1\n',
    append(['a'], { x: 1, w: 2 }),
    'a:\n-   b: 1\n-   x: 1\n    w: 2\n',
  ],
  ['an item of a missing list', 'a:\n  b: 1\n', append(['a', 'l'], 'x'), 'a:\n  b: 1\n  l:\n  - x\n'],
  ['an item of an empty list', 'a:\n  l: []\n', append(['a', 'l'], 'x'), 'a:\n  l:\n  - x\n'],
  ['an item of a null list', 'a:\n  l:\nb: 1\n', append(['a', 'l'], 'x'), 'a:\n  l:\n  - x\nb: 1\n'],
  ['no item of a map', 'a:\n  b: 1\n', append(['a'], 'x'), undefined],
  // rename, text
  ['a key', 'a: # c\n  b: 1\n', rename(['a'], 'x'), 'x: # c\n  b: 1\n'],
  ['a key that is there', 'a: 1\nb: 2\n', rename(['a'], 'b'), undefined],
  ['a key in quotes', "'a': 1\n", rename(['a'], 'b'), "'b': 1\n"],
  ['source text', 'a: yes # c\n', source(['a'], '"yes"'), 'a: "yes" # c\n'],
  ['source text of a map', 'a:\n  b: 1\n', source(['a'], 'x'), undefined],
  // several at once
  [
    'two keys under a missing parent',
    'a: 1\n',
    [set(['s', 'x'], 1), set(['s', 'w'], 2)],
    'a: 1\ns:\n  x: 1\n  w: 2\n',
  ],
  [
    'two items go, by the numbers they had',
    'a:\n- p\n- q\n- r\n',
    [remove('a', 0), remove('a', 2)],
    'a:\n- q\n',
  ],
  ['all entries go', 'a:\n  b: 1\n  c: 2\nd: 1\n', [remove('a', 'b'), remove('a', 'c')], 'a: {}\nd: 1\n'],
  [
    'a key renamed and its value set',
    'a:\n  b: 1\n',
    [rename(['a'], 'x'), set(['a', 'b'], 2)],
    'x:\n  b: 2\n',
  ],
  [
    'a key moved',
    'a:\n  b: 1\nc:\n  d: 2\n',
    [remove('c', 'd'), set(['a', 'd'], 2)],
    'a:\n  b: 1\n  d: 2\nc: {}\n',
  ],
  ['one that does not apply', 'a: 1\n', [set(['b'], 1), remove('c')], undefined],
  // what is not ours alone
  ['no edit below an alias', 'a: &x\n  b: 1\nc: *x\n', set(['c', 'b'], 2), undefined],
  ['no anchor goes that is used elsewhere', 'a:\n  b: &x 1\n  c: 2\nd: *x\n', remove('a', 'b'), undefined],
  ['no edit of an anchored value', 'a: &x 1\nc: *x\n', set(['a'], 2), undefined],
  [
    'no edit of a merged key',
    'a: {b: 1}\nd: &x\n  e: 1\nc:\n  <<: *x\n  f: 1\n',
    set(['c', 'e'], 2),
    undefined,
  ],
  [
    'beside a merged key',
    'd: &x\n  e: 1\nc:\n  <<: *x\n  f: 1\n',
    set(['c', 'f'], 2),
    'd: &x\n  e: 1\nc:\n  <<: *x\n  f: 2\n',
  ],
];

for (const [name, before, ops, after] of CASES)
  test(`${[ops].flat()[0]?.op}: ${name}`, () => {
    const list = [ops].flat();
    assert.equal(edit(before, list), after);
    if (after === undefined) return;
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    assert.equal(edit(crlf(before), list), crlf(after), 'with CRLF');
  });

test('objects of a List are edited in their place', () => {
  const text = [
    'apiVersion: v1',
    'kind: List',
    'items:',
    '- apiVersion: v1',
    '  kind: ConfigMap',
    '- apiVersion: v1',
    '  kind: ConfigMap # two',
    '',
  ].join('\n');
  const document = parseFile('a.yaml', text).documents[0]?.document;
  const second = document?.manifests[1];
  assert.ok(document && second);
  const edits = editsFor(document, second.node, [set(['data', 'a'], 'b'), set(['metadata', 'name'], 'x')]);
  assert.equal(applyEdits(text, edits ?? []), `${text}  data:\n    a: b\n  metadata:\n    name: x\n`);
});

test('whatever is set, deleted or appended reads back as asked, in random documents of every style', () => {
  const next = numbers(7);
  const scalars = [
    'x',
    '"q"',
    "'s'",
    '1',
    '|\n~  t\n~  u\n',
    '>-\n~  t\n',
    '{}',
    '[]',
    '{k: 1}',
    '[1, {a: b}]',
    '',
    '"1" # c',
  ];
  const write = (depth: number, pad: string): string => {
    const lines: string[] = [];
    const isList = next(3) === 0;
    for (let i = 0; i <= next(3); i++) {
      const scalar = scalars[next(scalars.length)] ?? '';
      const nested = depth > 0 && next(2) === 0;
      const inner = pad + ' '.repeat(2 + 2 * next(2));
      if (isList && nested) lines.push(`${pad}- ${write(depth - 1, `${pad}  `).trimStart()}`);
      else if (isList) lines.push(`${pad}- ${scalar.replaceAll('~', pad)}\n`);
      else if (nested) lines.push(`${pad}k${i}:${next(3) ? '' : ' # c'}\n${write(depth - 1, inner)}`);
      else lines.push(`${pad}k${i}: ${scalar.replaceAll('~', pad)}\n`);
      if (next(5) === 0) lines.push(`${pad}# comment\n`);
    }
    return lines.join('').replaceAll(/\n\n+/g, '\n');
  };
  const paths = (value: unknown, at: (string | number)[] = []): (string | number)[][] => {
    if (typeof value !== 'object' || value === null) return at.length > 0 ? [at] : [];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return [
      ...(at.length > 0 ? [at] : []),
      ...keys.flatMap((key) => paths((value as never)[key], [...at, key])),
    ];
  };
  const values = [
    'v',
    'yes',
    5,
    { n: { m: [1] } },
    [{ a: 'b', c: ['d'] }],
    {},
    'two\nlines\n',
    { t: 'two\nlines\n' },
    [['x', '- y']],
  ];
  let done = 0;
  for (let round = 0; round < 3000; round++) {
    const text = `root:\n${write(3, '  ')}tail: 1 # end\n`;
    const before = dataOf(text);
    assert.ok(before, text);
    const all = paths(before);
    const path = all[next(all.length)] ?? [];
    const value = values[next(values.length)];
    const expected = structuredClone(before);
    const parent = path.slice(0, -1).reduce((data, step) => data[step as never], expected as never) as never;
    const last = path.at(-1) as never;
    let op: EditOp = set(path, value);
    if (next(3) === 0) {
      op = remove(...path);
      if (Array.isArray(parent)) (parent as unknown[]).splice(last, 1);
      else delete parent[last];
    } else if (Array.isArray(parent[last])) {
      op = append(path, value);
      (parent[last] as unknown[]).push(value);
    } else parent[last] = value as never;
    const after = edit(text, [op]);
    assert.ok(after !== undefined, `${JSON.stringify(op)} does not apply to\n${text}`);
    assert.deepEqual(dataOf(after), expected, `${JSON.stringify(op)} of\n${text}\ngave\n${after}`);
    if (op.op !== 'delete' || path[0] !== 'tail') assert.ok(after.includes('# end'), after);
    done++;
  }
  assert.equal(done, 3000);
});
