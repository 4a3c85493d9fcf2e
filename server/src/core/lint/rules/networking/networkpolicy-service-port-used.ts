import {
  type Direction,
  namespaceLabels,
  peerMatches,
  policyDirections,
  policyRules,
  portsAdmit,
  rulePeers,
} from '../../../kube/policy.ts';
import { declaredPorts, protocolOf, targetPortOf } from '../../../kube/ports.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store, type Workload } from '../../../kube/store.ts';
import type { NetworkPolicy, NetworkPolicyRule, Service, ServicePort } from '../../../kube/types.ts';
import { subjectsOf } from '../../policySubjects.ts';
import { objectRule } from '../../rule.ts';

export const networkpolicyServicePortUsed = objectRule<NetworkPolicy>()({
  id: 'networkpolicy-service-port-used',
  group: 'networking',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['NetworkPolicy'],
  case: 'netpol-port-is-pod-port',
  messages: {
    servicePort:
      'Port {port} is the port of Service {service}, its pods listen on {target}: policies see pod ports, so this opens nothing.',
    theService: 'Service {service} sends port {port} to {target}',
    usePodPort: 'Use the pod port {target}',
  },

  check(resource, { store, report }) {
    for (const direction of policyDirections(resource.object))
      for (const [index, rule] of policyRules(resource.object, direction).entries())
        for (const [i, entry] of (rule.ports ?? []).entries()) {
          if (typeof entry?.port !== 'number' || entry.endPort !== undefined) continue;
          const found = findServicePort(store, resource, direction, rule, entry.port, protocolOf(entry));
          if (!found) continue;
          const { service, portIndex, target } = found;
          const data = { port: entry.port, service: service.ref.name, target };
          const path = ['spec', direction, index, 'ports', i, 'port'];
          report('servicePort', path, {
            data,
            related: [
              {
                resource: service,
                path: ['spec', 'ports', portIndex, 'targetPort'],
                message: 'theService',
                data,
              },
            ],
            fixes: [{ title: 'usePodPort', data, edits: [{ op: 'set', path, value: target }] }],
          });
        }
  },
});

interface Found {
  service: Resource<Service>;
  portIndex: number;
  target: number | string;
}

/** A Service that leads to the rule's destination pods and has this port, while none of those pods has it. */
function findServicePort(
  store: Store,
  policy: Resource<NetworkPolicy>,
  direction: Direction,
  rule: NetworkPolicyRule,
  port: number,
  protocol: string,
): Found | undefined {
  for (const workload of destinations(store, policy, direction, rule)) {
    const ports = declaredPorts(workload);
    if (ports.some((declared) => declared.port.containerPort === port)) continue;
    const labels = workload.template.metadata?.labels;
    for (const service of store.servicesSelecting(workload.ref.namespace ?? DEFAULT_NAMESPACE, labels)) {
      const { ports: servicePorts = [], clusterIP } = service.object.spec ?? {};
      // A headless Service translates nothing.
      if (clusterIP === 'None') continue;
      const portIndex = servicePorts.findIndex((one) => one.port === port && protocolOf(one) === protocol);
      const target = servicePorts[portIndex] && targetOf(servicePorts[portIndex], workload);
      if (target === undefined || target.number === port) continue;
      const pod = {
        kind: 'pod',
        namespace: '',
        labels,
        ports: ports.map((declared) => declared.port),
      } as const;
      // The right port is open as well: the other entry is idle, not in the way.
      if (portsAdmit(rule.ports, { port: target.number, protocol }, pod)) continue;
      return { service, portIndex, target: target.written };
    }
  }
  return undefined;
}

/** The pod port behind a Service port: its number, and how the Service writes it. */
function targetOf(
  port: ServicePort,
  workload: Workload,
): { number: number; written: number | string } | undefined {
  const written = targetPortOf(port);
  if (typeof written === 'number') return { number: written, written };
  const named = declaredPorts(workload).find(
    (declared) => declared.port.name === written && protocolOf(declared.port) === protocolOf(port),
  );
  const number = named?.port.containerPort;
  return number === undefined || written === undefined ? undefined : { number, written };
}

function destinations(
  store: Store,
  policy: Resource<NetworkPolicy>,
  direction: Direction,
  rule: NetworkPolicyRule,
): Workload[] {
  if (direction === 'ingress') return subjectsOf(store, policy).flatMap(({ workload }) => workload ?? []);
  const own = policy.ref.namespace ?? DEFAULT_NAMESPACE;
  const labelsOf = namespaceLabels(store);
  const peers = rulePeers(rule, 'egress') ?? [];
  return store.workloads().filter(({ ref, template }) => {
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const pod = { kind: 'pod', namespace, labels: template.metadata?.labels } as const;
    return peers.some((peer) => !peer.ipBlock && peerMatches(peer, pod, own, labelsOf));
  });
}
