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
    `${FORBIDDEN}unable to validate against any security context constraint: provider "anyuid": Forbidden`,
    `scc-denied ${WEB} spec.template.spec`,
    'No SecurityContextConstraint admits pods of Deployment web: provider "anyuid": Forbidden.',
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "hook.example": failed to call webhook: Post "https://hook.shop.svc:443/?timeout=5s": no endpoints available for service "hook"',
    `admission-webhook-no-endpoints ${WEB}`,
    'Webhook hook.example has no endpoint behind Service hook, so no pod of Deployment web is admitted.',
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

const textOf = (mode: string): string =>
  CASES.find(([, verdict]) => verdict.startsWith(`${mode} `))?.[0] ?? '';
export const QUOTA = textOf('resource-quota-exceeded');
export const NO_ENDPOINTS = textOf('admission-webhook-no-endpoints');

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
