/** Clients that dial a port the Service does not have: no rule stands for it, so the packet is lost and they time out. */
import { topOwner } from '../../declared.ts';
import { hostReferences } from '../../dependencies.ts';
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
  messages: { wrong: '{workload} connects to port {port} of Service {service}, which has {ports}.' },
  detect(scene, { report }) {
    for (const { fact, error, resolution, previous, port: known, direct } of callsInScene(scene)) {
      if (resolution.kind !== 'service' || error.port === undefined) continue;
      if (error.symptom !== 'timeout' && error.symptom !== 'refused') continue;
      const { spec } = resolution.service.object;
      const ports = spec?.ports ?? [];
      if (spec?.type === 'ExternalName' || ports.length === 0) continue;
      if (known || direct) continue;
      const reference = hostReferences(fact).find(({ port }) => port === error.port);
      report('wrong', topOwner(scene, fact.pod), {
        data: {
          workload: nameOf(topOwner(scene, fact.pod)),
          service: resolution.service.ref.name,
          port: error.port,
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
