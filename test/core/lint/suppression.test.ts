import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import type { WorkloadObject } from '../../../server/src/core/kube/types.ts';
import { Linter } from '../../../server/src/core/lint/engine.ts';
import { objectRule } from '../../../server/src/core/lint/rule.ts';
import { directivesOf } from '../../../server/src/core/lint/suppression.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';

/** Reports every image of a workload, and the workload's name. */
const everyImage = objectRule<WorkloadObject>()({
  id: 'every-image',
  group: 'images',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'none',
  sources: [
    'kube-score/container-ephemeral-storage-request-and-limit',
    'kube-linter/latest-tag',
    'polaris/tagNotSpecified',
  ],
  messages: { image: 'image {image}', name: 'name' },
  check({ object }, { report }) {
    report('name', ['metadata', 'name']);
    for (const [i, { image }] of (object.spec?.template?.spec?.containers ?? []).entries())
      report('image', ['spec', 'template', 'spec', 'containers', i, 'image'], { data: { image } });
  },
});

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web #NAME
  annotations: {} #OBJECT
spec:
  template:
    metadata:
      annotations: {} #POD
    spec:
      containers:
        - name: a #ITEM
          image: one #IMAGE
        - name: b
          image: two
`;

/** The messages left after putting texts in place of the marks. */
function said(
  marks: Partial<Record<'NAME' | 'OBJECT' | 'POD' | 'ITEM' | 'IMAGE' | 'HEAD', string>>,
  eol = '\n',
): string[] {
  let text = (marks.HEAD ? `${marks.HEAD}\n` : '') + MANIFEST;
  for (const level of ['OBJECT', 'POD'] as const)
    text = text.replace(`annotations: {} #${level}`, `annotations: { ${marks[level] ?? ''} }`);
  for (const mark of ['NAME', 'ITEM', 'IMAGE'] as const) text = text.replace(` #${mark}`, marks[mark] ?? '');
  const file = parseFile('web.yaml', text.replaceAll('\n', eol));
  const store = new Store();
  store.setFile(file.file, resourcesOf(file));
  return new Linter([everyImage], {}).lintFile(file, store).map(({ message }) => message);
}

const ALL = ['name', 'image one', 'image two'];

const CASES: [string, Parameters<typeof said>[0], string[]][] = [
  ['nothing is suppressed by default', {}, ALL],
  ['next line', { ITEM: '\n          # pod-triage-disable-next-line every-image' }, ['name', 'image two']],
  [
    'next line with a reason',
    { ITEM: '\n          # pod-triage-disable-next-line every-image -- known' },
    ['name', 'image two'],
  ],
  [
    'next line of several ids',
    { ITEM: '\n          # pod-triage-disable-next-line other, every-image' },
    ['name', 'image two'],
  ],
  [
    'ids without blanks',
    { ITEM: '\n          #pod-triage-disable-next-line other,every-image' },
    ['name', 'image two'],
  ],
  [
    'an id in the reason does not count',
    { ITEM: '\n          # pod-triage-disable-next-line other -- every-image' },
    ALL,
  ],
  ['no id, no effect', { ITEM: '\n          # pod-triage-disable-next-line -- every-image' }, ALL],
  [
    'every rule',
    { ITEM: '\n          # pod-triage-disable-next-line all -- generated' },
    ['name', 'image two'],
  ],
  ['another id', { ITEM: '\n          # pod-triage-disable-next-line every-images' }, ALL],
  ['the line after the next one is not meant', { NAME: ' # pod-triage-disable-next-line every-image' }, ALL],
  [
    'above a list item: its first line only, not the whole item',
    { IMAGE: '\n        # pod-triage-disable-next-line every-image' },
    ALL,
  ],
  ['same line', { IMAGE: ' # pod-triage-disable-line every-image' }, ['name', 'image two']],
  ['same line does not reach the next', { ITEM: ' # pod-triage-disable-line every-image' }, ALL],
  ['whole file, from anywhere', { IMAGE: ' # pod-triage-disable-file every-image -- generated' }, []],
  ['whole file, at its head', { HEAD: '# pod-triage-disable-file every-image' }, []],
  ['unknown directive', { HEAD: '# pod-triage-disable-files every-image' }, ALL],
  [
    'a comment needs a blank before its hash',
    { IMAGE: '#pod-triage-disable-line every-image' },
    ['name', 'image one#pod-triage-disable-line every-image', 'image two'],
  ],
  ['our annotation on the object', { OBJECT: 'pod-triage.io/ignore.every-image: "third party"' }, []],
  ['our annotation on the pod template', { POD: 'pod-triage.io/ignore.every-image: ""' }, []],
  ['our annotation of another rule', { POD: 'pod-triage.io/ignore.every: ""' }, ALL],
  [
    'kube-score on the object',
    { OBJECT: 'kube-score/ignore: container-ephemeral-storage-request-and-limit' },
    [],
  ],
  [
    'kube-score on the pod template',
    { POD: 'kube-score/ignore: "x , container-ephemeral-storage-request-and-limit ,y"' },
    [],
  ],
  [
    'kube-score: container-resources takes ephemeral storage with it',
    { POD: 'kube-score/ignore: container-resources' },
    [],
  ],
  ['kube-score: another test', { POD: 'kube-score/ignore: container-resource' }, ALL],
  ['kube-score: no wildcards', { POD: 'kube-score/ignore: "*"' }, ALL],
  [
    'kube-score: the pod template is nearer than the object',
    {
      OBJECT: 'kube-score/ignore: container-ephemeral-storage-request-and-limit',
      POD: 'kube-score/enable: container-ephemeral-storage-request-and-limit',
    },
    ALL,
  ],
  ['kube-linter', { OBJECT: 'ignore-check.kube-linter.io/latest-tag: why' }, []],
  ['kube-linter on the pod template', { POD: 'ignore-check.kube-linter.io/latest-tag: why' }, []],
  ['kube-linter, another check', { OBJECT: 'ignore-check.kube-linter.io/host-ipc: why' }, ALL],
  ['kube-linter, everything', { OBJECT: 'kube-linter.io/ignore-all: why' }, []],
  ['polaris', { OBJECT: 'polaris.fairwinds.com/tagNotSpecified-exempt: "true"' }, []],
  ['polaris in other letters', { OBJECT: 'polaris.fairwinds.com/tagNotSpecified-exempt: "True"' }, []],
  ['polaris takes true only', { OBJECT: 'polaris.fairwinds.com/tagNotSpecified-exempt: "1"' }, ALL],
  ['polaris, another check', { OBJECT: 'polaris.fairwinds.com/hostIPCSet-exempt: "true"' }, ALL],
  ['polaris, everything', { POD: 'polaris.fairwinds.com/exempt: "true"' }, []],
  ['polaris, everything, takes true only', { POD: 'polaris.fairwinds.com/exempt: "yes"' }, ALL],
];

for (const [name, marks, expected] of CASES)
  for (const eol of ['\n', '\r\n'])
    test(`${name}${eol === '\n' ? '' : ', CRLF'}`, () => assert.deepEqual(said(marks, eol), expected));

test('a rule without a peer is not touched by "ignore everything" of that peer', () => {
  const own = { ...everyImage, sources: [] };
  const file = parseFile(
    'web.yaml',
    MANIFEST.replace('annotations: {} #OBJECT', 'annotations: { kube-linter.io/ignore-all: "" }'),
  );
  const store = new Store();
  store.setFile(file.file, resourcesOf(file));
  assert.equal(new Linter([own], {}).lintFile(file, store).length, 3);
});

test('directives are read with the places of their ids', () => {
  const text = 'a: 1 # pod-triage-disable-line one, two -- because\r\n';
  assert.deepEqual(directivesOf(text), [
    {
      scope: 'line',
      start: 5,
      end: 50,
      ids: [
        { id: 'one', start: 31, end: 34 },
        { id: 'two', start: 36, end: 39 },
      ],
      reason: 'because',
    },
  ]);
});
