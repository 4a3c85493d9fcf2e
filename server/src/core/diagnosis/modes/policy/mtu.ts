/** Packets of full size that vanish on the way while small ones come back: connections open and then hang. */

import type { KubeNode, Service } from '../../../kube/types.ts';
import { kubectl } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { probeEvidence, probeOf, probingPod } from '../../probed.ts';

export const mtuMismatch = defineMode({
  id: 'mtu-mismatch',
  step: 'policy',
  severity: 'error',
  confidence: 'likely',
  case: 'mtu-mismatch',
  messages: {
    lost: 'Large packets from node {from} to node {to} are lost without a word and small ones pass: the MTU of the pods is too big for the way between the nodes.',
  },
  detect(scene, { report }) {
    const run = probeOf(scene);
    const client = probingPod(scene);
    for (const result of run?.results ?? []) {
      const { check, outcome, symptom } = result;
      if (!run || check.kind !== 'packets' || outcome !== 'failed' || symptom !== 'too-big') continue;
      if (check.target.role !== 'endpoint') continue;
      const { node: to = check.address, service: ref } = check.target;
      const from = run.from.node ?? '';
      const service = scene.find<Service>('Service', ref.namespace, ref.name);
      const guilty = scene.find<KubeNode>('Node', undefined, to) ?? service;
      if (!guilty) continue;
      report('lost', guilty, {
        data: { from, to },
        evidence: [probeEvidence(run, result)],
        affects: [...(service ? [service] : []), ...(client ? [client] : [])],
        commands: kubectl(undefined, 'get', 'nodes', '-o', 'wide'),
      });
    }
  },
});
