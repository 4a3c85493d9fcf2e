/** Pods that are held up by a Service of somebody else: the link between two workloads of one chain. */
import type { Resource } from '../../../kube/store.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Service } from '../../../kube/types.ts';
import { containersInScene, isStruggling, remember } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { type FailedCall, failedCalls, hostReferences, resolveHost } from '../../dependencies.ts';
import { endpointsOf } from '../../endpoints.ts';
import { fieldEvidence, kubectl, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';

/** What a pod's failure looks like when it waits for another one. */
export const WAITS = [
  'readiness-http-status',
  'readiness-connection-refused',
  'readiness-timeout',
  'readiness-exec-failed',
  'liveness-misconfigured-restart-loop',
  'startup-probe-exhausted',
  'exit-1-app-error',
  'exit-2-shell-misuse',
  'exit-137-not-oom',
  'exit-143-sigterm',
  'crash-loop-backoff',
  'pod-running-not-ready',
];

/** Every failed connection that the logs of the scene end with. */
export const callsInScene = (scene: Scene): FailedCall[] =>
  remember(scene, 'failedCalls', () =>
    containersInScene(scene).flatMap((fact) =>
      failedCalls(scene, fact, (pod, container, previous) => scene.logOf(pod, container, previous)),
    ),
  );

export const probeDependsOnRemote = defineMode({
  id: 'probe-depends-on-remote',
  step: 'service',
  severity: 'error',
  confidence: 'likely',
  case: 'readiness-failing-no-ready-endpoints',
  symptom: true,
  explains: WAITS,
  messages: { waits: '{workload} waits for Service {service}, which has no ready endpoint.' },
  detect(scene, { report }) {
    for (const { fact, error, resolution, previous } of callsInScene(scene)) {
      if (resolution.kind !== 'service' || !isDown(scene, resolution.service)) continue;
      if (!isStruggling(fact.pod, scene.now)) continue;
      const { service } = resolution;
      const reference = hostReferences(fact).find(({ host }) => {
        const found = resolveHost(scene, fact.pod.ref.namespace ?? DEFAULT_NAMESPACE, host);
        return found.kind === 'service' && found.service === service;
      });
      const place = reference && declared(scene, fact.pod, reference.path);
      report('waits', topOwner(scene, fact.pod), {
        data: { workload: nameOf(topOwner(scene, fact.pod)), service: service.ref.name },
        ...(place && place.guilty === topOwner(scene, fact.pod) ? { path: place.path } : {}),
        evidence: [
          logEvidence(fact.pod, fact.name, previous, error.line),
          ...(reference ? [fieldEvidence(fact.pod, reference.path)] : []),
        ],
        affects: [fact.pod, service],
        commands: [
          ...logCommand(fact),
          ...kubectl(service.ref.namespace, 'describe', 'service', service.ref.name),
        ],
      });
    }
  },
});

function isDown(scene: Scene, service: Resource<Service>): boolean {
  const { ready, slices } = endpointsOf(scene, service);
  if (service.object.spec?.type === 'ExternalName') return false;
  return (
    ready === 0 || (slices.length > 0 && slices.every(({ object }) => (object.ports ?? []).length === 0))
  );
}
