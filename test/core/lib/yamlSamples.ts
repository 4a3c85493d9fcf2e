/** YAML to try readers on: by hand, generated, and damaged. */
/** One document each. `fast` tells what the fast reader must do: read it itself, or leave it to the library. */
export const SAMPLES: { fast: boolean; text: string }[] = [
  ...[
    'a: 1\n',
    'a: 1',
    '',
    '\n\n',
    '# only a comment',
    '---\n',
    '---\n# c\na: b\n...\n',
    '--- # c\na: b\n',
    'a:\nb:\n',
    'a: # c\nb: ~\n',
    'a:\n- b\n- c\nd: 1\n',
    'a:\n  - b\n\n  # c\n  - c\n',
    'a:\n  -\n    b: 1\n  - \n  - c: 1\n    d: 2\n',
    '- - a\n  - b\n-   c: 1\n    d: 2\n',
    'a: one\n  two\n\n  three # c\nb: 1\n',
    'a:\n  one\n  two\nb: 1\n',
    'a: "one\n  two\n\n  three"\n',
    "a: 'one\n  it''s   \n  three'\nb: 'c'\n",
    'a: "\\u00e9\\x41\\n\\t\\"\\\\"\n',
    '"a": 1\n\'b\': 2\n"c d" : 3\n',
    'a: |\n  x\n    y\n\n  z\n\n\nb: 1\n',
    'a: |-\n  x\n\nb: >\n  one\n  two\n\n  three\n    four\n  five\nc: |+\n  x\n\n\nd: 1\n',
    'a: |\n\n  x\n',
    'a: |\nb: >-\nc: 1\n',
    'a: | # c\n  x\n',
    'a: |\n  x',
    'a: |+\n  x\n\n',
    'a: |\n  # no comment\n  \tx\n# a comment\n',
    'a: |\n  ---\n  x: {{ y }}\n',
    'a: {}\nb: []\nc: {d: 1, "e": [x, \'y\', "z"], f: , g: {}}\n',
    'a: [b, c,]\nd: { e: f, }\n',
    'a: [\n  b, # c\n  c\n  ]\n',
    '{"a": {"b": [1, 2.5, true, null, "x"]}, "c":"d"}\n',
    '{\n  "a": [\n    {\n      "b": "c"\n    }\n  ]\n}\n',
    '[1, {"a": 2}]',
    'a: http://x/y?z#w\nb: a:b\nc: -x\nd: ?x\ne: x#y\n',
    'f:metadata:\n  .: {}\n  k:{"containerPort":80,"protocol":"TCP"}:\n    .: {}\n',
    'y: 1\n0x1F: 2\non: 3\n1.5: 4\n',
    'a: b\n\n\n# end\n',
    'a: 1\na: 2\n',
    'a: \u{1f600}\nb: ä\n',
    'a:  b  \nc :  d\n',
    'a: 1\r\nb:\r\n- c\r\n- |\r\n  x\r\n  y\r\nd: "e\r\n  f"\r\n',
    '  a: 1\n  b: 2\n',
    'a: {b: c}   # d\n',
  ].map((text) => ({ fast: true, text })),
  ...[
    'a: &x 1\nb: *x\n',
    'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n',
    'a: !!str 1\n',
    '? a\n: b\n',
    '%YAML 1.2\n---\na: 1\n',
    'a:\tb\n',
    'a: |2\n   x\n',
    'a: [b: c]\n',
    'a: {b, c}\n',
    '{\n\t"a": 1\n}\n',
    '--- {a: 1}\n',
    'a scalar\n',
    '"a scalar"\n',
    'a: {x\n  y: 1}\n',
    'a: "x\\\n  y"\n',
    // Unsound: the library says why.
    'a: b: c\n',
    'a: "b\n',
    'a: [b\n',
    'a: b\n c: d\n',
    'a:\n  b: 1\n c: 2\n',
    'a: 1\n- b\n',
    '- a\nb: 1\n',
    'a: @b\n',
    'a: `b\n',
    'a\nb: 1\n',
    'a: {b: 1\n',
    'a: "b" c\n',
    'a: [b] c\n',
    'a: *nope\n',
    '[a]: b\n',
    '~: a\n',
    'a:\n\tb: 1\n',
    'a: b\n---\nc: d\n',
    'a: |\n    x\n  y\n',
    'a: |\n     \n  x\n',
  ].map((text) => ({ fast: false, text })),
];

const SCALARS = [
  'x',
  'a b  c',
  '1',
  '-1.5e3',
  'yes',
  '~',
  '',
  '"q: #"',
  '"\\n\\u0041"',
  "'it''s'",
  'http://a:80/#b',
  '100Mi',
  '- x'.slice(2),
  'v # comment',
  'one\n@ two\n\n@ three',
  '"one\n@ two"',
  "'one\n\n@ two'",
  '|\n@ a\n@   b\n\n@ c\n',
  '>\n@ a\n@ b\n\n@   c\n@ d\n',
  '|-\n@ x',
  '>-\n\n@ x\n',
  '|+\n@ x\n\n',
  '{}',
  '[]',
  '{a: 1, "b": [c, \'d\'] }',
  '[\n@ a, # c\n@ {b: 2},\n@ ]',
];
const KEYS = ['a', 'name', 'app.kubernetes.io/x', '"q"', "'s t'", 'on', '8', 'x y'];

/** A document of block collections with every style of scalar. */
export function randomDocument(next: (below: number) => number): string {
  const write = (depth: number, pad: string): string => {
    let text = '';
    const isList = next(3) === 0;
    const count = 1 + next(4);
    for (let i = 0; i < count; i++) {
      if (next(8) === 0) text += `${pad}# comment\n`;
      if (next(12) === 0) text += '\n';
      const scalar = `${(SCALARS[next(SCALARS.length)] ?? '').replaceAll('@', `${pad} `)}\n`.replace(
        /\n\n$/,
        '\n',
      );
      const lead = isList ? `${pad}-` : `${pad}${KEYS[next(KEYS.length)]}:`;
      const inner = pad + ' '.repeat(1 + next(3));
      const shape = next(4);
      if (depth === 0 || shape < 2) text += `${lead} ${scalar}`;
      else if (isList && shape === 2) text += `${lead} ${write(depth - 1, `${pad}  `).trimStart()}`;
      else text += `${lead}${next(4) === 0 ? ' # c' : ''}\n${write(depth - 1, inner)}`;
    }
    return text;
  };
  const text = write(3, '');
  return next(4) === 0 ? text.replaceAll('\n', '\r\n') : text;
}

const DAMAGE =
  ' |  |\n|\r\n|\t|:|: |- |-|#| #|"|\'|>|{|}|[|]|,|&a |*a|!t |? |%|\\|~|<<: |\n\n|a: b\n|@|`|"x"|\'y\'|{}|[]|null|\n   |\r'
    .split('|')
    .concat('|', '|-', '|+', '|2', '---\n', '...\n', '\u00a0', '\u2028', '\ufeff', '\0', '{{ x }}');

/** The text with some pieces put in or cut out. */
export function damaged(text: string, next: (below: number) => number): string {
  let result = text;
  for (let i = 0; i <= next(3); i++) {
    const at = next(result.length + 1);
    const cut = next(3) === 0 ? next(5) : 0;
    const piece = next(5) === 0 ? '' : (DAMAGE[next(DAMAGE.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + cut);
  }
  return result;
}
