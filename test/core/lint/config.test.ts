import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import type { WorkloadObject } from '../../../server/src/core/kube/types.ts';
import {
  effectiveRules,
  isIgnoredFile,
  type LintConfig,
  mergeConfigs,
  type Override,
} from '../../../server/src/core/lint/config.ts';
import { parseConfig } from '../../../server/src/core/lint/configFile.ts';
import { Linter } from '../../../server/src/core/lint/engine.ts';
import { fileRule, objectRule, type Rule } from '../../../server/src/core/lint/rule.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';

const image = objectRule<WorkloadObject>()({
  id: 'every-image',
  group: 'images',
  severity: 'warning',
  scope: 'object',
  kinds: 'pods',
  case: 'none',
  params: { label: 'plain', most: 3, tags: ['latest'] as readonly string[] },
  messages: { image: '{label} {image}' },
  check({ object }, { report, params }) {
    for (const [i, { image }] of (object.spec?.template?.spec?.containers ?? []).entries())
      report('image', ['spec', 'template', 'spec', 'containers', i, 'image'], {
        data: { image, label: params.label },
        ...(image === 'worse' ? { severity: 'error' } : {}),
      });
  },
});
const optIn = objectRule()({
  id: 'opt-in',
  group: 'metadata',
  severity: 'info',
  enabled: false,
  scope: 'object',
  kinds: 'all',
  case: 'none',
  sources: ['popeye/100'],
  messages: { name: 'opt-in {name}' },
  check: ({ ref }, { report }) => report('name', ['metadata', 'name'], { data: { name: ref.name } }),
});
const taste: Rule = { ...optIn, id: 'taste', sources: ['kube-linter/minimum-three-replicas'] };
const security: Rule = { ...optIn, id: 'security', sources: [], podSecurity: 'restricted' };
const text = fileRule({
  id: 'text',
  group: 'schema',
  severity: 'hint',
  scope: 'file',
  case: 'none',
  messages: { document: 'document {index}' },
  check({ documents }, { report }) {
    for (const index of documents.keys())
      report('document', index, { start: 0, end: 1 }, { data: { index } });
  },
});

const ALL = [image, optIn, taste, security, text];

const WORKLOADS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      initContainers: [{ name: setup, image: other }]
      containers:
        - { name: app, image: one }
        - { name: istio-proxy, image: worse }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: kube-system }
spec: { template: { spec: { containers: [{ name: agent, image: two }] } } }
`;

function said(config: LintConfig, rules: readonly Rule[] = [image], name = 'base/web.yaml'): string[] {
  const file = parseFile(name, WORKLOADS);
  const store = new Store();
  store.setFile(file.file, resourcesOf(file));
  return new Linter(rules, config)
    .lintFile(file, store)
    .map(({ message, severity }) => `${severity}: ${message}`);
}

const PLAIN = ['warning: plain one', 'error: plain worse', 'warning: plain two'];
const off = { 'every-image': 'off' } as const;

test('profiles choose what is on', () => {
  const on = (config: LintConfig) =>
    effectiveRules(ALL, config).map(({ rule, severity }) => `${rule.id} ${severity}`);
  assert.deepEqual(on({}), ['every-image warning', 'text hint']);
  assert.deepEqual(on({ profile: 'default' }), on({}));
  assert.deepEqual(on({ profile: 'strict' }), ['every-image warning', 'opt-in info', 'text hint']);
  assert.deepEqual(on({ profile: 'pss-restricted' }), ['every-image warning', 'security error', 'text hint']);
});

const SETTINGS: [string, LintConfig, string[]][] = [
  ['nothing said', {}, PLAIN],
  ['off', { rules: off }, []],
  ["on keeps the rule's own severities", { rules: { 'every-image': 'on' } }, PLAIN],
  [
    'a severity',
    { rules: { 'every-image': 'info' } },
    ['info: plain one', 'info: plain worse', 'info: plain two'],
  ],
  [
    "a severity that happens to be the standard one still wins over the rule's choice",
    { rules: { 'every-image': 'warning' } },
    ['warning: plain one', 'warning: plain worse', 'warning: plain two'],
  ],
  [
    'parameters',
    { rules: { 'every-image': { params: { label: 'own' } } } },
    ['warning: own one', 'error: own worse', 'warning: own two'],
  ],
  [
    'parameters of a rule that is off',
    { rules: { 'every-image': { severity: 'off', params: { label: 'own' } } } },
    [],
  ],
];
for (const [name, config, expected] of SETTINGS)
  test(`settings: ${name}`, () => assert.deepEqual(said(config), expected));

test('settings that are not what they should be say nothing, and break nothing', () => {
  const wrong = (setting: unknown) =>
    said({ rules: { 'every-image': setting } as LintConfig['rules'] & object });
  for (const setting of [
    null,
    5,
    'fatal',
    {},
    { severity: 'fatal' },
    { params: null },
    { params: { label: 7 } },
    [],
  ])
    assert.deepEqual(wrong(setting), PLAIN, JSON.stringify(setting));
  assert.deepEqual(wrong({ params: { label: 'own', most: '3', other: 1 } })[0], 'warning: own one');
  assert.deepEqual(wrong(false), []);
  assert.deepEqual(wrong(true), PLAIN);
});

test('parameters alone switch on a rule that is off by default', () => {
  const on = effectiveRules([optIn], { rules: { 'opt-in': { params: {} } } });
  assert.equal(on.length, 1);
});

const OVERRIDES: [string, Override[], string[]][] = [
  ['by kind', [{ kinds: ['DaemonSet'], rules: off }], PLAIN.slice(0, 2)],
  ['by kind with its group', [{ kinds: ['apps/Daemon*'], rules: off }], PLAIN.slice(0, 2)],
  ['by another kind', [{ kinds: ['StatefulSet'], rules: off }], PLAIN],
  ['by name', [{ names: ['a*t'], rules: off }], PLAIN.slice(0, 2)],
  ['by namespace', [{ namespaces: ['kube-*'], rules: off }], PLAIN.slice(0, 2)],
  ['by file', [{ files: ['base/**'], rules: off }], []],
  ['by file name', [{ files: ['web.yaml'], rules: off }], []],
  ['by another file', [{ files: ['overlays/**'], rules: off }], PLAIN],
  ['all conditions must hold', [{ kinds: ['DaemonSet'], names: ['web'], rules: off }], PLAIN],
  ['one of the globs is enough', [{ names: ['x', 'agent'], rules: off }], PLAIN.slice(0, 2)],
  [
    'the last one wins',
    [{ rules: off }, { kinds: ['DaemonSet'], rules: { 'every-image': 'info' } }],
    ['info: plain two'],
  ],
  ['by container', [{ containers: ['istio-*'], rules: off }], ['warning: plain one', 'warning: plain two']],
  [
    'by container, a severity',
    [{ containers: ['app', 'agent'], rules: { 'every-image': 'hint' } }],
    ['hint: plain one', 'error: plain worse', 'hint: plain two'],
  ],
  [
    'on for one container only',
    [{ rules: off }, { containers: ['app'], rules: { 'every-image': 'on' } }],
    ['warning: plain one'],
  ],
  [
    'by container and namespace',
    [{ containers: ['*'], namespaces: ['shop'], rules: off }],
    ['warning: plain two'],
  ],
  [
    'parameters',
    [{ kinds: ['DaemonSet'], rules: { 'every-image': { params: { label: 'own' } } } }],
    ['warning: plain one', 'error: plain worse', 'warning: own two'],
  ],
];
for (const [name, overrides, expected] of OVERRIDES)
  test(`overrides: ${name}`, () => assert.deepEqual(said({ overrides }), expected));

test('an override can switch on a rule that is off, for a part', () => {
  const overrides: Override[] = [{ namespaces: ['shop'], rules: { 'opt-in': 'error' } }];
  assert.deepEqual(said({ overrides }, [optIn]), ['error: opt-in web']);
});

test('overrides reach rules that look at the text', () => {
  assert.deepEqual(said({ overrides: [{ kinds: ['DaemonSet'], rules: { text: 'off' } }] }, [text]), [
    'hint: document 0',
  ]);
  assert.deepEqual(
    said({ rules: { text: 'off' }, overrides: [{ kinds: ['DaemonSet'], rules: { text: 'error' } }] }, [text]),
    ['error: document 1'],
  );
});

const IGNORES: [string, string | undefined, string, boolean][] = [
  ['*.gen.yaml', undefined, 'deep/down/web.gen.yaml', true],
  ['*.gen.yaml', undefined, 'web.yaml', false],
  ['charts/**', undefined, 'charts/a/b.yaml', true],
  ['charts/**', undefined, '/home/me/charts/a/b.yaml', true],
  ['/charts/**', '/home/me', '/home/me/charts/a/b.yaml', true],
  ['/charts/**', '/home/me', '/home/me/old/charts/b.yaml', false],
  ['/charts/**', '/home/me/', '/home/me/charts/b.yaml', true],
  ['/my charts/*', 'file:///home/me', 'file:///home/me/my%20charts/b.yaml', true],
  ['charts/', undefined, 'charts/a/b.yaml', true],
  ['a/*.yaml', undefined, 'a/b/c.yaml', false],
  ['a/**/c.yaml', undefined, 'a/c.yaml', true],
  ['a/**/c.yaml', undefined, 'a/b/b/c.yaml', true],
  ['{a,b}/*.{yml,yaml}', undefined, 'b/x.yml', true],
  ['{a,b}/*.{yml,yaml}', undefined, 'c/x.yml', false],
  ['file?.yaml', undefined, 'file1.yaml', true],
  ['**', undefined, 'x.yaml', true],
  ['C:/x/*.yaml', undefined, 'C:\\x\\a.yaml', true],
];
for (const [pattern, root, file, expected] of IGNORES)
  test(`ignore ${pattern} ${expected ? 'takes' : 'leaves'} ${file}`, () => {
    const config: LintConfig = { ignore: [pattern], ...(root ? { root } : {}) };
    assert.equal(isIgnoredFile(config, file), expected);
  });

test('relative file names count from the working directory', () => {
  const config: LintConfig = { ignore: ['/charts/**'], root: '/repo', cwd: '/repo/apps' };
  assert.equal(isIgnoredFile(config, '../charts/a.yaml'), true);
  assert.equal(isIgnoredFile(config, 'charts/a.yaml'), false);
  assert.equal(isIgnoredFile({ ...config, cwd: '/repo' }, './charts/a.yaml'), true);
  assert.equal(isIgnoredFile(config, '/repo/charts/a.yaml'), true);
});

test('an ignored file has no findings', () => assert.deepEqual(said({ ignore: ['base/'] }), []));

test('a glob of many wildcards is answered at once', () => {
  const started = process.hrtime.bigint();
  assert.equal(isIgnoredFile({ ignore: [`${'*a'.repeat(60)}b`] }, 'a'.repeat(5000)), false);
  assert.equal(isIgnoredFile({ ignore: ['{a,b}'.repeat(40)] }, 'a'.repeat(40)), true);
  assert.ok(process.hrtime.bigint() - started < 500_000_000n);
});

test('settings go over the file', () => {
  const file: LintConfig = {
    profile: 'strict',
    kubernetesVersion: '1.30',
    root: '/repo',
    rules: { 'every-image': { severity: 'error', params: { label: 'a', most: 1 } }, text: 'off' },
    overrides: [{ names: ['a'], rules: off }],
    ignore: ['one'],
  };
  const settings: LintConfig = {
    kubernetesVersion: '1.31',
    rules: { 'every-image': { params: { label: 'b' } }, 'opt-in': 'hint' },
    overrides: [{ names: ['b'], rules: off }],
    ignore: ['two'],
  };
  assert.deepEqual(mergeConfigs(file, settings), {
    profile: 'strict',
    kubernetesVersion: '1.31',
    root: '/repo',
    rules: {
      'every-image': { severity: 'error', params: { label: 'b', most: 1 } },
      text: 'off',
      'opt-in': 'hint',
    },
    overrides: [...(file.overrides ?? []), ...(settings.overrides ?? [])],
    ignore: ['one', 'two'],
  });
  assert.deepEqual(mergeConfigs({ rules: { text: 'off' } }, { rules: { text: 'error' } }).rules, {
    text: 'error',
  });
});

/** A configuration file and what is said about it: `text at the place | message`. */
const FILES: [string, string, LintConfig, string[]][] = [
  ['an empty file', '', {}, []],
  ['comments only', '# nothing yet\n', {}, []],
  [
    'everything, as it should be',
    `profile: strict
kubernetesVersion: 1.30
rules:
  every-image: { severity: error, params: { label: x, most: 5, tags: [edge, main] } }
  opt-in: on
  text: off
overrides:
  - files: charts/**
    kinds: [Deployment]
    rules: { every-image: hint }
ignore: [vendor/]
`,
    {
      profile: 'strict',
      kubernetesVersion: '1.30',
      rules: {
        'every-image': { severity: 'error', params: { label: 'x', most: 5, tags: ['edge', 'main'] } },
        'opt-in': 'on',
        text: 'off',
      },
      overrides: [{ files: ['charts/**'], kinds: ['Deployment'], rules: { 'every-image': 'hint' } }],
      ignore: ['vendor/'],
    },
    [],
  ],
  [
    'a rule nearly known',
    'rules:\n  evry-image: off\n',
    { rules: {} },
    ['evry-image | There is no rule evry-image; its setting does nothing. Did you mean every-image?'],
  ],
  [
    'a rule nobody knows',
    'rules:\n  something-else-entirely: off\n',
    { rules: {} },
    ['something-else-entirely | There is no rule something-else-entirely; its setting does nothing.'],
  ],
  [
    'a key nearly known',
    'rule: {}\n',
    {},
    ['rule | There is no key rule here; it does nothing. Did you mean rules?'],
  ],
  [
    'a severity that is none',
    'rules:\n  text: fatal\n',
    { rules: {} },
    ['fatal | text takes off, on, error, warning, info, hint, not fatal; it is left out.'],
  ],
  [
    'a profile that is none',
    'profile: pss\nrules: { text: off }\n',
    { rules: { text: 'off' } },
    ['pss | profile takes default, strict, pss-restricted, not pss; it is left out.'],
  ],
  [
    'a parameter nearly known',
    'rules:\n  every-image: { params: { lable: x } }\n',
    { rules: { 'every-image': { params: {} } } },
    ['lable | Rule every-image has no parameter lable; it does nothing. Did you mean label?'],
  ],
  [
    'a parameter of the wrong type',
    'rules:\n  every-image: { params: { most: "5" } }\n',
    { rules: { 'every-image': { params: {} } } },
    ['"5" | most takes number, not 5; it is left out.'],
  ],
  [
    'a version that is none',
    'kubernetesVersion: newest\n',
    {},
    ['newest | kubernetesVersion takes 1.36, not newest; it is left out.'],
  ],
  [
    'rules of the wrong shape',
    'rules: [a]\n',
    { rules: {} },
    ['rules | rules takes { rule-id: off }, not […]; it is left out.'],
  ],
  [
    'an override without rules',
    'overrides:\n  - kinds: [Pod]\n',
    { overrides: [{ kinds: ['Pod'], rules: {} }] },
    ['kinds | The override names no rules and does nothing.'],
  ],
  [
    'an override with an unknown condition is left out: it would reach too far',
    'overrides:\n  - kind: [Pod]\n    rules: { text: off }\n',
    { overrides: [] },
    ['kind | There is no key kind here; it does nothing. Did you mean kinds?'],
  ],
  [
    'an override with a broken condition is left out',
    'overrides:\n  - kinds: { Pod: 1 }\n    rules: { text: off }\n',
    { overrides: [] },
    ['kinds | kinds takes […], not {…}; it is left out.'],
  ],
  [
    'parameters by container',
    'overrides:\n  - containers: [a]\n    rules: { every-image: { params: { most: 5 } } }\n',
    { overrides: [{ containers: ['a'], rules: { 'every-image': 'on' } }] },
    ['every-image | Parameters cannot differ between the containers of one object; they are left out.'],
  ],
  [
    'no map',
    '- a\n',
    {},
    ['- a | The configuration takes keys and values: profile, kubernetesVersion, rules, overrides, ignore.'],
  ],
];
for (const [name, source, config, problems] of FILES)
  test(`configuration file: ${name}`, () => {
    const result = parseConfig(source, { rules: ALL });
    assert.deepEqual(result.config, config);
    assert.deepEqual(
      result.problems.map(({ message, start, end }) => `${source.slice(start, end)} | ${message}`),
      problems,
    );
  });

test('a configuration file with broken YAML is told and left out', () => {
  const { config, problems } = parseConfig('rules: { text: off\nprofile: [\n', { rules: ALL });
  assert.deepEqual(config, {});
  assert.equal(problems.length, 1);
  assert.match(problems[0]!.message, /^The configuration is not sound YAML and is left out: ./);
});

test('positions count from the start of the file, also after a document marker', () => {
  const source = '# head\n---\nrules:\n  txt: off\n';
  const { problems } = parseConfig(source, { rules: ALL });
  assert.deepEqual(
    problems.map(({ start, end }) => source.slice(start, end)),
    ['txt'],
  );
});
