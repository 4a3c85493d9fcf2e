/** Services of special types, and traffic policies that leave nodes without an endpoint. */
import type { EndpointSlice } from '../../../kube/types.ts';
import { ageOf } from '../../containers.ts';
import { topOwner } from '../../declared.ts';
import { endpointsOf } from '../../endpoints.ts';
import { describeCommand, eventsEvidence, fieldEvidence, kubectl, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { usesClusterDns } from '../dns/names.ts';
import { listOf, nameOf } from '../name.ts';
import { callsInScene, WAITS } from './remote.ts';

const PATIENCE = 120_000;

export const loadBalancerPending = defineMode({
  id: 'loadbalancer-pending',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'loadbalancer-pending-or-sourceranges',
  messages: {
    failing: 'Service {service} gets no address from its load balancer controller: {reason}.',
    silent:
      'Service {service} of type LoadBalancer has had no address for {minutes} min, and no controller says anything about it.',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      const { spec, status, metadata } = service.object;
      if (spec?.type !== 'LoadBalancer' || (status?.loadBalancer?.ingress ?? []).length > 0) continue;
      const age = ageOf(scene.now, metadata.creationTimestamp);
      if (age < PATIENCE) continue;
      const events = scene
        .eventsOf(service)
        .filter(({ reason }) => reason === 'SyncLoadBalancerFailed' || reason === 'UnAvailableLoadBalancer');
      report(events.length > 0 ? 'failing' : 'silent', service, {
        data: {
          service: service.ref.name,
          minutes: Math.round(age / 60_000),
          reason: (events[0]?.message ?? '').replace(/\.$/, ''),
        },
        path: ['spec', 'type'],
        // The cluster address works all the same.
        severity: service.object === scene.object?.object ? 'error' : 'info',
        evidence: [...eventsEvidence(events), fieldEvidence(service, ['status', 'loadBalancer'])],
        commands: describeCommand(service.ref),
      });
    }
  },
});

/** A name that stands for another one: an address is none, and the other one has to be known to somebody. */
export const externalNameUnresolvable = defineMode({
  id: 'externalname-unresolvable',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'service-missing',
  explains: [...WAITS, 'probe-depends-on-remote'],
  messages: {
    address:
      'externalName {target} of Service {service} is an address; DNS makes a CNAME of it that resolves to nothing.',
    unknown:
      'Service {service} stands for {target}, which the DNS does not know: {client} looks it up in vain.',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      const { spec } = service.object;
      const target = spec?.externalName ?? '';
      if (spec?.type !== 'ExternalName' || target === '') continue;
      const calls = callsInScene(scene).filter(
        ({ error, resolution }) =>
          error.symptom === 'unresolved' && resolution.kind === 'service' && resolution.service === service,
      );
      const isAddress = /^[\d.]+$|:.*:/.test(target);
      const [call] = calls;
      // Only the resolver knows whether a name outside is there.
      if (!isAddress && !(call && usesClusterDns(call.fact.pod))) continue;
      report(isAddress ? 'address' : 'unknown', service, {
        data: {
          service: service.ref.name,
          target,
          client: call ? nameOf(topOwner(scene, call.fact.pod)) : '',
        },
        path: ['spec', 'externalName'],
        ...(isAddress ? {} : { confidence: 'likely' as const }),
        affects: calls.map(({ fact }) => fact.pod),
        evidence: [
          fieldEvidence(service, ['spec', 'externalName']),
          ...calls
            .slice(0, 1)
            .map(({ fact, error, previous }) => logEvidence(fact.pod, fact.name, previous, error.line)),
        ],
        commands: describeCommand(service.ref),
      });
    }
  },
});

export const publishNotReadyMisuse = defineMode({
  id: 'publish-not-ready-misuse',
  step: 'service',
  severity: 'warning',
  confidence: 'certain',
  case: 'readiness-failing-no-ready-endpoints',
  messages: {
    sends:
      'Service {service} has publishNotReadyAddresses and sends traffic to pods that are not ready ({count}).',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      const { spec } = service.object;
      // Headless Services use it on purpose, for members that must find each other before they are ready.
      if (!spec?.publishNotReadyAddresses || spec.clusterIP === 'None') continue;
      const unready = endpointsOf(scene, service).slices.flatMap(({ object }) =>
        ((object as EndpointSlice).endpoints ?? []).filter(
          ({ conditions }) =>
            conditions?.ready !== false && conditions?.serving === false && !conditions.terminating,
        ),
      );
      if (unready.length === 0) continue;
      report('sends', service, {
        data: { service: service.ref.name, count: unready.length },
        path: ['spec', 'publishNotReadyAddresses'],
        evidence: [fieldEvidence(service, ['spec', 'publishNotReadyAddresses'])],
        affects: endpointsOf(scene, service).selected,
        commands: describeCommand(service.ref),
      });
    }
  },
});

/** Nodes of the scene's other pods that a Service with a Local policy has no endpoint on. */
export const internalTrafficPolicyLocal = defineMode({
  id: 'internal-traffic-policy-local-no-endpoint',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'internal-traffic-policy-or-topology',
  explains: [...WAITS, 'cross-node-overlay-blocked'],
  messages: {
    dropped:
      'Service {service} has internalTrafficPolicy Local and no endpoint on {nodes}: clients there time out.',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      if (service.object.spec?.internalTrafficPolicy !== 'Local') continue;
      const { slices, ready } = endpointsOf(scene, service);
      if (ready === 0) continue;
      const withEndpoint = new Set(
        slices.flatMap(({ object }) =>
          ((object as EndpointSlice).endpoints ?? []).flatMap(({ nodeName, conditions }) =>
            conditions?.ready === false ? [] : (nodeName ?? []),
          ),
        ),
      );
      const nodes = scene.store
        .list('Node')
        .map(({ ref }) => ref.name)
        .filter((name) => !withEndpoint.has(name));
      if (nodes.length === 0) continue;
      const lost = callsInScene(scene).filter(
        ({ fact, error, resolution }) =>
          error.symptom === 'timeout' &&
          resolution.kind === 'service' &&
          resolution.service === service &&
          nodes.includes(fact.pod.object.spec?.nodeName ?? ''),
      );
      report('dropped', service, {
        data: { service: service.ref.name, nodes: listOf(nodes.sort()) },
        path: ['spec', 'internalTrafficPolicy'],
        // Often meant so; a fault once a client on such a node is seen to time out.
        ...(lost.length > 0 ? {} : { severity: 'info' as const, confidence: 'hint' as const }),
        affects: lost.map(({ fact }) => fact.pod),
        evidence: [
          ...lost
            .slice(0, 1)
            .map(({ fact, error, previous }) => logEvidence(fact.pod, fact.name, previous, error.line)),
          fieldEvidence(service, ['spec', 'internalTrafficPolicy']),
          ...slices.slice(0, 1).map((slice) => fieldEvidence(slice, ['endpoints'])),
        ],
        commands: kubectl(service.ref.namespace, 'get', 'endpointslices', '-o', 'wide'),
      });
    }
  },
});

export const externalTrafficPolicyLocal = defineMode({
  id: 'external-traffic-policy-local-no-endpoint',
  step: 'service',
  severity: 'info',
  confidence: 'hint',
  case: 'external-traffic-policy-local',
  messages: {
    dropped:
      'Service {service} has externalTrafficPolicy Local: traffic from outside that enters by {nodes} is dropped.',
  },
  detect(scene, { report }) {
    for (const service of scene.services) {
      const { spec } = service.object;
      if (spec?.externalTrafficPolicy !== 'Local' || spec.type === 'ClusterIP') continue;
      const { slices, ready } = endpointsOf(scene, service);
      if (ready === 0) continue;
      const withEndpoint = new Set(
        slices.flatMap(({ object }) => (object.endpoints ?? []).flatMap(({ nodeName }) => nodeName ?? [])),
      );
      const nodes = scene.store
        .list('Node')
        .map(({ ref }) => ref.name)
        .filter((name) => !withEndpoint.has(name));
      if (nodes.length === 0) continue;
      report('dropped', service, {
        data: { service: service.ref.name, nodes: listOf(nodes.sort()) },
        path: ['spec', 'externalTrafficPolicy'],
        evidence: [fieldEvidence(service, ['spec', 'externalTrafficPolicy'])],
        commands: describeCommand(service.ref),
      });
    }
  },
});
