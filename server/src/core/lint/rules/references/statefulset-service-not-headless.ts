import { DEFAULT_NAMESPACE } from '../../../kube/store.ts';
import type { Service, WorkloadObject } from '../../../kube/types.ts';
import { objectRule } from '../../rule.ts';

export const statefulsetServiceNotHeadless = objectRule<WorkloadObject>()({
  id: 'statefulset-service-not-headless',
  group: 'references',
  severity: 'warning',
  scope: 'workspace',
  kinds: ['StatefulSet'],
  case: 'statefulset-headless-dns',
  sources: ['kube-score/statefulset-has-servicename'],
  messages: {
    notHeadless:
      'Service {name} has a cluster IP; only clusterIP: None promises each pod of the StatefulSet a DNS name of its own.',
    theService: 'Service {name}',
    makeHeadless: 'Make Service {name} headless',
  },

  check({ object, ref }, { store, report }) {
    const name = object.spec?.serviceName;
    if (!name) return;
    const namespace = ref.namespace ?? DEFAULT_NAMESPACE;
    const service = store.get<Service>({ apiVersion: 'v1', kind: 'Service', namespace, name });
    const { clusterIP, type } = service?.object.spec ?? {};
    if (!service?.object.spec || clusterIP === 'None' || type === 'ExternalName') return;
    // Other types need their cluster IP, and one that is already given cannot change.
    const canChange = (type === undefined || type === 'ClusterIP') && !clusterIP;
    report('notHeadless', ['spec', 'serviceName'], {
      data: { name },
      related: [{ resource: service, path: ['spec'], message: 'theService', data: { name } }],
      fixes: canChange
        ? [
            {
              title: 'makeHeadless',
              data: { name },
              edits: [{ op: 'set', path: ['spec', 'clusterIP'], value: 'None', resource: service }],
            },
          ]
        : [],
    });
  },
});
