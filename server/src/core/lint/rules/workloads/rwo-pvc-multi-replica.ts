import { scalerOf, wantedReplicas } from '../../../kube/scaling.ts';
import type { WorkloadObject } from '../../../kube/types.ts';
import { claimsOf, isSingleNode } from '../../claims.ts';
import { objectRule } from '../../rule.ts';

export const rwoPvcMultiReplica = objectRule<WorkloadObject>()({
  id: 'rwo-pvc-multi-replica',
  group: 'workloads',
  severity: 'warning',
  confidence: 'likely',
  scope: 'workspace',
  kinds: ['Deployment'],
  case: 'pvc-multi-attach',
  messages: {
    replicas:
      'Claim {claim} is {modes}, so it attaches to one node: of the {replicas} replicas those on other nodes wait for it for ever.',
    surge:
      'Claim {claim} is {modes}, so it attaches to one node: during a rollout the new pod waits for it while the old one waits for the new.',
    theClaim: 'Claim {claim} is {modes}',
    recreate: 'Stop the old pod first: strategy Recreate',
    one: 'Run one replica',
  },

  check(resource, { store, report }) {
    const { object } = resource;
    const mounted = claimsOf(object, store).find(isSingleNode);
    if (!mounted?.claim) return;
    const { spec } = object;
    const replicas = scalerOf(store, resource) ? 2 : (wantedReplicas(resource) ?? 1);
    if (replicas === 0) return;
    const many = replicas > 1;
    const recreates = spec?.strategy?.type === 'Recreate';
    const maxSurge = spec?.strategy?.rollingUpdate?.maxSurge;
    if (!many && (recreates || maxSurge === 0 || maxSurge === '0%')) return;
    const data = {
      claim: mounted.name,
      modes: (mounted.claim.object.spec?.accessModes ?? []).join(', '),
      replicas,
    };
    const recreate = { op: 'set' as const, path: ['spec', 'strategy'], value: { type: 'Recreate' } };
    report(many ? 'replicas' : 'surge', mounted.path, {
      data,
      ...(many ? {} : { severity: 'info' }),
      related: [{ resource: mounted.claim, path: ['spec', 'accessModes'], message: 'theClaim', data }],
      fixes: many
        ? [
            {
              title: 'one',
              edits: [{ op: 'set', path: ['spec', 'replicas'], value: 1 }, ...(recreates ? [] : [recreate])],
            },
          ]
        : [{ title: 'recreate', edits: [recreate] }],
    });
  },
});
