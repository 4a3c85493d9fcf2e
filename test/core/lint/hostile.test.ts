/** Half-typed and hostile objects: no rule may throw, whatever the shapes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcesOf, Store } from '../../../server/src/core/kube/store.ts';
import { Linter } from '../../../server/src/core/lint/engine.ts';
import { RULES } from '../../../server/src/core/lint/rules/index.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';
import { testSchema } from '../../tools/schema.ts';

const API_VERSIONS = ['v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'monitoring.coreos.com/v1', 'x'];
const KINDS = [
  ...[
    'constructor',
    '__proto__',
    'toString',
    'Pod',
    'Deployment',
    'StatefulSet',
    'CronJob',
    'Service',
    'Ingress',
  ],
  ...[
    'NetworkPolicy',
    'HorizontalPodAutoscaler',
    'PodDisruptionBudget',
    'RoleBinding',
    'ConfigMap',
    'Secret',
  ],
  ...['ResourceQuota', 'LimitRange', 'PersistentVolumeClaim', 'HTTPRoute', 'ServiceMonitor', 'Kustomization'],
];
const BODIES = [
  '',
  'spec:',
  'spec: 1',
  'spec: []',
  'spec: {template: {spec: {containers: }}}',
  'spec: {containers: [1, null, {}, {env: [null, 1, {}], ports: [null, {}], volumeMounts: [{}]}], volumes: [null, 1]}',
  'spec: {ports: [null, {}, {port: }], selector: {a: }}',
  'spec: {selector: {matchExpressions: [null, {}]}, ingress: [null, {from: [null]}], egress: [{to: , ports: [null]}]}',
  'spec: {rules: [null, {http: }, {http: {paths: [null, {backend: }]}}], tls: [null]}',
  'roleRef:\nsubjects: [null, {}]',
  'metadata:\n  labels: [a]\n  annotations: 1',
  'metadata: {labels: {constructor: x, __proto__: y}, namespace: [], name: {}}',
  'data: {a: , b: []}',
];

for (const kind of KINDS)
  test(`no rule throws on a broken ${kind}`, () => {
    const thrown: string[] = [];
    const on = Object.fromEntries(RULES.map(({ id }) => [id, 'on' as const]));
    for (const apiVersion of API_VERSIONS)
      for (const body of BODIES) {
        const text = `apiVersion: ${apiVersion}\nkind: ${kind}\n${body}\n`;
        const file = parseFile('example.yaml', text, testSchema());
        const store = new Store();
        store.setFile(file.file, resourcesOf(file));
        const onRuleError = (id: string, error: unknown) => thrown.push(`${id} on ${text}: ${error}`);
        new Linter(RULES, { rules: on }, { onRuleError }).lintFile(file, store);
      }
    assert.deepEqual(thrown, []);
  });
