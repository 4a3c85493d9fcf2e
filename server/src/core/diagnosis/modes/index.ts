/** Every failure mode, in the order of the ladder. The only registry. */
import type { FailureMode } from '../mode.ts';
import { failedCreateModes } from './admission/failedCreate.ts';
import { createErrorModes } from './config/createErrors.ts';
import { subpathFailure } from './config/subpathFailure.ts';
import {
  apiServiceUnavailable,
  autoscalerModes,
  namespaceStuckTerminating,
  pdbBlocksEviction,
} from './controller/autoscaler.ts';
import { cronJobNotFiring, jobFailureModes, jobSuspended } from './controller/jobs.ts';
import {
  daemonSetNotOnNode,
  deploymentPaused,
  deploymentProgressDeadline,
  deploymentReplicaFailure,
  scaledToZero,
  statefulSetOrdinalBlocked,
  statefulSetRolloutHeld,
} from './controller/rollout.ts';
import { corednsConfigError, corednsLoop, corednsNotRunning } from './dns/coredns.ts';
import {
  crossNamespaceShortName,
  dnsHostNetworkClusterFirst,
  dnsPolicyDefault,
  serviceMissing,
  wrongServiceFqdn,
} from './dns/names.ts';
import { imageModes } from './image/pullErrors.ts';
import {
  ingressBackendNoEndpoints,
  ingressBackendPortMissing,
  ingressBackendServiceMissing,
  ingressClassNotFound,
  ingressNoClass,
  ingressTlsSecretInvalid,
} from './ingress/backends.ts';
import { failedPodModes } from './lifecycle/failedPods.ts';
import {
  preStopHookFailed,
  terminatingFinalizer,
  terminatingGrace,
  terminatingNodeUnreachable,
} from './lifecycle/terminating.ts';
import { cniNotInitialized } from './node/cniNotInitialized.ts';
import { nodeConditionModes } from './node/conditions.ts';
import { nodeCordoned } from './node/nodeCordoned.ts';
import { blockedModes } from './policy/blocked.ts';
import { dnsPolicyModes } from './policy/dns.ts';
import { mtuMismatch } from './policy/mtu.ts';
import { crossNodeOverlayBlocked, kubeProxyNotRunning, kubeProxyStaleRules } from './policy/nodePath.ts';
import { probeErrorModes } from './probes/errors.ts';
import {
  livenessRestartLoop,
  livenessSlowStart,
  postStartHookFailed,
  startupProbeExhausted,
} from './probes/kills.ts';
import { podReadinessGateUnmet, podRunningNotReady } from './probes/notReady.ts';
import { readinessModes } from './probes/readiness.ts';
import { endingModes } from './runtime/endings.ts';
import { volumeFilesystemFull } from './runtime/fullVolumes.ts';
import { logCauseModes } from './runtime/logCauses.ts';
import { memoryNearLimit } from './runtime/memoryNearLimit.ts';
import { portAlreadyInUse } from './runtime/portInUse.ts';
import { sandboxModes } from './sandbox/sandboxErrors.ts';
import { nodeNameMissing, podSchedulingGated, schedulerNotActing } from './scheduling/notConsidered.ts';
import { schedulingReasonModes } from './scheduling/reasons.ts';
import {
  serviceAllBackendsTerminal,
  serviceNamedTargetPortUnresolved,
  serviceNoReadyEndpoints,
  serviceSelectorlessNoEndpoints,
  serviceSelectorNoMatch,
} from './service/endpoints.ts';
import { appListensOnLoopback } from './service/loopback.ts';
import { statefulSetMembersUnpublished, statefulSetMissingService } from './service/members.ts';
import { probeDependsOnRemote } from './service/remote.ts';
import { serviceTargetPortWrongNumber } from './service/targetPort.ts';
import {
  externalNameUnresolvable,
  externalTrafficPolicyLocal,
  internalTrafficPolicyLocal,
  loadBalancerPending,
  publishNotReadyMisuse,
} from './service/types.ts';
import { clientUsesWrongServicePort } from './service/wrongPort.ts';
import { pvcStuckTerminating, waitForFirstConsumer } from './volumes/claimStates.ts';
import {
  provisionerNotRunning,
  provisioningFailed,
  pvAlreadyClaimed,
  pvClaimMismatch,
  pvcPendingNoClass,
  storageClassMissing,
} from './volumes/claims.ts';
import { mountModes } from './volumes/mounts.ts';

export const MODES: readonly FailureMode[] = [
  // exists
  ...failedCreateModes,
  scaledToZero,
  // node
  ...nodeConditionModes.filter(({ id }) => id !== cniNotInitialized.id),
  cniNotInitialized,
  ...failedPodModes,
  terminatingNodeUnreachable,
  // scheduled
  ...schedulingReasonModes,
  nodeCordoned,
  podSchedulingGated,
  schedulerNotActing,
  nodeNameMissing,
  daemonSetNotOnNode,
  // volumes
  storageClassMissing,
  pvcPendingNoClass,
  provisioningFailed,
  provisionerNotRunning,
  pvClaimMismatch,
  pvAlreadyClaimed,
  pvcStuckTerminating,
  waitForFirstConsumer,
  ...mountModes,
  // sandbox, image, configured
  ...sandboxModes,
  ...imageModes,
  ...createErrorModes,
  subpathFailure,
  // started, running
  postStartHookFailed,
  ...endingModes,
  ...logCauseModes,
  portAlreadyInUse,
  volumeFilesystemFull,
  memoryNearLimit,
  // probes
  ...probeErrorModes,
  ...readinessModes,
  livenessRestartLoop,
  livenessSlowStart,
  startupProbeExhausted,
  podReadinessGateUnmet,
  podRunningNotReady,
  // service
  serviceSelectorNoMatch,
  serviceAllBackendsTerminal,
  serviceNamedTargetPortUnresolved,
  serviceTargetPortWrongNumber,
  serviceSelectorlessNoEndpoints,
  serviceNoReadyEndpoints,
  clientUsesWrongServicePort,
  appListensOnLoopback,
  kubeProxyNotRunning,
  kubeProxyStaleRules,
  loadBalancerPending,
  externalNameUnresolvable,
  publishNotReadyMisuse,
  internalTrafficPolicyLocal,
  externalTrafficPolicyLocal,
  probeDependsOnRemote,
  // ingress
  ingressBackendServiceMissing,
  ingressBackendPortMissing,
  ingressBackendNoEndpoints,
  ingressClassNotFound,
  ingressNoClass,
  ingressTlsSecretInvalid,
  // policy
  ...blockedModes,
  crossNodeOverlayBlocked,
  mtuMismatch,
  // dns
  ...dnsPolicyModes,
  serviceMissing,
  crossNamespaceShortName,
  wrongServiceFqdn,
  dnsHostNetworkClusterFirst,
  dnsPolicyDefault,
  corednsLoop,
  corednsConfigError,
  corednsNotRunning,
  statefulSetMissingService,
  statefulSetMembersUnpublished,
  // controller
  deploymentProgressDeadline,
  deploymentReplicaFailure,
  deploymentPaused,
  statefulSetOrdinalBlocked,
  statefulSetRolloutHeld,
  ...jobFailureModes,
  jobSuspended,
  cronJobNotFiring,
  ...autoscalerModes,
  pdbBlocksEviction,
  terminatingFinalizer,
  terminatingGrace,
  preStopHookFailed,
  namespaceStuckTerminating,
  apiServiceUnavailable,
];
