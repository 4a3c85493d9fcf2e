import { formatRef } from '../../../kube/ref.ts';
import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { EndpointSlice, Service } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

/** The API server keeps the endpoints of this Service itself. */
const API_SERVICE = 'kubernetes';

export const serviceWithoutSelector = objectRule<Service>()({
  id: 'service-without-selector',
  group: 'references',
  severity: 'info',
  enabled: false,
  scope: 'workspace',
  kinds: ['Service'],
  case: 'service-without-selector',
  sources: ['kube-linter/dangling-service'],
  messages: {
    none: 'The Service has no selector and the workspace no EndpointSlice for it; it has endpoints only if something else writes them.',
    selectWorkload: 'Select the pods of {workload}',
  },

  check({ object, ref }, { store, report }) {
    const { selector, type } = object.spec ?? {};
    if (type === 'ExternalName' || Object.keys(selector ?? {}).length > 0) return;
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    if (ref.name === API_SERVICE && namespace === DEFAULT_NAMESPACE) return;
    if (store.find('Endpoints', namespace, ref.name)) return;
    const isForThis = ({ metadata }: EndpointSlice) =>
      metadata.labels?.['kubernetes.io/service-name'] === ref.name;
    if (store.list<EndpointSlice>('EndpointSlice', namespace).some(({ object }) => isForThis(object))) return;

    const workload = store.workloads(namespace).find((candidate) => candidate.ref.name === ref.name);
    const labels = workload?.template.metadata?.labels ?? {};
    report('none', ['spec', 'selector'], {
      at: 'key',
      fixes:
        workload && Object.keys(labels).length > 0
          ? [
              {
                title: 'selectWorkload',
                data: { workload: formatRef({ kind: workload.ref.kind, name: workload.ref.name }) },
                edits: [{ op: 'set', path: ['spec', 'selector'], value: labels }],
              },
            ]
          : [],
    });
  },
});
