/** One more object in a file: what is there stays as it is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addObject, type NewObject } from '../../server/src/core/yaml/addObject.ts';
import { applyEdits, editsFor } from '../../server/src/core/yaml/edit.ts';
import { parseFile } from '../../server/src/core/yaml/parse.ts';

const NEW: NewObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'new' },
  data: { a: 'on', list: 'x\ny\n' },
};
const BLOCK =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: new\ndata:\n  a: "on"\n  list: |\n    x\n    y\n';
const OLD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: old # mine\n';

/** The file with NEW beside its first object; undefined when there is no room. */
function added(text: string, nth = 0): string | undefined {
  const file = parseFile('a.yaml', text);
  const places = file.documents.flatMap((placed) =>
    placed.document.manifests.map(({ within }) => ({ placed, within })),
  );
  const place = places[nth];
  assert.ok(place, 'an object to stand beside');
  const edits = addObject(file, place.placed, place.within, NEW);
  if (!edits) return undefined;
  const after = applyEdits(text, edits);
  const names = parseFile('a.yaml', after).documents.flatMap(({ document }) =>
    document.manifests.map(({ object }) => object.metadata.name),
  );
  assert.ok(names.includes('new') && names.includes('old'), `${names.join()} in ${after}`);
  return after;
}

test('a document of its own', () => {
  assert.equal(added(OLD), `${OLD}---\n${BLOCK}`);
  assert.equal(added(`\ufeff${OLD}`), `\ufeff${OLD}---\n${BLOCK}`);
  assert.equal(added(`---\n${OLD}---\nkind: Other\n`), `---\n${OLD}---\n${BLOCK}---\nkind: Other\n`);
});

test('line ends stay, and the end of the file', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  assert.equal(added(crlf(OLD)), crlf(`${OLD}---\n${BLOCK}`));
  assert.equal(added(OLD.trimEnd()), `${OLD.trimEnd()}\n---\n${BLOCK.trimEnd()}`);
  // Behind a block of text a line break would change the text; behind `...` what follows would join the new object.
  assert.equal(added(`${OLD}data: |\n  x`), undefined);
  assert.equal(added(`${OLD}...\nkind: Other\n`), undefined);
  assert.equal(added(OLD.replaceAll('\n', '\r')), undefined);
});

test('an item of the same List, in its style', () => {
  const list = (items: string) => `apiVersion: v1\nkind: List\nitems:\n${items}# end\n`;
  const item = '  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: old\n';
  const more = BLOCK.trimEnd()
    .split('\n')
    .map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`))
    .join('\n');
  assert.equal(added(list(item)), list(`${item}${more}\n`));
  // A typed list takes no other kind.
  const typed = 'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: old}\n';
  assert.equal(added(typed), `${typed}---\n${BLOCK}`);
});

test('JSON: the two become a List, or the List gets one more', () => {
  const old = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'old' } };
  for (const space of [undefined, 2, '\t']) {
    const single = `${JSON.stringify(old, null, space)}\n`;
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [old] }, null, space);
    for (const text of [single, list]) {
      const after = added(text) ?? '';
      assert.deepEqual(JSON.parse(after), { apiVersion: 'v1', kind: 'List', items: [old, NEW] });
      assert.equal(after.includes('\n  ') || after.includes('\n\t'), space !== undefined, after);
    }
    assert.ok(added(single)?.includes(single.trim()), 'the old text is untouched');
  }
  assert.equal(added(JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items: [old] })), undefined);
});

test('flow text has the padding of its file', () => {
  const edited = (text: string, path: (string | number)[], value: unknown): string => {
    const document = parseFile('a.yaml', text).documents[0]?.document;
    assert.ok(document?.root?.kind === 'map');
    return applyEdits(text, editsFor(document, document.root, [{ op: 'set', path, value }]) ?? []);
  };
  const set = { x: { k: 1 }, z: [1] };
  assert.equal(
    edited('a: { b: c }\nd: [ 1 ]\n', ['a', 'e'], set),
    'a: { b: c, e: { x: { k: 1 }, z: [ 1 ] } }\nd: [ 1 ]\n',
  );
  assert.equal(edited('a: {b: c}\nd: [1]\n', ['a', 'e'], set), 'a: {b: c, e: {x: {k: 1}, z: [1]}}\nd: [1]\n');
  assert.equal(edited('a: [{ b: {} }]\n', ['a', 0, 'b', 'c'], 1), 'a: [{ b: { c: 1 } }]\n');
  assert.equal(edited('a: { b: [] }\nd: [1]\n', ['a', 'b'], [2, 3]), 'a: { b: [2, 3] }\nd: [1]\n');
  assert.equal(edited('{"a": {"b": 1}}', ['a', 'c'], { d: 1 }), '{"a": {"b": 1, "c": {"d": 1}}}');
});
