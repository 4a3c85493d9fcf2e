/** Connections that policies keep from being made: known attempts, judged by the rules. */
import { type Direction, judgeSide, namespaceLabels, policyRules, rulePeers } from '../../../kube/policy.ts';
import { formatSelector, matchesSelector } from '../../../kube/selector.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { NetworkPolicy, NetworkPolicyPeer, Pod, Service } from '../../../kube/types.ts';
import { podTemplateOf } from '../../../kube/workload.ts';
import type { Path } from '../../../path.ts';
import { isFinished, isReady, remember } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { endpointsOf, targetPortOf } from '../../endpoints.ts';
import { fieldEvidence, kubectl } from '../../evidence.ts';
import { defineMode, type FailureMode } from '../../mode.ts';
import { EVERYWHERE } from '../../observed.ts';
import type { Scene } from '../../scene.ts';
import { listOf, nameOf } from '../name.ts';
import { WAITS } from '../service/remote.ts';
import { type Attempt, attempts } from './attempts.ts';
import { isEnforced, misses, policyPod } from './sides.ts';

interface Block {
  id: string;
  attempt: Attempt;
  direction: Direction;
  guilty: Resource<NetworkPolicy>;
  path: Path;
  data: Record<string, string | number | undefined>;
  podPort: number;
  /** Which of its mode's sentences says it. Default: the only one. */
  message?: string;
}

function blocks(scene: Scene): Block[] {
  return remember(scene, 'policyBlocks', () => {
    if (!isEnforced(scene)) return [];
    // Policies of two namespaces decide; that others could not be read is no matter.
    const isRead = ({ client, service }: Attempt): boolean =>
      !scene.gapOf('NetworkPolicy', client.ref.namespace) &&
      !scene.gapOf('NetworkPolicy', service.ref.namespace);
    return attempts(scene)
      .filter(isRead)
      .flatMap((attempt) => blockOf(scene, attempt) ?? []);
  });
}

function blockOf(scene: Scene, attempt: Attempt): Block | undefined {
  const { client, service, port } = attempt;
  const backends = endpointsOf(scene, service).selected.filter(({ object }) => !isFinished(object));
  // A backend that is not ready gets no traffic: its own fault comes first.
  const target = backends.find(({ object }) => isReady(object));
  const podPort = target && targetPortOf(target, port);
  if (!target || podPort === undefined) return undefined;
  const query = { port: podPort, protocol: port.protocol ?? 'TCP' };
  const from = policyPod(client);
  const to = policyPod(target);
  if (client.object === target.object) return undefined;
  if (!client.object.spec?.hostNetwork) {
    const side = judgeSide(
      scene.store,
      from,
      'egress',
      target.object.spec?.hostNetwork ? addressOf(target) : to,
      query,
    );
    if (!side.allowed) return explain(scene, attempt, 'egress', side.isolating, podPort, target);
  }
  if (target.object.spec?.hostNetwork) return undefined;
  const other = client.object.spec?.hostNetwork ? addressOf(client) : from;
  // A pod's own node always reaches it: https://pkg.go.dev/k8s.io/api/networking/v1#NetworkPolicySpec
  if (client.object.spec?.hostNetwork && client.object.spec.nodeName === target.object.spec?.nodeName)
    return undefined;
  const side = judgeSide(scene.store, to, 'ingress', other, query);
  return side.allowed ? undefined : explain(scene, attempt, 'ingress', side.isolating, podPort, target);
}

const addressOf = ({ object }: Resource<Pod>) => ({
  kind: 'address' as const,
  ip: object.status?.hostIP ?? object.status?.podIP ?? '',
});

/** True when policies keep this pod from this Service. */
export const isBlocked = (scene: Scene, client: Resource<Pod>, service: Resource<Service>): boolean =>
  blocks(scene).some(
    ({ attempt }) => attempt.client === client && attempt.service === service && !attempt.reached,
  );

/** Which of the isolating policies was meant to admit it, and by what it misses. */
function explain(
  scene: Scene,
  attempt: Attempt,
  direction: Direction,
  isolating: Resource<NetworkPolicy>[],
  podPort: number,
  target: Resource<Pod>,
): Block {
  const { client, service, port } = attempt;
  const other = direction === 'egress' ? policyPod(target) : policyPod(client);
  const query = { port: podPort, protocol: port.protocol ?? 'TCP' };
  const near = misses(scene, isolating, direction, other, query, policyPod(target));
  const byPort = near.find(({ admitsPeer, isDns }) => admitsPeer && !isDns);
  const byPeer = near.find(({ admitsPort }) => admitsPort);
  const first = isolating[0] as Resource<NetworkPolicy>;
  const data = {
    policies: listOf(isolating.map(({ ref }) => ref.name)),
    client: nameOf(topOwner(scene, client)),
    service: service.ref.name,
    target: nameOf(topOwner(scene, target)),
    port: podPort,
    protocol: query.protocol,
  };
  const base = { attempt, direction, podPort };
  if (byPort) {
    const ports = policyRules(byPort.policy.object, direction)[byPort.rule]?.ports ?? [];
    const path = ['spec', direction, byPort.rule, 'ports'];
    const named = ports.find(
      (entry) =>
        typeof entry.port === 'string' && !policyPod(target).ports?.some(({ name }) => name === entry.port),
    );
    const written = listOf(ports.map((entry) => `${entry.port ?? '*'}/${entry.protocol ?? 'TCP'}`));
    if (named)
      return {
        ...base,
        id: 'netpol-named-port-unresolved',
        guilty: byPort.policy,
        path,
        data: { ...data, policy: byPort.policy.ref.name, name: String(named.port) },
      };
    return {
      ...base,
      id: direction === 'ingress' ? 'netpol-ingress-port-mismatch' : 'netpol-egress-default-deny',
      guilty: byPort.policy,
      path,
      data: { ...data, policy: byPort.policy.ref.name, written },
      ...(direction === 'egress' ? { message: 'ports' } : {}),
    };
  }
  if (byPeer && direction === 'egress') {
    const peers = rulePeers(policyRules(byPeer.policy.object, direction)[byPeer.rule] ?? {}, direction) ?? [];
    const at = peers.findIndex(({ ipBlock }) => ipBlock);
    const pods = peers.flatMap(({ podSelector }) =>
      podSelector ? [formatSelector(podSelector) || '*'] : [],
    );
    return {
      ...base,
      id: 'netpol-egress-default-deny',
      guilty: byPeer.policy,
      path: ['spec', direction, byPeer.rule, 'to', ...(at >= 0 ? [at, 'ipBlock'] : [])],
      message: at >= 0 ? 'block' : 'peer',
      data: {
        ...data,
        policy: byPeer.policy.ref.name,
        wanted: listOf(pods) || '?',
        labels: formatSelector({ matchLabels: ownLabels(scene, target) }) || '0',
        blocks: listOf(peers.flatMap(({ ipBlock }) => (ipBlock ? [formatBlock(ipBlock)] : []))),
        ip: target.object.status?.podIP,
      },
    };
  }
  if (byPeer && direction === 'ingress') {
    const peers = rulePeers(policyRules(byPeer.policy.object, direction)[byPeer.rule] ?? {}, direction) ?? [];
    const labels = namespaceLabels(scene.store)(client.ref.namespace ?? DEFAULT_NAMESPACE);
    const wrongNamespace = peers.find(
      ({ namespaceSelector, podSelector }) =>
        namespaceSelector &&
        !matchesSelector(namespaceSelector, labels) &&
        (!podSelector || matchesSelector(podSelector, client.object.metadata.labels)),
    );
    const path = ['spec', direction, byPeer.rule, 'from'];
    if (wrongNamespace?.namespaceSelector)
      return {
        ...base,
        id: 'netpol-namespace-label-missing',
        guilty: byPeer.policy,
        path: [...path, peers.indexOf(wrongNamespace), 'namespaceSelector'],
        data: {
          ...data,
          policy: byPeer.policy.ref.name,
          wanted: formatSelector(wrongNamespace.namespaceSelector),
          namespace: client.ref.namespace,
        },
      };
    const own = peers.findIndex(
      ({ namespaceSelector, podSelector }) =>
        !namespaceSelector && podSelector && matchesSelector(podSelector, client.object.metadata.labels),
    );
    const pods = (own >= 0 ? peers.slice(own, own + 1) : peers).flatMap(({ podSelector }) =>
      podSelector ? [formatSelector(podSelector) || '*'] : [],
    );
    // The labels are right: a podSelector alone means pods of the policy's own namespace.
    if (own >= 0)
      return {
        ...base,
        id: 'netpol-ingress-peer-mismatch',
        guilty: byPeer.policy,
        path: [...path, own, 'podSelector'],
        message: 'namespace',
        data: {
          ...data,
          policy: byPeer.policy.ref.name,
          wanted: listOf(pods),
          own: byPeer.policy.ref.namespace,
          namespace: client.ref.namespace,
        },
      };
    return {
      ...base,
      id: 'netpol-ingress-peer-mismatch',
      guilty: byPeer.policy,
      path,
      data: {
        ...data,
        policy: byPeer.policy.ref.name,
        wanted: listOf(pods) || '?',
        labels: formatSelector({ matchLabels: ownLabels(scene, client) }) || '0',
      },
    };
  }
  const implicit =
    direction === 'ingress' ? isolating.find((policy) => hasImplicitTypes(policy.object)) : undefined;
  if (implicit && isolating.every((policy) => policy === implicit))
    return {
      ...base,
      id: 'netpol-policytypes-implicit',
      guilty: implicit,
      path: ['spec'],
      data: { ...data, policy: implicit.ref.name },
    };
  return {
    ...base,
    id: direction === 'ingress' ? 'netpol-ingress-default-deny' : 'netpol-egress-default-deny',
    guilty: first,
    path: ['spec', direction === 'ingress' ? 'podSelector' : 'policyTypes'],
    data: { ...data, policy: first.ref.name, written: '0' },
  };
}

const formatBlock = ({ cidr = '', except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>): string =>
  except.length > 0 ? `${cidr} (except ${listOf(except)})` : cidr;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** True for egress rules without policyTypes. The API server fills them in: what was applied tells that they were not written. */
function hasImplicitTypes({ spec, metadata }: NetworkPolicy): boolean {
  if ((spec?.egress ?? []).length === 0) return false;
  if (!spec?.policyTypes?.length) return true;
  const applied = metadata.annotations?.[LAST_APPLIED];
  return applied !== undefined && !applied.includes('"policyTypes"');
}

/** The labels that somebody wrote: those of the template, without what controllers and nodes add to the pod. */
const ownLabels = (scene: Scene, pod: Resource<Pod>): Record<string, string> =>
  podTemplateOf(topOwner(scene, pod).object)?.metadata?.labels ?? pod.object.metadata.labels ?? {};

interface Row {
  case: string;
  message: string;
  /** Other sentences, by what is known of the miss. */
  variants?: Record<string, string>;
}

const MESSAGES: Record<string, Row> = {
  'netpol-egress-default-deny': {
    case: 'netpol-default-deny-blocks',
    message:
      'NetworkPolicy {policies} lets {client} open no connection to {target} on port {port}/{protocol} (Service {service}).',
    variants: {
      ports:
        'NetworkPolicy {policy} lets {client} out to ports {written} of {target}; Service {service} sends to pod port {port}/{protocol}.',
      peer: 'NetworkPolicy {policy} lets {client} out to pods with {wanted} on port {port}; those of {target} have {labels}.',
      block:
        'NetworkPolicy {policy} lets {client} out to {blocks}; the pod of {target} has {ip}, and it is the address of the pod that counts, not that of Service {service}.',
    },
  },
  'netpol-ingress-default-deny': {
    case: 'netpol-default-deny-blocks',
    message:
      'NetworkPolicy {policies} admits nobody to port {port}/{protocol} of {target}; {client} (through Service {service}) is dropped.',
  },
  'netpol-ingress-peer-mismatch': {
    case: 'netpol-default-deny-blocks',
    message:
      'NetworkPolicy {policy} admits {wanted} to port {port} of {target}; the pods of {client} have {labels}.',
    variants: {
      namespace:
        'NetworkPolicy {policy} admits pods with {wanted} of its own namespace {own} alone to port {port} of {target}; {client} is in namespace {namespace}.',
    },
  },
  'netpol-ingress-port-mismatch': {
    case: 'netpol-port-is-pod-port',
    message:
      'NetworkPolicy {policy} admits {client} to ports {written} of {target}; Service {service} sends to pod port {port}/{protocol}.',
  },
  'netpol-namespace-label-missing': {
    case: 'netpol-default-deny-blocks',
    message:
      'NetworkPolicy {policy} admits namespaces with {wanted}; namespace {namespace} of {client} does not have it.',
  },
  'netpol-named-port-unresolved': {
    case: 'netpol-port-is-pod-port',
    message:
      'NetworkPolicy {policy} opens port {name}, a name that no container of {target} gives to a port; {client} is dropped.',
  },
  'netpol-policytypes-implicit': {
    case: 'netpol-policytypes-ignore-rules',
    message:
      'NetworkPolicy {policy} has egress rules and no policyTypes, so it isolates ingress too: {client} is dropped on port {port} of {target}.',
  },
};

const CONTRADICTED =
  'NetworkPolicy {policies} should keep {client} from port {port}/{protocol} of {target}, yet the active test got through: the network plugin does not enforce it, or not yet.';

const modeOf = (id: string, { case: caseId, message, variants }: Row): FailureMode => {
  const messages: Record<string, string> = { blocked: message, contradicted: CONTRADICTED, ...variants };
  return defineMode({
    id,
    step: 'policy',
    severity: 'error',
    confidence: 'certain',
    case: caseId,
    explains: [...WAITS, 'probe-depends-on-remote'],
    messages,
    detect(scene, { report, notChecked }) {
      // Which network plugin runs, and so whether policies count at all, is known by its DaemonSet.
      const isUnknown = scene.gapOf('DaemonSet', EVERYWHERE) !== undefined;
      for (const block of blocks(scene)) {
        if (block.id !== id) continue;
        if (isUnknown) notChecked('DaemonSet', 'DaemonSet', EVERYWHERE);
        const { attempt, guilty, path, data } = block;
        const { reached } = attempt;
        report(reached ? 'contradicted' : (block.message ?? 'blocked'), guilty, {
          data,
          path,
          // What was seen to pass is not blocked. What nobody saw fail is an inference from the environment.
          ...(reached
            ? { confidence: 'hint' as const }
            : attempt.seen && !isUnknown
              ? {}
              : { confidence: 'likely' as const }),
          evidence: [...attempt.evidence, ...(reached ? [reached] : []), fieldEvidence(guilty, ['spec'])],
          affects: [attempt.client, attempt.service, ...(attempt.ingress ? [attempt.ingress] : [])],
          commands: kubectl(guilty.ref.namespace, 'describe', 'networkpolicy', guilty.ref.name),
        });
      }
    },
  });
};

/** One mode for each way a policy misses a connection. */
export const blockedModes: readonly FailureMode[] = Object.entries(MESSAGES).map(([id, row]) =>
  modeOf(id, row),
);
