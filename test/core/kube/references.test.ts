import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referencesOf } from '../../../server/src/core/kube/references.ts';
import { resourcesOf } from '../../../server/src/core/kube/store.ts';
import { formatPath } from '../../../server/src/core/path.ts';
import { parseFile } from '../../../server/src/core/yaml/parse.ts';
import { testSchema } from '../../tools/schema.ts';

/** `usage Kind/namespace/name[keys]? at path`, one line a reference. */
function told(text: string): string[] {
  const [resource] = resourcesOf(parseFile('example.yaml', text, testSchema()));
  assert.ok(resource);
  return referencesOf(resource).map(({ usage, kind, namespace, name, keys, optional, path }) => {
    const at = `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
    const used = keys.length > 0 ? `[${keys.map(({ key }) => key).join(',')}]` : '';
    return `${usage} ${at}${used}${optional ? '?' : ''} at ${formatPath(path)}`;
  });
}

test('a pod names ConfigMaps, Secrets, claims, accounts and classes', () => {
  assert.deepEqual(
    told(`apiVersion: v1
kind: Pod
metadata: { name: ledger, namespace: pay }
spec:
  serviceAccountName: ledger
  priorityClassName: high
  imagePullSecrets: [{ name: registry }]
  initContainers:
    - { name: init, envFrom: [{ secretRef: { name: tokens, optional: true } }] }
  containers:
    - name: app
      env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: url } } }]
  volumes:
    - { name: a, secret: { secretName: tls, items: [{ key: tls.crt, path: c }, { key: tls.key, path: k }] } }
    - { name: b, projected: { sources: [{ configMap: { name: settings } }] } }
    - { name: c, persistentVolumeClaim: { claimName: data } }
`),
    [
      'envFrom Secret/pay/tokens? at spec.initContainers[0].envFrom[0].secretRef.name',
      'env ConfigMap/pay/settings[url] at spec.containers[0].env[0].valueFrom.configMapKeyRef.name',
      'volume Secret/pay/tls[tls.crt,tls.key] at spec.volumes[0].secret.secretName',
      'volume ConfigMap/pay/settings at spec.volumes[1].projected.sources[0].configMap.name',
      'claim PersistentVolumeClaim/pay/data at spec.volumes[2].persistentVolumeClaim.claimName',
      'imagePullSecret Secret/pay/registry at spec.imagePullSecrets[0].name',
      'account ServiceAccount/pay/ledger at spec.serviceAccountName',
      'class PriorityClass/high at spec.priorityClassName',
    ],
  );
});

test('an Ingress names its Services in the shapes of all versions', () => {
  assert.deepEqual(
    told(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  ingressClassName: nginx
  tls: [{ secretName: shop-tls }]
  defaultBackend: { service: { name: errors, port: { number: 80 } } }
`),
    [
      'tls Secret/default/shop-tls at spec.tls[0].secretName',
      'class IngressClass/nginx at spec.ingressClassName',
      'backend Service/default/errors at spec.defaultBackend.service.name',
    ],
  );
  assert.deepEqual(
    told(`apiVersion: extensions/v1beta1
kind: Ingress
metadata: { name: shop }
spec: { rules: [{ http: { paths: [{ backend: { serviceName: shop, servicePort: 80 } }] } }] }
`),
    ['backend Service/default/shop at spec.rules[0].http.paths[0].backend.serviceName'],
  );
});

test('bindings, autoscalers and routes say themselves what they name', () => {
  assert.deepEqual(
    told(`apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: b, namespace: pay }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: ci, namespace: build }, { kind: User, name: ann }]
`),
    [
      'role ClusterRole/view at roleRef.name',
      'subject ServiceAccount/build/ci at subjects[0].name',
      'subject User/ann at subjects[1].name',
    ],
  );
  assert.deepEqual(
    told(`apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: s }
spec: { scaleTargetRef: { name: ledger } }
`),
    ['scaleTarget Deployment/default/ledger at spec.scaleTargetRef.name'],
  );
  assert.deepEqual(
    told(`apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: front }
spec: { parentRefs: [{ name: edge }], rules: [{ backendRefs: [{ name: books, namespace: pay, port: 80 }] }] }
`),
    [
      'backend Service/pay/books at spec.rules[0].backendRefs[0].name',
      'parent Gateway/front/edge at spec.parentRefs[0].name',
    ],
  );
});

test('wrong types and names of prototypes name nothing', () => {
  assert.deepEqual(
    told('apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [1, {}], volumes: x }\n'),
    [],
  );
  assert.deepEqual(told('apiVersion: example.test/v1\nkind: constructor\nmetadata: { name: a }\n'), []);
});
