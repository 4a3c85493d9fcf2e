/** Egress policies that leave out the resolver. */
import type { Confidence } from '../../../finding.ts';
import { judgeSide, type PolicyEnd, policyRules } from '../../../kube/policy.ts';
import type { Resource } from '../../../kube/store.ts';
import type { NetworkPolicy, Pod, Service } from '../../../kube/types.ts';
import type { Path } from '../../../path.ts';
import { isStruggling, livePods, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { targetPortOf } from '../../endpoints.ts';
import { fieldEvidence, kubectl, logEvidence } from '../../evidence.ts';
import { dnsPods } from '../../ladder.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import { isTestedFrom, probedLookups, probeEvidence, probeOf } from '../../probed.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';
import { callsInScene, WAITS } from '../service/remote.ts';
import { isEnforced, policyPod } from './sides.ts';

const AFTER = [
  ...WAITS,
  'probe-depends-on-remote',
  'service-missing',
  'wrong-service-fqdn',
  'cross-namespace-short-name',
  // The same policy also leaves the destination out: first things first, the name is asked before the address.
  'netpol-egress-default-deny',
];

interface DnsBlock {
  pod: Resource<Pod>;
  isolating: Resource<NetworkPolicy>[];
  udp: boolean;
  tcp: boolean;
  /** False when no DNS pod was read and its usual labels had to do. */
  seen: boolean;
  /** The side that refuses: the client's egress, or the ingress of the DNS pods. */
  side: 'egress' | 'ingress';
}

/** The cluster's DNS pods with the port behind each of the Service's ports; by convention when they were not read. */
function resolvers(scene: Scene): { end: PolicyEnd; udp: number; tcp: number; seen: boolean }[] {
  const service = scene.find<Service>('Service', 'kube-system', 'kube-dns');
  const ports = service?.object.spec?.ports ?? [];
  const pods = dnsPods(scene);
  if (pods.length === 0)
    return [
      {
        end: { kind: 'pod', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
        udp: 53,
        tcp: 53,
        seen: false,
      },
    ];
  return pods.map((pod) => {
    const portFor = (protocol: string): number => {
      const port = ports.find((entry) => entry.port === 53 && (entry.protocol ?? 'TCP') === protocol);
      return (port && targetPortOf(pod, port)) ?? 53;
    };
    return { end: policyPod(pod), udp: portFor('UDP'), tcp: portFor('TCP'), seen: true };
  });
}

function dnsBlocks(scene: Scene): DnsBlock[] {
  return remember(scene, 'dnsBlocks', () => {
    if (!isEnforced(scene)) return [];
    const targets = resolvers(scene);
    return livePods(scene).flatMap((pod): DnsBlock[] => {
      const { spec, metadata } = pod.object;
      if (spec?.hostNetwork || spec?.dnsPolicy === 'Default' || spec?.dnsPolicy === 'None') return [];
      if (scene.gapOf('NetworkPolicy', metadata.namespace)) return [];
      const client = policyPod(pod);
      for (const side of ['egress', 'ingress'] as const) {
        let isolating: Resource<NetworkPolicy>[] = [];
        const reaches = (protocol: 'UDP' | 'TCP'): boolean =>
          targets.some(({ end, udp, tcp }) => {
            const query = { port: protocol === 'UDP' ? udp : tcp, protocol };
            const verdict =
              side === 'egress'
                ? judgeSide(scene.store, client, 'egress', end, query)
                : end.kind === 'pod'
                  ? judgeSide(scene.store, end, 'ingress', client, query)
                  : { allowed: true, isolating: [] };
            if (!verdict.allowed) isolating = verdict.isolating;
            return verdict.allowed;
          });
        const udp = reaches('UDP');
        const tcp = reaches('TCP');
        if (!udp || !tcp)
          return [{ pod, isolating, udp, tcp, seen: targets.every(({ seen }) => seen), side }];
      }
      return [];
    });
  });
}

/** The entry that opens 53 and means TCP only: written without a protocol, or read back with the default filled in. */
function withoutProtocol({
  isolating,
  side,
}: DnsBlock): { policy: Resource<NetworkPolicy>; path: Path } | undefined {
  for (const policy of isolating)
    for (const [rule, { ports = [] }] of policyRules(policy.object, side).entries()) {
      const at = ports.findIndex(({ port, protocol = 'TCP' }) => port === 53 && protocol === 'TCP');
      if (at >= 0) return { policy, path: ['spec', side, rule, 'ports', at] };
    }
  return undefined;
}

const lookupsOf = (scene: Scene, pod: Resource<Pod>) =>
  callsInScene(scene).filter(({ fact, error }) => fact.pod === pod && /^lookup-/.test(error.symptom));

type Kind = 'netpol-egress-dns-blocked' | 'netpol-port-protocol-default' | 'netpol-dns-tcp-blocked';

const kindOf = (block: DnsBlock): Kind => {
  if (block.udp) return 'netpol-dns-tcp-blocked';
  return block.tcp && withoutProtocol(block) ? 'netpol-port-protocol-default' : 'netpol-egress-dns-blocked';
};

const CONTRADICTED =
  'NetworkPolicy {policies} should keep {client} from the cluster DNS ({protocol} port 53), yet the active test had an answer: the network plugin does not enforce it, or not yet.';

/** What was seen to pass is not blocked; DNS pods that were not read are only supposed to be where they usually are. */
function confidenceOf(id: Kind, isSure: boolean, isContradicted: boolean): { confidence?: Confidence } {
  if (isContradicted) return { confidence: 'hint' };
  return id === 'netpol-dns-tcp-blocked' || !isSure ? { confidence: 'likely' } : {};
}

const modeOf = (id: Kind, caseId: string, message: string): FailureMode =>
  defineMode({
    id,
    step: 'dns',
    severity: 'error',
    confidence: 'certain',
    case: caseId,
    explains: AFTER,
    messages: { blocked: message, contradicted: CONTRADICTED },
    detect(scene, { report, notChecked }) {
      for (const block of dnsBlocks(scene)) {
        if (kindOf(block) !== id) continue;
        const { pod, isolating, seen } = block;
        const lookups = lookupsOf(scene, pod);
        const entry = id === 'netpol-port-protocol-default' ? withoutProtocol(block) : undefined;
        const guilty = entry?.policy ?? isolating[0];
        if (!guilty) continue;
        if (!seen) notChecked('Pod', 'Pod', 'kube-system');
        const protocol = id === 'netpol-dns-tcp-blocked' ? 'TCP' : 'UDP';
        const tested = isTestedFrom(scene, pod) ? probedLookups(scene, protocol) : [];
        const silent = tested.filter(({ outcome, symptom }) => outcome === 'failed' && symptom === 'timeout');
        const answered = tested.filter(({ outcome, symptom }) => outcome === 'ok' || symptom === 'nxdomain');
        const suffers =
          lookups.length > 0 ||
          silent.length > 0 ||
          (id !== 'netpol-dns-tcp-blocked' && isStruggling(pod, scene.now));
        const run = probeOf(scene);
        const told = answered.length > 0 ? answered : silent;
        report(answered.length > 0 ? 'contradicted' : 'blocked', guilty, {
          data: {
            policies: listOf(isolating.map(({ ref }) => ref.name)),
            policy: guilty.ref.name,
            client: nameOf(topOwner(scene, pod)),
            protocol,
          },
          path: entry?.path ?? ['spec', block.side],
          // Pods that look nothing up work behind such a policy: without a sign of trouble it is a remark.
          severity: suffers ? 'error' : 'info',
          ...confidenceOf(id, seen || silent.length > 0, answered.length > 0),
          evidence: [
            fieldEvidence(guilty, entry?.path ?? ['spec']),
            ...lookups
              .slice(0, 1)
              .map(({ fact, error, previous }) => logEvidence(fact.pod, fact.name, previous, error.line)),
            ...(run ? told.slice(0, 2).map((result) => probeEvidence(run, result)) : []),
          ],
          affects: [pod],
          commands: kubectl(guilty.ref.namespace, 'describe', 'networkpolicy', guilty.ref.name),
        });
      }
    },
  });

/** UDP and TCP 53 are two questions; a port without a protocol answers only the second. */
export const dnsPolicyModes: readonly FailureMode[] = [
  modeOf(
    'netpol-egress-dns-blocked',
    'dns-blocked-by-egress-policy',
    'NetworkPolicy {policies} does not let {client} reach the cluster DNS on UDP port 53: every lookup times out.',
  ),
  modeOf(
    'netpol-port-protocol-default',
    'dns-blocked-by-egress-policy',
    'NetworkPolicy {policy} opens port 53 for {client} over TCP only, which is what a port without a protocol means: lookups over UDP time out.',
  ),
  modeOf(
    'netpol-dns-tcp-blocked',
    'dns-tcp53-or-truncation',
    'NetworkPolicy {policies} lets {client} reach the cluster DNS on UDP and not on TCP port 53: long answers fail.',
  ),
];
