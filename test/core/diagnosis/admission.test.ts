import { test } from 'node:test';
import { assertHealthy, assertVerdict, run } from '../../tools/diagnosisRun.ts';
import * as o from '../../tools/objects.ts';

const FORBIDDEN = 'Error creating: pods "web-abc-" is forbidden: ';
const WEB = 'Deployment/shop/web';

/** A Deployment whose ReplicaSet was refused its only pod. */
function refused(text: string, extra: Parameters<typeof o.deployment>[1] = {}) {
  const web = o.deployment('web', { pods: 0, ...extra, status: { replicas: 0, availableReplicas: 0 } });
  return { web, objects: [...web.all, o.event(web.replicaSet, 'FailedCreate', text, { count: 12 })] };
}

const CASES: [text: string, verdict: string, message: string][] = [
  [
    `${FORBIDDEN}exceeded quota: compute, requested: requests.cpu=500m,pods=1, used: requests.cpu=1800m,pods=3, limited: requests.cpu=2,pods=10`,
    `resource-quota-exceeded ${WEB}`,
    'ResourceQuota compute refuses new pods of Deployment web: requests.cpu 500m + 1800m > 2.',
  ],
  [
    `${FORBIDDEN}failed quota: compute: must specify limits.cpu for: app; requests.cpu for: app`,
    `resource-quota-missing-requests ${WEB}`,
    'ResourceQuota compute refuses pods of Deployment web that do not say limits.cpu for: app; requests.cpu for: app.',
  ],
  [
    `${FORBIDDEN}maximum memory usage per Container is 256Mi, but limit is 512Mi`,
    `limitrange-violation ${WEB}`,
    'A LimitRange of namespace shop refuses pods of Deployment web: maximum memory usage per Container is 256Mi, but limit is 512Mi.',
  ],
  [
    `${FORBIDDEN}violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)`,
    `pod-security-violation ${WEB} spec.template.spec`,
    'Namespace shop enforces Pod Security restricted:latest and refuses pods of Deployment web: allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false).',
  ],
  [
    `${FORBIDDEN}unable to validate against any security context constraint: provider "anyuid": Forbidden`,
    `scc-denied ${WEB} spec.template.spec`,
    'No SecurityContextConstraint admits pods of Deployment web: provider "anyuid": Forbidden.',
  ],
  [
    'Error creating: admission webhook "deny.policy.example" denied the request: label team is required.',
    `admission-webhook-denied ${WEB} spec.template.spec`,
    'Webhook deny.policy.example refuses pods of Deployment web: label team is required.',
  ],
  [
    `${FORBIDDEN}ValidatingAdmissionPolicy 'limits' with binding 'limits-all' denied request: too many replicas`,
    `validating-admission-policy-denied ${WEB} spec.template.spec`,
    'ValidatingAdmissionPolicy limits refuses pods of Deployment web: too many replicas.',
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "hook.example": failed to call webhook: Post "https://hook.shop.svc:443/?timeout=5s": no endpoints available for service "hook"',
    `admission-webhook-no-endpoints ${WEB}`,
    'Webhook hook.example has no endpoint behind Service hook, so no pod of Deployment web is admitted.',
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "hook.example": failed to call webhook: Post "https://hook.shop.svc:443/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    `webhook-ca-bundle-invalid ${WEB}`,
    'Webhook hook.example cannot be called, so no pod of Deployment web is admitted: x509: certificate signed by unknown authority.',
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "hook.example": failed to call webhook: Post "https://hook.shop.svc:443/": context deadline exceeded',
    `admission-webhook-unreachable ${WEB}`,
    'Webhook hook.example does not answer, so no pod of Deployment web is admitted: Post "https://hook.shop.svc:443/": context deadline exceeded.',
  ],
  [
    `${FORBIDDEN}error looking up service account shop/builder: serviceaccount "builder" not found`,
    `service-account-missing ${WEB} spec.template.spec.serviceAccountName`,
    'ServiceAccount builder does not exist in namespace shop; no pod of Deployment web is created.',
  ],
  [
    `${FORBIDDEN}no PriorityClass with name gold was found`,
    `priority-class-missing ${WEB} spec.template.spec.priorityClassName`,
    'PriorityClass gold does not exist; no pod of Deployment web is created.',
  ],
  [
    `${FORBIDDEN}pod rejected: RuntimeClass "gvisor" not found`,
    `runtime-class-missing ${WEB} spec.template.spec.runtimeClassName`,
    'RuntimeClass gvisor does not exist; no pod of Deployment web is created.',
  ],
  [
    `${FORBIDDEN}pod node label selector conflicts with its namespace node label selector`,
    `pod-node-selector-conflict ${WEB} spec.template.spec.nodeSelector`,
    'The nodeSelector of Deployment web contradicts the node selector of namespace shop; no pod is created.',
  ],
  [
    `${FORBIDDEN}unable to create new content in namespace shop because it is being terminated`,
    `namespace-terminating-blocks-create ${WEB}`,
    'Namespace shop is being deleted and takes no new pods of Deployment web.',
  ],
];

for (const [text, verdict, message] of CASES)
  test(`a refused pod: ${verdict.split(' ')[0]}`, () => {
    const { web, objects } = refused(text);
    assertVerdict(run(objects, web.deployment), verdict, message);
  });

test('the StatefulSet says it with a capital letter', () => {
  const { top } = o.workload('StatefulSet', 'db', { pods: 0 });
  const text =
    'Create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: no PriorityClass with name gold was found';
  assertVerdict(
    run([top, o.event(top, 'FailedCreate', text)], top),
    'priority-class-missing StatefulSet/shop/db spec.template.spec.priorityClassName',
  );
});

test('a Service whose pods are refused has that as its cause', () => {
  const { objects } = refused(CASES[0]?.[0] ?? '');
  const service = o.service('web');
  assertVerdict(run([...objects, service], service), `resource-quota-exceeded ${WEB}`);
});

test('events of a ReplicaSet that has all its pods are history', () => {
  const web = o.deployment('web');
  const text = CASES[0]?.[0] ?? '';
  assertHealthy(run([...web.all, o.event(web.replicaSet, 'FailedCreate', text)], web.deployment));
});

test('events of an old ReplicaSet that wants no pods any more are history', () => {
  const web = o.deployment('web');
  const old = structuredClone(web.replicaSet);
  old.metadata.name = 'web-old';
  old.metadata.uid = 'old';
  old.spec = { ...old.spec, replicas: 0 };
  old.status = { replicas: 0 };
  assertHealthy(run([...web.all, old, o.event(old, 'FailedCreate', CASES[0]?.[0] ?? '')], web.deployment));
});

test('the condition of now weighs more than an older event', () => {
  const { web, objects } = refused(CASES[7]?.[0] ?? '');
  web.replicaSet.status = {
    replicas: 0,
    conditions: [
      o.condition(
        'ReplicaFailure',
        'True',
        'FailedCreate',
        `${FORBIDDEN}no PriorityClass with name gold was found`,
      ),
    ],
  };
  assertVerdict(
    run(objects, web.deployment),
    `priority-class-missing ${WEB} spec.template.spec.priorityClassName`,
  );
});
