/** Reading objects along their schema: data, and where text and schema disagree. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatPath } from '../../server/src/core/path.ts';
import { type ReadResult, readObject } from '../../server/src/core/schema/read.ts';
import { knownKinds, lifecycleOf, loadSchema, schemaFor } from '../../server/src/core/schema/schema.ts';
import { closeNames, editDistance } from '../../server/src/core/schema/suggest.ts';
import { readWithLibrary } from '../../server/src/core/yaml/library.ts';
import type { MapNode } from '../../server/src/core/yaml/node.ts';
import { readSchema } from '../../server/src/schemaFile.ts';
import { cpuMs } from '../tools/cpuTime.ts';

const loaded = readSchema(join(import.meta.dirname, '../..'));
assert.ok(loaded, 'media/schema/kubernetes.json is there');
const schema = loaded;

function read(text: string, withSchema: typeof schema | undefined = schema): ReadResult {
  const { root } = readWithLibrary(text);
  assert.equal(root?.kind, 'map');
  return readObject(root as MapNode, withSchema);
}

/** `path kind expected/actual [suggestions] [moves]` of every problem. */
const problems = (text: string): string[] =>
  read(text).problems.map(({ path, kind, expected, actual, suggestions, moveTo }) =>
    [
      formatPath(path),
      kind,
      `${expected.join('|')}<${actual}`,
      ...(suggestions.length > 0 ? [`~${suggestions.join(',')}`] : []),
      ...(moveTo ?? []).map((to) => `>${formatPath(to)}`),
    ].join(' '),
  );

const pod = (container: string, spec = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {${spec} containers: [{name: c, ${container}}]}\n`;

test('the data has every kind that matters, removed ones with their end', () => {
  assert.equal(schema.version, '1.36');
  for (const [apiVersion, kind] of [
    ['v1', 'Pod'],
    ['apps/v1', 'Deployment'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['gateway.networking.k8s.io/v1', 'Gateway'],
  ] as const)
    assert.equal(schemaFor(schema, apiVersion, kind) !== undefined, kind !== 'Gateway', kind);
  assert.deepEqual(lifecycleOf(schema, 'policy/v1beta1', 'PodSecurityPolicy')?.removed, '1.25');
  assert.deepEqual(
    lifecycleOf(schema, 'extensions/v1beta1', 'Ingress')?.replacement,
    'networking.k8s.io/v1/Ingress',
  );
  assert.ok(knownKinds(schema).length > 150);
  for (const { apiVersion, kind } of knownKinds(schema))
    assert.ok(schemaFor(schema, apiVersion, kind), `${apiVersion} ${kind} has a shape`);
});

test('data that is no schema is refused', () => {
  assert.throws(() => loadSchema({}), TypeError);
  assert.throws(() => loadSchema(null), TypeError);
});

test('a sound object has no problems, and its data is that of the text', () => {
  const { object, problems } = read(
    `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, creationTimestamp: null, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, creationTimestamp: null}
    spec:
      containers:
      - name: web
        image: nginx
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 1, memory: 1Gi, ephemeral-storage: 1e9}, requests: {cpu: 0.5}}
        livenessProbe: {httpGet: {port: http}}
        readinessProbe: {tcpSocket: {port: 80}}
status: {conditions: null}
`,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(object, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'nginx',
              ports: [{ containerPort: 80 }],
              resources: {
                limits: { cpu: 1, memory: '1Gi', 'ephemeral-storage': 1e9 },
                requests: { cpu: 0.5 },
              },
              livenessProbe: { httpGet: { port: 'http' } },
              readinessProbe: { tcpSocket: { port: 80 } },
            },
          ],
        },
      },
    },
    status: {},
  });
});

const CASES: [name: string, text: string, expected: string[]][] = [
  [
    'a slip of the pen',
    pod('imagePulPolicy: Always'),
    ['spec.containers[0].imagePulPolicy unknown-field <imagePulPolicy ~imagePullPolicy'],
  ],
  ['wrong case', pod('Image: x'), ['spec.containers[0].Image unknown-field <Image ~image']],
  [
    'a field of the parent',
    pod('nodeSelector: {a: b}'),
    ['spec.containers[0].nodeSelector unknown-field <nodeSelector >spec.nodeSelector'],
  ],
  [
    'a field of the only child',
    pod('image: x', 'imagePullPolicy: Always,'),
    ['spec.imagePullPolicy unknown-field <imagePullPolicy >spec.containers[0].imagePullPolicy'],
  ],
  [
    'a label without matchLabels',
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {podSelector: {app: web}}\n',
    ['spec.podSelector.app unknown-field <app >spec.podSelector.matchLabels.app'],
  ],
  [
    'a field of the spec beside it',
    'apiVersion: v1\nkind: Service\nspec: {ports: [{port: 80}]}\ntype: NodePort\n',
    ['type unknown-field <type >spec.type'],
  ],
  [
    'text where a number is due',
    pod('ports: [{containerPort: "80"}]'),
    ['spec.containers[0].ports[0].containerPort type-mismatch int32<string'],
  ],
  [
    'a number where text is due',
    pod('env: [{name: A, value: 1}, {name: B, value: yes}]'),
    [
      'spec.containers[0].env[0].value type-mismatch string<integer',
      'spec.containers[0].env[1].value type-mismatch string<boolean',
    ],
  ],
  [
    'a number too large',
    pod('ports: [{containerPort: 3000000000}]'),
    ['spec.containers[0].ports[0].containerPort type-mismatch int32<integer'],
  ],
  [
    'a map where a list is due',
    'apiVersion: v1\nkind: Pod\nspec: {containers: {name: a}}\n',
    ['spec.containers type-mismatch list<map'],
  ],
  ['a scalar where a list is due', pod('args: x'), ['spec.containers[0].args type-mismatch list<string']],
  [
    'a list where a map is due',
    'apiVersion: v1\nkind: Pod\nmetadata: {labels: [a]}\nspec: {containers: []}\n',
    ['metadata.labels type-mismatch map<list'],
  ],
  [
    'text where a boolean is due',
    pod('tty: "true"'),
    ['spec.containers[0].tty type-mismatch boolean<string'],
  ],
  [
    'a boolean where a quantity is due',
    pod('resources: {limits: {cpu: yes}}'),
    ['spec.containers[0].resources.limits.cpu type-mismatch quantity<boolean'],
  ],
  [
    'a fraction as port',
    pod('livenessProbe: {httpGet: {port: 8.5}}'),
    ['spec.containers[0].livenessProbe.httpGet.port type-mismatch int-or-string<number'],
  ],
  [
    'a label that is no string',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: 1}}\ndata: {b: true}\n',
    ['metadata.labels.a type-mismatch string<integer', 'data.b type-mismatch string<boolean'],
  ],
  [
    'a missing field',
    'apiVersion: v1\nkind: Service\nspec: {ports: [{name: a}]}\n',
    ['spec.ports[0].port missing-required int32<port'],
  ],
  [
    'a required list without items',
    'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n',
    ['spec.containers missing-required list<containers'],
  ],
  [
    'an enum in wrong case',
    pod('imagePullPolicy: always'),
    ['spec.containers[0].imagePullPolicy invalid-enum Always|IfNotPresent|Never<always ~Always'],
  ],
  [
    'an enum value of its own',
    pod('imagePullPolicy: Sometimes'),
    ['spec.containers[0].imagePullPolicy invalid-enum Always|IfNotPresent|Never<Sometimes'],
  ],
  [
    'null where a map is meant',
    pod('securityContext: , args: ~'),
    [
      'spec.containers[0].securityContext null-value map<null',
      'spec.containers[0].args null-value list<null',
    ],
  ],
  [
    'null in a list',
    pod('args: [a, ]').replace('[a, ]', '[a, ~]'),
    ['spec.containers[0].args[1] null-value string<null'],
  ],
  ['no name is asked for', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n', []],
  ['of a key written twice the last one is read', pod('tty: x, tty: true'), []],
  [
    'metadata of an unknown kind',
    'apiVersion: a.b/v1\nkind: C\nmetadata: {name: 1, lables: {}}\nspec: {x: 1}\n',
    ['metadata.name type-mismatch string<integer', 'metadata.lables unknown-field <lables ~labels'],
  ],
  [
    'a removed kind',
    'apiVersion: extensions/v1beta1\nkind: Ingress\nspec: {backend: {serviceName: a, servicePort: 80}}\n',
    [],
  ],
];

for (const [name, text, expected] of CASES) test(name, () => assert.deepEqual(problems(text), expected));

test('wrongly typed parts are left out, list items become zero values, scalars stay as written', () => {
  const { object } = read(
    pod(
      'args: [a, {b: c}, 0x1F, ~], tty: "no", env: [x, {name: A, value: 0o17}], ports: [[], {containerPort: 1}]',
    ),
  );
  assert.deepEqual((object as { spec?: unknown }).spec, {
    containers: [
      {
        name: 'c',
        args: ['a', '', '0x1F', ''],
        env: [{}, { name: 'A', value: '0o17' }],
        ports: [{}, { containerPort: 1 }],
      },
    ],
  });
});

test('maps of free keys say so, so that rules can tell labels from fields', () => {
  const { problems } = read('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 1}\ndata: {b: true}\n');
  assert.deepEqual(
    problems.map(({ of }) => of),
    ['field', 'map-value'],
  );
});

test('secret values are never held, their keys are; a copy in the annotation of kubectl neither', () => {
  const text = `apiVersion: v1
kind: Secret
metadata: {name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: 'hunter2', b: c}}
data: {password: aHVudGVyMg==, empty: }
stringData: {user: hunter2}
`;
  for (const with_ of [schema, undefined]) {
    const result = read(text, with_);
    assert.ok(!JSON.stringify(result).includes('hunter2') && !JSON.stringify(result).includes('aHVudGVyMg'));
    assert.deepEqual((result.object as { data?: unknown }).data, { password: '', empty: '' });
    assert.equal(result.object.metadata.annotations?.b, 'c');
  }
  const wrong = read('apiVersion: v1\nkind: Secret\ndata: {pin: 123456}\n');
  assert.ok(!JSON.stringify(wrong).includes('123456'));
});

test('an object has its three parts whatever the text holds', () => {
  for (const text of [
    'apiVersion: v1\nkind: Pod\nmetadata: x',
    'apiVersion: 1\nkind: 2\nmetadata: [1]',
    'a: 1',
  ])
    for (const with_ of [schema, undefined]) {
      const { object } = read(text, with_);
      assert.equal(typeof object.apiVersion, 'string');
      assert.equal(typeof object.kind, 'string');
      assert.deepEqual(object.metadata, {});
    }
  const lenient = read('apiVersion: v1\nkind: Pod\nmetadata: {name: 12, labels: {a: 1, b: }}', undefined);
  assert.deepEqual(lenient.object.metadata, { name: '12', labels: { a: '1', b: '' } });
});

test('keys of JavaScript objects are keys like others', () => {
  const { object, problems } = read(
    'apiVersion: v1\nkind: ConfigMap\ndata: {__proto__: a, constructor: b, toString: c}\nhasOwnProperty: d\n',
  );
  assert.deepEqual(Object.entries((object as { data?: object }).data ?? {}), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
  ]);
  assert.deepEqual(
    problems.map(({ kind }) => kind),
    ['unknown-field'],
  );
});

test('a map of 20,000 keys is read in no time', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `  k${i}: v`).join('\n');
  const { root } = readWithLibrary(`apiVersion: v1\nkind: ConfigMap\ndata:\n${keys}\n`);
  let keysRead = 0;
  const took = cpuMs(() => {
    const { object } = readObject(root as MapNode, schema);
    keysRead = Object.keys((object as { data?: object }).data ?? {}).length;
  });
  assert.equal(keysRead, 20_000);
  assert.ok(took < 500, `took ${took.toFixed(0)} ms`);
});

test('edit distance counts swaps once and stops at its limit', () => {
  assert.equal(editDistance('lables', 'labels', 2), 1);
  assert.equal(editDistance('abc', 'abc', 2), 0);
  assert.equal(editDistance('abc', 'xyz', 2), 3);
  assert.equal(editDistance('replica', 'replicas', 2), 1);
  assert.deepEqual(closeNames('prot', ['port', 'protocol', 'host', 'ports']), ['port', 'ports']);
});
