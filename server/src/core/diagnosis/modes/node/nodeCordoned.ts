/** A node that takes no new pods: told by the scheduler about a pod that waits, or by the node when it is asked about. */
import type { KubeNode } from '../../../kube/types.ts';
import { fieldEvidence, kubectl } from '../../evidence.ts';
import { defineMode } from '../../mode.ts';
import { cordonAtScheduling } from '../scheduling/reasons.ts';

export const nodeCordoned = defineMode({
  id: 'node-cordoned',
  step: 'scheduled',
  severity: 'error',
  confidence: 'certain',
  case: 'untolerated-taint',
  messages: {
    ...(Object.assign({}, ...cordonAtScheduling.map(({ messages }) => messages)) as Record<string, string>),
    subject: 'Node {node} is cordoned: it keeps its pods and takes no new ones.',
  },
  detect(scene, context) {
    for (const { detect } of cordonAtScheduling) detect(scene, context);
    const { object } = scene;
    if (object?.ref.kind !== 'Node' || !(object.object as KubeNode).spec?.unschedulable) return;
    context.report('subject', object, {
      data: { node: object.ref.name },
      path: ['spec', 'unschedulable'],
      severity: 'warning',
      evidence: [fieldEvidence(object, ['spec', 'unschedulable'])],
      commands: kubectl(undefined, 'describe', 'node', object.ref.name),
    });
  },
});
