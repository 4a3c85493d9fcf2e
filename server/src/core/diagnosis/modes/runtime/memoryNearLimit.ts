/** Containers that use nearly all the memory they may: no fault, and what an OOMKilled of tomorrow begins with. */
import { parseQuantity } from '../../../kube/quantity.ts';
import { containersInScene } from '../../containers.ts';
import { declared, topOwner } from '../../declared.ts';
import { kubectl } from '../../evidence.ts';
import { bytes, podStats, statsSource } from '../../kubeletFacts.ts';
import { defineMode } from '../../mode.ts';
import { nameOf } from '../name.ts';

/** Of the limit. The working set counts what the kernel cannot simply drop. */
const NEAR = 0.95;

export const memoryNearLimit = defineMode({
  id: 'memory-near-limit',
  step: 'running',
  severity: 'info',
  confidence: 'hint',
  case: 'oomkilled-vs-node-oom',
  messages: {
    near: 'Container {container} of {workload} uses {used} of the {limit} of memory that it may; at the limit the kernel kills it.',
  },
  detect(scene, { report }) {
    for (const fact of containersInScene(scene)) {
      const used = podStats(scene, fact.pod)?.containers?.find(({ name }) => name === fact.name)?.memory
        ?.workingSetBytes;
      const limit = parseQuantity(fact.spec.resources?.limits?.memory);
      if (used === undefined || !limit || used < limit * NEAR || !fact.status?.state?.running) continue;
      const place = declared(scene, fact.pod, [...fact.path, 'resources', 'limits', 'memory']);
      const { namespace, name } = fact.pod.ref;
      report('near', place.guilty, {
        data: {
          container: fact.name,
          workload: nameOf(topOwner(scene, fact.pod)),
          used: bytes(used),
          limit: bytes(limit),
        },
        path: place.path,
        evidence: [
          {
            source: statsSource(fact.pod.object.spec?.nodeName ?? ''),
            path: `pods[${namespace}/${name}].containers[${fact.name}].memory.workingSetBytes`,
            text: String(used),
          },
        ],
        affects: [fact.pod],
        commands: kubectl(namespace, 'get', 'pod', name, '-o', 'yaml'),
      });
    }
  },
});
