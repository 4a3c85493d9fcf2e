import { scalerOf } from '../../../kube/scaling.ts';
import type { WorkloadObject } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';
import { nameOf, REPLICATED } from '../../workloads.ts';

export const hpaReplicasConflict = objectRule<WorkloadObject>()({
  id: 'hpa-replicas-conflict',
  group: 'workloads',
  severity: 'warning',
  scope: 'workspace',
  kinds: REPLICATED,
  case: 'hpa-fights-replicas',
  sources: ['kube-score/deployment-targeted-by-hpa-does-not-have-replicas-configured'],
  messages: {
    conflict:
      '{scaler} sets the number of replicas: every apply of this manifest sets it back to {replicas}.',
    theScaler: '{scaler} scales this workload',
    remove: 'Remove replicas',
  },

  check(resource, { store, report }) {
    const replicas = resource.object.spec?.replicas;
    const scaler = replicas === undefined || replicas === null ? undefined : scalerOf(store, resource);
    // 0 switches the autoscaler off, which is a way to stop a workload.
    if (!scaler || replicas === 0) return;
    const data = { scaler: nameOf(scaler.resource), replicas };
    report('conflict', ['spec', 'replicas'], {
      data,
      related: [
        { resource: scaler.resource, path: ['spec', 'scaleTargetRef', 'name'], message: 'theScaler', data },
      ],
      // The first client-side apply without the field scales to 1 for a moment: never without being asked for.
      fixes: [{ title: 'remove', edits: [{ op: 'delete', path: ['spec', 'replicas'] }] }],
    });
  },
});
