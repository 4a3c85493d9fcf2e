/** Clients that dial a port the Service does not have: no rule stands for it, so the packet is lost and they time out. */
import { topOwner } from '../../declared.ts';
import { hostReferences } from '../../dependencies.ts';
import { endpointsOf, targetPortOf } from '../../endpoints.ts';
import { fieldEvidence, kubectl, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { listOf, nameOf } from '../name.ts';
import { callsInScene, WAITS } from './remote.ts';

export const clientUsesWrongServicePort = defineMode({
  id: 'client-uses-wrong-service-port',
  step: 'service',
  severity: 'error',
  confidence: 'certain',
  case: 'service-port-confusion',
  explains: WAITS,
  messages: {
    wrong: '{workload} connects to port {port} of Service {service}, which has {ports}.',
    headless:
      '{workload} connects to port {port} of Service {service}, which is headless: nothing translates the port, and its pods listen on {targets}.',
  },
  detect(scene, { report }) {
    for (const { fact, error, resolution, previous, port: known, direct } of callsInScene(scene)) {
      if (resolution.kind !== 'service' || error.port === undefined) continue;
      if (error.symptom !== 'timeout' && error.symptom !== 'refused') continue;
      const { spec } = resolution.service.object;
      const ports = spec?.ports ?? [];
      if (spec?.type === 'ExternalName' || ports.length === 0) continue;
      // A headless Service leads to the pods themselves: its own port is only the name of theirs.
      const isOwnPort = spec?.clusterIP === 'None' && ports.some(({ port }) => port === error.port);
      if (known || (direct && !isOwnPort)) continue;
      const targets = [
        ...new Set(
          ports.flatMap((port) => {
            const [pod] = endpointsOf(scene, resolution.service).selected;
            return (pod && targetPortOf(pod, port)) ?? [];
          }),
        ),
      ];
      if (direct && targets.length === 0) continue;
      const reference = hostReferences(fact).find(({ port }) => port === error.port);
      report(direct ? 'headless' : 'wrong', topOwner(scene, fact.pod), {
        data: {
          workload: nameOf(topOwner(scene, fact.pod)),
          service: resolution.service.ref.name,
          port: error.port,
          targets: listOf(targets.map(String)),
          ports: listOf(ports.map(({ name, port }) => (name ? `${name} (${port})` : String(port)))),
        },
        evidence: [
          logEvidence(fact.pod, fact.name, previous, error.line),
          fieldEvidence(resolution.service, ['spec', 'ports']),
          ...(reference ? [fieldEvidence(fact.pod, reference.path)] : []),
        ],
        affects: [fact.pod, resolution.service],
        commands: [
          ...logCommand(fact),
          ...kubectl(resolution.service.ref.namespace, 'describe', 'service', resolution.service.ref.name),
        ],
      });
    }
  },
});
