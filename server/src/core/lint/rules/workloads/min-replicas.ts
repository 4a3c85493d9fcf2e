import { scalerOf, wantedReplicas } from '../../../kube/scaling.ts';
import { DEFAULT_NAMESPACE, type Resource, type Store } from '../../../kube/store.ts';
import type { Service, WorkloadObject } from '../../../kube/types.ts';
import { mountsClaim } from '../../claims.ts';
import { objectRule } from '../../rule.ts';
import { REPLICATED } from '../../workloads.ts';

export const minReplicas = objectRule<WorkloadObject>()({
  id: 'min-replicas',
  group: 'workloads',
  severity: 'info',
  // One replica is a choice, in every environment but production.
  enabled: false,
  scope: 'workspace',
  kinds: REPLICATED,
  case: 'single-replica-outage',
  sources: [
    'kube-score/deployment-replicas',
    'kube-linter/minimum-three-replicas',
    'polaris/deploymentMissingReplicas',
  ],
  params: {
    minReplicas: 2,
    onlyServiceBacked: true,
    kinds: ['Deployment', 'DeploymentConfig', 'Rollout'] as readonly string[],
  },
  messages: {
    few: '{replicas} of at least {wanted} replicas: a restart, a drain or a rollout leaves Service {service} without a pod.',
    fewAlone:
      '{replicas} of at least {wanted} replicas: a restart, a drain or a rollout leaves too few pods.',
    scale: 'Run {wanted} {wanted:replica|replicas}',
  },

  check(resource, { store, params, report }) {
    const { object, ref } = resource;
    if (!params.kinds.includes(ref.kind)) return;
    const replicas = wantedReplicas(resource);
    // Scaled to nothing is on purpose, and so is a workload that stops before it starts anew.
    if (!replicas || replicas >= params.minReplicas || object.spec?.strategy?.type === 'Recreate') return;
    if (mountsClaim(object, store) || scalerOf(store, resource)) return;
    const service = serviceOf(store, resource);
    if (params.onlyServiceBacked && !service) return;
    const wanted = params.minReplicas;
    report(service ? 'few' : 'fewAlone', ['spec', 'replicas'], {
      data: { replicas, wanted, service: service?.ref.name },
      fixes: [
        {
          title: 'scale',
          data: { wanted },
          edits: [{ op: 'set', path: ['spec', 'replicas'], value: wanted }],
        },
      ],
    });
  },
});

const serviceOf = (store: Store, { object, ref }: Resource<WorkloadObject>): Resource<Service> | undefined =>
  store
    .servicesSelecting(ref.namespace ?? DEFAULT_NAMESPACE, object.spec?.template?.metadata?.labels)
    .find((service) => service.object.spec?.type !== 'ExternalName');
