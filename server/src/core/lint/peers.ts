/** Which of the peers' checks are opt-in. Everything else that a rule's `sources` name runs there without being asked for. */
import type { Rule } from './rule.ts';

/**
 * Facts: `optional` checks of kube-score 1.20 (its README_CHECKS), "Enabled by default: No" in
 * https://github.com/stackrox/kube-linter/blob/main/docs/generated/checks.md. polaris' default configuration
 * (https://github.com/FairwindsOps/polaris/blob/master/pkg/config/default.yaml), popeye and kubeconform leave nothing out.
 */
const OPT_IN: ReadonlySet<string> = new Set(
  Object.entries({
    'kube-score': [
      'container-cpu-requests-equal-limits',
      'container-ephemeral-storage-request-equals-limit',
      'container-memory-requests-equal-limits',
      'container-ports-check',
      'container-resource-requests-equal-limits',
      'container-seccomp-profile',
    ],
    'kube-linter': [
      'access-to-create-pods',
      'access-to-secrets',
      'cluster-admin-role-binding',
      'dangling-horizontalpodautoscaler',
      'dangling-ingress',
      'dangling-networkpolicy',
      'dangling-networkpolicypeer-podselector',
      'dangling-servicemonitor',
      'default-service-account',
      'dnsconfig-options',
      'env-value-from',
      'exposed-services',
      'hpa-minimum-three-replicas',
      'minimum-three-replicas',
      'no-liveness-probe',
      'no-node-affinity',
      'no-readiness-probe',
      'no-rolling-update-strategy',
      'non-isolated-pod',
      'privileged-ports',
      'read-secret-from-env-var',
      'required-annotation-email',
      'required-label-owner',
      'scc-deny-privileged-container',
      'schema-validation',
      'statefulset-volumeclaimtemplate-annotation',
      'unsafe-proc-mount',
      'use-namespace',
      'wildcard-in-rules',
      'writable-host-mount',
    ],
  }).flatMap(([tool, checks]) => checks.map((check) => `${tool}/${check}`)),
);

/** True when a peer runs this rule's check without being asked for it. */
export const isPeerDefault = ({ sources = [] }: Rule): boolean =>
  sources.some((source) => !OPT_IN.has(source));
