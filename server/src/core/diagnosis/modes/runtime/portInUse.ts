/** A port that is taken: the containers of a pod, and all pods on a host network, share one set of ports. */
import type { MessageData } from '../../../finding.ts';
import { type ContainerFact, factsOf } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { endedEvidence, fieldEvidence, logCommand, logEvidence } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import type { Scene } from '../../scene.ts';
import { nameOf } from '../name.ts';
import { listensOn } from '../probes/facts.ts';
import { commandField } from './endingRow.ts';
import { causesOf, FOLLOWS } from './logCauses.ts';

/** Another container of the pod that says, or declares, that it listens on the port. */
const holderOf = (scene: Scene, fact: ContainerFact, port: number): ContainerFact | undefined => {
  const others = factsOf(fact.pod).filter(({ name }) => name !== fact.name);
  return (
    others.find((other) => listensOn(scene, other)?.port === port) ??
    others.find(({ spec }) => spec.ports?.some(({ containerPort }) => containerPort === port))
  );
};

export const portAlreadyInUse = defineMode({
  id: 'port-already-in-use',
  step: 'running',
  severity: 'error',
  confidence: 'certain',
  case: 'port-already-in-use',
  explains: FOLLOWS,
  messages: {
    held: 'Container {container} of {workload} cannot listen on port {port}, because container {holder} of the same pod has it.',
    node: 'Container {container} of {workload} cannot listen on port {port}, because it is taken on node {node}, whose network the pod uses.',
    taken:
      'Container {container} of {workload} cannot listen on port {port}, because another process of its pod has it.',
  },
  detect(scene, { report }) {
    for (const { fact, line, previous, groups } of causesOf(scene, 'port-already-in-use')) {
      const port = Number(groups.port ?? groups.other ?? groups.third);
      const holder = holderOf(scene, fact, port);
      const { hostNetwork, nodeName } = fact.pod.object.spec ?? {};
      const place = declared(scene, fact.pod, [...fact.path, ...commandField(fact)]);
      const data: MessageData = {
        container: fact.name,
        workload: nameOf(topOwner(scene, fact.pod)),
        port,
        holder: holder?.name,
        node: nodeName,
      };
      report(holder ? 'held' : hostNetwork ? 'node' : 'taken', place.guilty, {
        data,
        path: place.path,
        evidence: [
          logEvidence(fact.pod, fact.name, previous, line),
          ...(holder ? heldBy(scene, holder) : []),
          ...endedEvidence(fact),
        ],
        affects: [fact.pod],
        commands: logCommand(fact),
      });
    }
  },
});

function heldBy(scene: Scene, holder: ContainerFact) {
  const line = listensOn(scene, holder)?.line;
  if (line) return [logEvidence(holder.pod, holder.name, false, line)];
  return holder.spec.ports ? [fieldEvidence(holder.pod, [...holder.path, 'ports'])] : [];
}
