/** Every rule: the only registry. Sorted by group, then id. */
import type { Rule } from '../rule.ts';
import { unknownSuppression } from './metadata/unknown-suppression.ts';
import { networkpolicyDnsTcpMissing } from './networking/networkpolicy-dns-tcp-missing.ts';
import { networkpolicyEgressNoDns } from './networking/networkpolicy-egress-no-dns.ts';
import { networkpolicyEmptyPeerAllowsAll } from './networking/networkpolicy-empty-peer-allows-all.ts';
import { networkpolicyPeerOrAnd } from './networking/networkpolicy-peer-or-and.ts';
import { networkpolicyRulesNotInPolicytypes } from './networking/networkpolicy-rules-not-in-policytypes.ts';
import { networkpolicyServicePortUsed } from './networking/networkpolicy-service-port-used.ts';
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
import { serviceSelectorNoMatch } from './references/service-selector-no-match.ts';
import { serviceTargetPortNameMissing } from './references/service-target-port-name-missing.ts';
import { serviceTargetPortUndeclared } from './references/service-target-port-undeclared.ts';
import { serviceWithoutSelector } from './references/service-without-selector.ts';
import { servicemonitorNoMatch } from './references/servicemonitor-no-match.ts';
import { statefulsetServiceMissing } from './references/statefulset-service-missing.ts';
import { statefulsetServiceNotHeadless } from './references/statefulset-service-not-headless.ts';
import { volumeMountWithoutVolume } from './references/volume-mount-without-volume.ts';

export const RULES: readonly Rule[] = [
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
  serviceSelectorNoMatch,
  serviceTargetPortNameMissing,
  serviceTargetPortUndeclared,
  serviceWithoutSelector,
  servicemonitorNoMatch,
  statefulsetServiceMissing,
  statefulsetServiceNotHeadless,
  volumeMountWithoutVolume,
  networkpolicyDnsTcpMissing,
  networkpolicyEgressNoDns,
  networkpolicyEmptyPeerAllowsAll,
  networkpolicyPeerOrAnd,
  networkpolicyRulesNotInPolicytypes,
  networkpolicyServicePortUsed,
];
