import * as o from '../../../tools/objects.ts';
import type { Scenario } from './scenario.ts';

const FORBIDDEN = 'Error creating: pods "web-abc-" is forbidden: ';
const WEB = 'Deployment/shop/web';

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

/** A Deployment whose ReplicaSet was refused its only pod. */
export function refused(text: string) {
  const web = o.deployment('web', { pods: 0, status: { replicas: 0, availableReplicas: 0 } });
  return { web, objects: [...web.all, o.event(web.replicaSet, 'FailedCreate', text, { count: 12 })] };
}

export const QUOTA = CASES[0]?.[0] ?? '';
export const NO_ENDPOINTS = CASES[7]?.[0] ?? '';

/** Each refusal, and the same event beside a ReplicaSet that has all its pods. */
export const admission: Scenario[] = CASES.map(([text, verdict, message]) => {
  const [mode = '', ...at] = verdict.split(' ');
  const { web, objects } = refused(text);
  const done = o.deployment('web');
  return {
    mode,
    fires: [{ objects, subject: web.deployment, at: at.join(' '), message }],
    silent: [
      { objects: [...done.all, o.event(done.replicaSet, 'FailedCreate', text)], subject: done.deployment },
    ],
  };
});
