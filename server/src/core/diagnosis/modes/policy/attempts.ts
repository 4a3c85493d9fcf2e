/** Connections that pods are known or bound to try: from logs, from environments, and from Ingresses. */
import type { Evidence } from '../../../finding.ts';
import { backendsOf } from '../../../kube/backends.ts';
import { DEFAULT_NAMESPACE, type Resource } from '../../../kube/store.ts';
import type { Pod, Service, ServicePort } from '../../../kube/types.ts';
import type { ProbeResult } from '../../../probe/check.ts';
import { activeContainers, isReady, isStruggling, livePods } from '../../containers.ts';
import { hostReferences, resolveHost } from '../../dependencies.ts';
import { fieldEvidence, logEvidence } from '../../evidence.ts';
import { isTestedFrom, probedPorts, probeEvidence } from '../../probed.ts';
import type { Scene } from '../../scene.ts';
import { callsInScene } from '../service/remote.ts';

/** Somebody who tries to reach a Service. */
export interface Attempt {
  client: Resource<Pod>;
  service: Resource<Service>;
  port: ServicePort;
  /** True when the failure itself was seen, in a log or by an active test. */
  seen: boolean;
  /** An active test that got through where it should not, if policy forbids it. */
  reached?: Evidence;
  evidence: Evidence[];
  /** An Ingress whose controller is the client. */
  ingress?: Resource;
}

/** Attempts whose failure is in a log, and those that a pod which does not work must make by its environment. */
export function attempts(scene: Scene): Attempt[] {
  const found = new Map<string, Attempt>();
  const add = (attempt: Attempt): void => {
    const key = `${attempt.client.ref.namespace}/${attempt.client.ref.name}|${attempt.service.ref.name}|${attempt.port.port}`;
    if (!found.has(key)) found.set(key, attempt);
  };
  for (const call of callsInScene(scene)) {
    const { fact, error, resolution, previous } = call;
    if (resolution.kind !== 'service' || (error.symptom !== 'timeout' && error.symptom !== 'refused'))
      continue;
    const ports = resolution.service.object.spec?.ports ?? [];
    const port = call.port ?? (error.port === undefined ? ports[0] : undefined);
    if (!port) continue;
    const evidence = [logEvidence(fact.pod, fact.name, previous, error.line)];
    add({ client: fact.pod, service: resolution.service, port, seen: true, evidence });
  }
  for (const pod of livePods(scene)) {
    if (!isStruggling(pod, scene.now)) continue;
    for (const fact of activeContainers(pod))
      for (const { host, port: wanted, path } of hostReferences(fact)) {
        const resolution = resolveHost(scene, pod.ref.namespace ?? DEFAULT_NAMESPACE, host);
        if (resolution.kind !== 'service') continue;
        const ports = resolution.service.object.spec?.ports ?? [];
        const port = wanted === undefined ? ports[0] : ports.find(({ port: number }) => number === wanted);
        if (port)
          add({
            client: pod,
            service: resolution.service,
            port,
            seen: false,
            evidence: [fieldEvidence(pod, path)],
          });
      }
  }
  for (const attempt of controllerAttempts(scene)) add(attempt);
  for (const attempt of probedAttempts(scene)) add(attempt);
  return [...found.values()].map((attempt) => withProbe(scene, attempt));
}

/**
 * What an active test tried and did not get, where nothing but the Service's own pods was in the way; and what it got,
 * for the policies that should have kept it.
 */
const probedAttempts = (scene: Scene): Attempt[] =>
  probedPorts(scene).flatMap(({ client, service, port, direct }) =>
    client && direct.length > 0 && (direct.every(isSilent) || direct.some(({ outcome }) => outcome === 'ok'))
      ? [{ client, service, port, seen: direct.every(isSilent), evidence: [] }]
      : [],
  );

const isSilent = ({ outcome, symptom }: ProbeResult): boolean =>
  outcome === 'failed' && (symptom === 'timeout' || symptom === 'no-route');

/** The attempt with what an active test from its client saw of it. */
function withProbe(scene: Scene, attempt: Attempt): Attempt {
  const tried = probedPorts(scene).find(
    ({ service, port }) => service === attempt.service && port.port === attempt.port.port,
  );
  if (!tried || !isTestedFrom(scene, attempt.client)) return attempt;
  const reached = tried.direct.find(({ outcome }) => outcome === 'ok');
  if (reached) return { ...attempt, reached: probeEvidence(tried.run, reached) };
  if (tried.direct.length === 0 || !tried.direct.every(isSilent)) return attempt;
  const silent = [...tried.direct.slice(0, 1), ...(tried.byService ? [tried.byService] : [])];
  return {
    ...attempt,
    seen: true,
    evidence: [...attempt.evidence, ...silent.map((result) => probeEvidence(tried.run, result))],
  };
}

/** Names that the controllers of the common IngressClasses give their pods. */
export const CONTROLLER_NAMES = [
  'ingress-nginx',
  'traefik',
  'haproxy-ingress',
  'kong',
  'contour',
  'envoy',
  'nginx-ingress',
];

/** An Ingress controller must reach every backend that an Ingress routes to. */
function controllerAttempts(scene: Scene): Attempt[] {
  if (scene.ingresses.length === 0) return [];
  const namespaces = new Set(
    scene.store.list<Pod>('Pod').map(({ ref }) => ref.namespace ?? DEFAULT_NAMESPACE),
  );
  const controllers = [...namespaces]
    .flatMap((namespace) =>
      CONTROLLER_NAMES.flatMap((name) =>
        scene.store.workloadsWithLabels(namespace, { 'app.kubernetes.io/name': name }),
      ),
    )
    .flatMap(({ ref }) => (ref.kind === 'Pod' ? (scene.store.get<Pod>(ref) ?? []) : []))
    .filter(({ object }) => isReady(object) && !object.spec?.hostNetwork);
  const [client] = controllers;
  if (!client) return [];
  return scene.ingresses.flatMap((ingress) =>
    scene.services.flatMap((service): Attempt[] => {
      const backend = backendsOf(ingress.object).find((entry) => entry.service === service.ref.name);
      if (!backend || service.ref.namespace !== ingress.ref.namespace) return [];
      const port = service.object.spec?.ports?.find(
        (entry) => entry.name === backend.port || entry.port === backend.port,
      );
      if (!port) return [];
      return [
        {
          client,
          service,
          port,
          ingress,
          seen: false,
          evidence: [fieldEvidence(ingress, ['spec', 'rules'])],
        },
      ];
    }),
  );
}
