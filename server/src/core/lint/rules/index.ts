/** Every rule: the only registry. Sorted by group, then id. */
import type { Rule } from '../rule.ts';
import { deprecatedApiVersion } from './apiversion/deprecated-api-version.ts';
import { removedApiVersion } from './apiversion/removed-api-version.ts';
import { imagePullPolicyNotAlways } from './images/image-pull-policy-not-always.ts';
import { imageReferenceInvalid } from './images/image-reference-invalid.ts';
import { imageTagLatest } from './images/image-tag-latest.ts';
import { imageTagMissing } from './images/image-tag-missing.ts';
import { defaultNamespace } from './metadata/default-namespace.ts';
import { instanceLabelMismatch } from './metadata/instance-label-mismatch.ts';
import { namespaceOnClusterScoped } from './metadata/namespace-on-cluster-scoped.ts';
import { unknownSuppression } from './metadata/unknown-suppression.ts';
import { dnsPolicyNone } from './networking/dns-policy-none.ts';
import { hostNetworkDnsPolicy } from './networking/host-network-dns-policy.ts';
import { hostPort } from './networking/host-port.ts';
import { ingressNoTls } from './networking/ingress-no-tls.ts';
import { networkpolicyDnsTcpMissing } from './networking/networkpolicy-dns-tcp-missing.ts';
import { networkpolicyEgressNoDns } from './networking/networkpolicy-egress-no-dns.ts';
import { networkpolicyEmptyPeerAllowsAll } from './networking/networkpolicy-empty-peer-allows-all.ts';
import { networkpolicyPeerOrAnd } from './networking/networkpolicy-peer-or-and.ts';
import { networkpolicyRulesNotInPolicytypes } from './networking/networkpolicy-rules-not-in-policytypes.ts';
import { networkpolicyServicePortUsed } from './networking/networkpolicy-service-port-used.ts';
import { podNoEgressPolicy } from './networking/pod-no-egress-policy.ts';
import { podNoIngressPolicy } from './networking/pod-no-ingress-policy.ts';
import { podNoNetworkPolicy } from './networking/pod-no-network-policy.ts';
import { serviceTypeLoadbalancer } from './networking/service-type-loadbalancer.ts';
import { serviceTypeNodeport } from './networking/service-type-nodeport.ts';
import { gracePeriodShorterThanPrestop } from './probes/grace-period-shorter-than-prestop.ts';
import { livenessTooAggressive } from './probes/liveness-too-aggressive.ts';
import { missingLivenessProbe } from './probes/missing-liveness-probe.ts';
import { missingReadinessProbe } from './probes/missing-readiness-probe.ts';
import { missingReadinessProbeStrict } from './probes/missing-readiness-probe-strict.ts';
import { poststartSelfCheck } from './probes/poststart-self-check.ts';
import { probePortNameMissing } from './probes/probe-port-name-missing.ts';
import { probePortUndeclared } from './probes/probe-port-undeclared.ts';
import { probeTimeoutExceedsPeriod } from './probes/probe-timeout-exceeds-period.ts';
import { probesIdentical } from './probes/probes-identical.ts';
import { rbacBindingPodExec } from './rbac/rbac-binding-pod-exec.ts';
import { rbacClusterAdminBinding } from './rbac/rbac-cluster-admin-binding.ts';
import { rbacPodExec } from './rbac/rbac-pod-exec.ts';
import { configmapKeyMissing } from './references/configmap-key-missing.ts';
import { configmapRefMissing } from './references/configmap-ref-missing.ts';
import { hpaTargetMissing } from './references/hpa-target-missing.ts';
import { httprouteBackendMissing } from './references/httproute-backend-missing.ts';
import { ingressPortNotFound } from './references/ingress-port-not-found.ts';
import { ingressServiceNotFound } from './references/ingress-service-not-found.ts';
import { networkpolicyPeerSelectsNothing } from './references/networkpolicy-peer-selects-nothing.ts';
import { networkpolicySelectsNothing } from './references/networkpolicy-selects-nothing.ts';
import { pdbSelectsNothing } from './references/pdb-selects-nothing.ts';
import { roleRefMissing } from './references/role-ref-missing.ts';
import { secretKeyMissing } from './references/secret-key-missing.ts';
import { secretRefMissing } from './references/secret-ref-missing.ts';
import { servicePortNameMissing } from './references/service-port-name-missing.ts';
import { serviceSelectorNoMatch } from './references/service-selector-no-match.ts';
import { serviceTargetPortNameMissing } from './references/service-target-port-name-missing.ts';
import { serviceTargetPortUndeclared } from './references/service-target-port-undeclared.ts';
import { serviceWithoutSelector } from './references/service-without-selector.ts';
import { servicemonitorNoMatch } from './references/servicemonitor-no-match.ts';
import { statefulsetServiceMissing } from './references/statefulset-service-missing.ts';
import { statefulsetServiceNotHeadless } from './references/statefulset-service-not-headless.ts';
import { volumeMountWithoutVolume } from './references/volume-mount-without-volume.ts';
import { cpuLimitMissing } from './resources/cpu-limit-missing.ts';
import { cpuRequestMissing } from './resources/cpu-request-missing.ts';
import { ephemeralStorageNotEqualLimit } from './resources/ephemeral-storage-not-equal-limit.ts';
import { memoryLimitMissing } from './resources/memory-limit-missing.ts';
import { memoryRequestMissing } from './resources/memory-request-missing.ts';
import { memoryRequestNotEqualLimit } from './resources/memory-request-not-equal-limit.ts';
import { requestExceedsLimit } from './resources/request-exceeds-limit.ts';
import { ambiguousScalar } from './schema/ambiguous-scalar.ts';
import { duplicateContainerName } from './schema/duplicate-container-name.ts';
import { duplicateEnvVar } from './schema/duplicate-env-var.ts';
import { duplicateMountPath } from './schema/duplicate-mount-path.ts';
import { duplicatePortName } from './schema/duplicate-port-name.ts';
import { duplicateResource } from './schema/duplicate-resource.ts';
import { duplicateVolumeName } from './schema/duplicate-volume-name.ts';
import { envValueNotString } from './schema/env-value-not-string.ts';
import { invalidLabelValue } from './schema/invalid-label-value.ts';
import { invalidPortName } from './schema/invalid-port-name.ts';
import { invalidResourceName } from './schema/invalid-resource-name.ts';
import { kindApiMismatch } from './schema/kind-api-mismatch.ts';
import { missingApiVersionKind } from './schema/missing-api-version-kind.ts';
import { nullValue } from './schema/null-value.ts';
import { portAsString } from './schema/port-as-string.ts';
import { portOutOfRange } from './schema/port-out-of-range.ts';
import { quantityInvalid } from './schema/quantity-invalid.ts';
import { quantitySuspiciousUnit } from './schema/quantity-suspicious-unit.ts';
import { schemaInvalidEnum } from './schema/schema-invalid-enum.ts';
import { schemaMissingRequired } from './schema/schema-missing-required.ts';
import { schemaTypeMismatch } from './schema/schema-type-mismatch.ts';
import { schemaUnknownField } from './schema/schema-unknown-field.ts';
import { sortedKeys } from './schema/sorted-keys.ts';
import { stringMapValueNotString } from './schema/string-map-value-not-string.ts';
import { unknownKind } from './schema/unknown-kind.ts';
import { yamlDuplicateKey } from './schema/yaml-duplicate-key.ts';
import { yamlSyntax } from './schema/yaml-syntax.ts';
import { yamlTabIndent } from './schema/yaml-tab-indent.ts';
import { allowPrivilegeEscalation } from './security/allow-privilege-escalation.ts';
import { capabilitiesNotDropped } from './security/capabilities-not-dropped.ts';
import { dangerousCapabilityAdded } from './security/dangerous-capability-added.ts';
import { dockerSocketMount } from './security/docker-socket-mount.ts';
import { hostIpc } from './security/host-ipc.ts';
import { hostNetwork } from './security/host-network.ts';
import { hostPathVolume } from './security/host-path-volume.ts';
import { hostPid } from './security/host-pid.ts';
import { hostProcess } from './security/host-process.ts';
import { linuxHardeningMissing } from './security/linux-hardening-missing.ts';
import { netRawNotDropped } from './security/net-raw-not-dropped.ts';
import { privilegeEscalationNotDisabled } from './security/privilege-escalation-not-disabled.ts';
import { privilegedContainer } from './security/privileged-container.ts';
import { procMountUnmasked } from './security/proc-mount-unmasked.ts';
import { runAsRoot } from './security/run-as-root.ts';
import { runAsRootGroup } from './security/run-as-root-group.ts';
import { seccompProfileMissing } from './security/seccomp-profile-missing.ts';
import { sensitiveConfigmapContent } from './security/sensitive-configmap-content.ts';
import { sensitiveEnvValue } from './security/sensitive-env-value.ts';
import { sensitiveHostPath } from './security/sensitive-host-path.ts';
import { unsafeSysctl } from './security/unsafe-sysctl.ts';
import { writableHostPath } from './security/writable-host-path.ts';
import { writableRootFilesystem } from './security/writable-root-filesystem.ts';
import { commandSingleString } from './workloads/command-single-string.ts';
import { cronjobJobTtlSet } from './workloads/cronjob-job-ttl-set.ts';
import { cronjobNoDeadline } from './workloads/cronjob-no-deadline.ts';
import { hpaMinEqualsMax } from './workloads/hpa-min-equals-max.ts';
import { hpaMinExceedsMax } from './workloads/hpa-min-exceeds-max.ts';
import { hpaMinReplicas } from './workloads/hpa-min-replicas.ts';
import { hpaReplicasConflict } from './workloads/hpa-replicas-conflict.ts';
import { jobRestartPolicy } from './workloads/job-restart-policy.ts';
import { jobTtlMissing } from './workloads/job-ttl-missing.ts';
import { minReplicas } from './workloads/min-replicas.ts';
import { noPodSpread } from './workloads/no-pod-spread.ts';
import { nonRollingUpdateStrategy } from './workloads/non-rolling-update-strategy.ts';
import { pdbBlocksEviction } from './workloads/pdb-blocks-eviction.ts';
import { pdbEmptySelector } from './workloads/pdb-empty-selector.ts';
import { pdbInvalid } from './workloads/pdb-invalid.ts';
import { pdbMinExceedsHpaMin } from './workloads/pdb-min-exceeds-hpa-min.ts';
import { pdbMissing } from './workloads/pdb-missing.ts';
import { pdbNoPolicy } from './workloads/pdb-no-policy.ts';
import { pdbUnhealthyEvictionPolicy } from './workloads/pdb-unhealthy-eviction-policy.ts';
import { priorityClassMissing } from './workloads/priority-class-missing.ts';
import { rollingUpdateDowntime } from './workloads/rolling-update-downtime.ts';
import { rwoPvcMultiReplica } from './workloads/rwo-pvc-multi-replica.ts';
import { selectorTemplateMismatch } from './workloads/selector-template-mismatch.ts';
import { topologySpreadSelectorMismatch } from './workloads/topology-spread-selector-mismatch.ts';
import { workloadRestartPolicy } from './workloads/workload-restart-policy.ts';

export const RULES: readonly Rule[] = [
  ambiguousScalar,
  duplicateContainerName,
  duplicateEnvVar,
  duplicateMountPath,
  duplicatePortName,
  duplicateResource,
  duplicateVolumeName,
  envValueNotString,
  invalidLabelValue,
  invalidPortName,
  invalidResourceName,
  kindApiMismatch,
  missingApiVersionKind,
  nullValue,
  portAsString,
  portOutOfRange,
  quantityInvalid,
  quantitySuspiciousUnit,
  schemaInvalidEnum,
  schemaMissingRequired,
  schemaTypeMismatch,
  schemaUnknownField,
  sortedKeys,
  stringMapValueNotString,
  unknownKind,
  yamlDuplicateKey,
  yamlSyntax,
  yamlTabIndent,
  deprecatedApiVersion,
  removedApiVersion,
  defaultNamespace,
  instanceLabelMismatch,
  namespaceOnClusterScoped,
  unknownSuppression,
  configmapKeyMissing,
  configmapRefMissing,
  hpaTargetMissing,
  httprouteBackendMissing,
  ingressPortNotFound,
  ingressServiceNotFound,
  networkpolicyPeerSelectsNothing,
  networkpolicySelectsNothing,
  pdbSelectsNothing,
  roleRefMissing,
  secretKeyMissing,
  secretRefMissing,
  servicePortNameMissing,
  serviceSelectorNoMatch,
  serviceTargetPortNameMissing,
  serviceTargetPortUndeclared,
  serviceWithoutSelector,
  servicemonitorNoMatch,
  statefulsetServiceMissing,
  statefulsetServiceNotHeadless,
  volumeMountWithoutVolume,
  dnsPolicyNone,
  hostNetworkDnsPolicy,
  hostPort,
  ingressNoTls,
  networkpolicyDnsTcpMissing,
  networkpolicyEgressNoDns,
  networkpolicyEmptyPeerAllowsAll,
  networkpolicyPeerOrAnd,
  networkpolicyRulesNotInPolicytypes,
  networkpolicyServicePortUsed,
  podNoEgressPolicy,
  podNoIngressPolicy,
  podNoNetworkPolicy,
  serviceTypeLoadbalancer,
  serviceTypeNodeport,
  gracePeriodShorterThanPrestop,
  livenessTooAggressive,
  missingLivenessProbe,
  missingReadinessProbe,
  missingReadinessProbeStrict,
  poststartSelfCheck,
  probePortNameMissing,
  probePortUndeclared,
  probeTimeoutExceedsPeriod,
  probesIdentical,
  commandSingleString,
  cronjobJobTtlSet,
  cronjobNoDeadline,
  hpaMinEqualsMax,
  hpaMinExceedsMax,
  hpaMinReplicas,
  hpaReplicasConflict,
  jobRestartPolicy,
  jobTtlMissing,
  minReplicas,
  noPodSpread,
  nonRollingUpdateStrategy,
  pdbBlocksEviction,
  pdbEmptySelector,
  pdbInvalid,
  pdbMinExceedsHpaMin,
  pdbMissing,
  pdbNoPolicy,
  pdbUnhealthyEvictionPolicy,
  priorityClassMissing,
  rollingUpdateDowntime,
  rwoPvcMultiReplica,
  selectorTemplateMismatch,
  topologySpreadSelectorMismatch,
  workloadRestartPolicy,
  cpuLimitMissing,
  cpuRequestMissing,
  ephemeralStorageNotEqualLimit,
  memoryLimitMissing,
  memoryRequestMissing,
  memoryRequestNotEqualLimit,
  requestExceedsLimit,
  imagePullPolicyNotAlways,
  imageReferenceInvalid,
  imageTagLatest,
  imageTagMissing,
  allowPrivilegeEscalation,
  capabilitiesNotDropped,
  dangerousCapabilityAdded,
  dockerSocketMount,
  hostIpc,
  hostNetwork,
  hostPathVolume,
  hostPid,
  hostProcess,
  linuxHardeningMissing,
  netRawNotDropped,
  privilegeEscalationNotDisabled,
  privilegedContainer,
  procMountUnmasked,
  runAsRoot,
  runAsRootGroup,
  seccompProfileMissing,
  sensitiveConfigmapContent,
  sensitiveEnvValue,
  sensitiveHostPath,
  unsafeSysctl,
  writableHostPath,
  writableRootFilesystem,
  rbacBindingPodExec,
  rbacClusterAdminBinding,
  rbacPodExec,
];
